import { checkFields } from '#fields';
import { isLocalDate, type LocalDate } from '#kernel';
import { NewReferral, referralProblems } from '#referrals';
import { SERVICE_LINE_CODES, serviceLine, type ServiceLineCode } from '#service-lines';
import { objectOf, type ReadRow } from './cells.js';
import { LAYOUTS } from './layouts.js';
import { inOurWords } from './national-codes.js';
import { inColumns, NOT_A_FIELD, type RowProblem } from './row-problems.js';

/** What a row of a file of referrals tells: a referral as the API would take it, and the day its child died; or what is wrong with it. */
export interface ToldReferral {
  referral: NewReferral | null;
  /** Told of the child and not of the referral, so beside it: over the API a death is an event. */
  diedOn: LocalDate | null;
  problems: RowProblem[];
}

export function readReferralRow({ fields, constants, cellOf }: ReadRow, provider: string, today: LocalDate): ToldReferral {
  const diedOn = fields['diedOn'];
  if (diedOn !== undefined) delete fields['diedOn'];
  const line = String(fields['service'] ?? '');
  for (const path of constants) if (isLine(line) && !takes(line, path)) delete fields[path];
  const dataSet = isLine(line) ? serviceLine(line).dataSet : null;
  for (const path of Object.keys(fields)) {
    const value = fields[path];
    if (typeof value === 'string') fields[path] = inOurWords(path, value, dataSet);
  }
  // A number is written 999 000 0018 as often as not.
  if (typeof fields['person.nhsNumber'] === 'string') fields['person.nhsNumber'] = fields['person.nhsNumber'].replace(/[\s-]/g, '');
  const found = { provider, details: {}, ...objectOf(fields) };
  const { value: referral, errors } = checkFields(NewReferral, found);
  if (isLine(line)) {
    const details = checkFields(serviceLine(line).details, found.details, 'details');
    referral.details = details.value;
    errors.push(...details.errors);
  }
  if (errors.length === 0) errors.push(...referralProblems(referral, today));
  const problems = inColumns(errors, LAYOUTS.referrals, cellOf);
  if (referral.provider !== provider && fields['provider'] !== undefined) {
    problems.push({
      column: 'provider',
      code: 'not-yours',
      found: cellOf('provider'),
      expected: `${provider}: a provider takes in its own referrals only`,
    });
  }
  if (diedOn !== undefined) problems.push(...deathProblems(diedOn, referral, cellOf('died_on'), today));
  if (problems.length > 0) return { referral: null, diedOn: null, problems };
  return { referral, diedOn: (diedOn ?? null) as LocalDate | null, problems };
}

function deathProblems(diedOn: unknown, { person }: NewReferral, found: string, today: LocalDate): RowProblem[] {
  const problem = (code: RowProblem['code'], expected: string): RowProblem[] => [{ column: 'died_on', code, found, expected }];
  if (!isLocalDate(diedOn)) return problem('bad-date', 'must be a day of the calendar, YYYY-MM-DD');
  if (diedOn > today) return problem('against-a-rule', 'must not be after today');
  if (isLocalDate(person?.birthDate) && diedOn < person.birthDate)
    return problem('against-a-rule', 'must not be before the child was born');
  return [];
}

const DETAILS = 'details.';
const known = new Map<string, boolean>();

/** A constant is for the services that take it: one mapping serves a file of several. */
function takes(line: ServiceLineCode, path: string): boolean {
  if (!path.startsWith(DETAILS)) return true;
  const key = `${line} ${path}`;
  let is = known.get(key);
  if (is === undefined) {
    const { errors } = checkFields(serviceLine(line).details, { [path.slice(DETAILS.length)]: NO_VALUE });
    is = !errors.some((e) => e.path === path.slice(DETAILS.length) && e.message === NOT_A_FIELD);
    known.set(key, is);
  }
  return is;
}
const NO_VALUE = {};

export const isLine = (code: string): code is ServiceLineCode => (SERVICE_LINE_CODES as readonly string[]).includes(code);
