import { describeColumns } from './describe-columns.js';
import { LAYOUTS } from './layouts.js';

const text = describeColumns();

it('says of every column of both layouts what it may hold', () => {
  const described = (name: string): boolean => new RegExp(`\`${name}\`(\\*\\*)? (\\||\\()`).test(text);
  const columns = [...LAYOUTS.referrals, ...LAYOUTS.events].map(({ name }) => name).filter((name) => !/^contact[23]_/.test(name));
  expect(columns.filter((name) => name !== 'note' && !described(name))).toEqual([]);
  expect(text).not.toMatch(/`(\*\*)? \| +\|/);
});

it.each([
  ['**`priority`** | one of routine, urgent, very-urgent, emergency'],
  ['`need` | speech-and-language-therapy: one of developmental-language-disorder'],
  ['`contact1_may_contact` | yes or no'],
  ['`removed` | every | **`reason`** (one of no-response'],
])('%s', (line) => expect(text).toContain(line));
