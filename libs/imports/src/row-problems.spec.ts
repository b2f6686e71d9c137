import { LAYOUTS } from './layouts.js';
import { inColumns } from './row-problems.js';

/** What the API says of a field, as a data manager reads it of a cell. */
it.each([
  [
    'birthDate is no day',
    'person.birthDate',
    'must be a day of the calendar, YYYY-MM-DD',
    '45000',
    ['birth_date', 'bad-date', 'must be a day of the calendar, YYYY-MM-DD or DD/MM/YYYY'],
  ],
  [
    'a flag is no flag',
    'contacts.0.mayContact',
    'must be true or false',
    'perhaps',
    ['contact1_may_contact', 'bad-value', 'must be yes or no'],
  ],
  ['a cell is empty', 'contacts.0.relationship', 'must be text', '', ['contact1_relationship', 'missing', 'must not be empty']],
  [
    'a column is of another service',
    'details.team',
    'is not a field of this request',
    'A06',
    ['team', 'bad-value', 'must be empty: this service, or this type of event, takes no such column'],
  ],
])('%s', (_, path, message, found, [column, code, expected]) => {
  expect(inColumns([{ path, message }], LAYOUTS.referrals, () => found)).toEqual([{ column, code, found, expected }]);
});

it('names the columns that a part is made of, where all of them are empty', () => {
  const problems = inColumns([{ path: 'person', message: 'must be an object' }], LAYOUTS.referrals, () => '');
  expect(problems.map(({ column, code }) => `${column} ${code}`)).toEqual([
    'given_name missing',
    'family_name missing',
    'birth_date missing',
  ]);
});
