import { isNhsNumber, nhsCheckDigit } from '#kernel';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const COLUMNS = [
  'service',
  'source_system',
  'source_id',
  'received_on',
  'authored_on',
  'priority',
  'source_of_referral',
  'nhs_number',
  'given_name',
  'family_name',
  'birth_date',
  'sex',
  'postcode',
  'local_authority',
  'gp_practice',
  'ethnic_category',
  'sen',
  'need',
  'setting',
  'contact1_name',
  'contact1_relationship',
  'contact1_may_contact',
  'contact1_phone',
];
export const FILE_COLUMNS: readonly string[] = COLUMNS;

const two = (n: number): string => String(n).padStart(2, '0');

/** A file of so many synthetic referrals, each of another child; where test numbers run out, of children without one. */
export async function writeReferrals(path: string, count: number): Promise<void> {
  await pipeline(Readable.from(lines(count), { objectMode: false }), createWriteStream(path));
}

function* lines(count: number): Generator<string> {
  yield `${COLUMNS.join(',')}\n`;
  const numbers = testNumbers();
  let batch = '';
  for (let n = 1; n <= count; n++) {
    const [year, month, day] = [2025 + (n % 2), 1 + (n % 10), 1 + (n % 28)];
    const received = `${year}-${two(month)}-${two(day)}`;
    const born = `${2014 + (n % 8)}-${two(month)}-${two(day)}`;
    batch +=
      `speech-and-language-therapy,bench,R-${n},${received},${received},routine,health-visitor,${numbers.next().value ?? ''},Child${n},Example,${born},` +
      `female,NN17 1QG,E06000061,K83002,A,sen-support,stammering,early-years,Parent ${n},mother,yes,07700 900${String(n % 1000).padStart(3, '0')}\n`;
    if (n % 1000 !== 0 && n !== count) continue;
    yield batch;
    batch = '';
  }
}

/** Every NHS number of the range that is never issued. */
function* testNumbers(): Generator<string> {
  for (let n = 0; n < 1_000_000; n++) {
    const nine = `999${String(n).padStart(6, '0')}`;
    const number = `${nine}${nhsCheckDigit(nine)}`;
    if (isNhsNumber(number)) yield number;
  }
}
