import { checkFields } from '#fields';
import type { LocalDate } from '#kernel';
import { NewReferral, referralProblems } from '#referrals';
import { SERVICE_LINE_CODES, serviceLine, type ServiceLineCode } from '#service-lines';
import { objectOf, type ReadRow } from './cells.js';
import { LAYOUTS } from './layouts.js';
import { inOurWords } from './national-codes.js';
import { inColumns, type RowProblem } from './row-problems.js';

/** A row of a file of referrals: a referral as the API would take it, or what is wrong with it. */
export function readReferral(
  { fields, cellOf }: ReadRow,
  provider: string,
  today: LocalDate,
): { referral: NewReferral | null; problems: RowProblem[] } {
  const line = String(fields['service'] ?? '');
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
  return { referral: problems.length === 0 ? referral : null, problems };
}

const isLine = (code: string): code is ServiceLineCode => (SERVICE_LINE_CODES as readonly string[]).includes(code);
