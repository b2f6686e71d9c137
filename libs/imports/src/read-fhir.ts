import { parseFhirJson, referralsOfBundle, referralsOfNdjson, utf8, type Problem, type ReferralInFile, type ServiceMap } from '#fhir';
import { beginningOf } from '#fields';
import { DomainError, type LocalDate } from '#kernel';
import { referralProblems } from '#referrals';
import type { ProblemCode, RowProblem } from './row-problems.js';

/** How FHIR is read here: which service a code means, and what becomes of an NHS number that fails its check. */
export interface FhirReading {
  map: ServiceMap;
  badNhsNumber: 'set-aside' | 'accept-without';
}

/** A bundle refers to itself, so it is read whole: at most so many bytes. A longer list is sent in parts. */
const MOST_BYTES = 64 * 1024 * 1024;
const HEAD = 256;

/** A file of FHIR begins as JSON does; a header of a table does not. */
export const isFhir = (head: Buffer): boolean => /^\ufeff?\s*[{[]/.test(head.toString('utf8', 0, HEAD));

/** Every referral of a Bundle, or of a file with one resource a line. @throws DomainError invalid for what is neither */
export async function readFhir(
  pieces: AsyncIterable<Buffer>,
  reading: FhirReading,
  provider: string,
  today: LocalDate,
): Promise<ReferralInFile[]> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new DomainError('invalid', 'A FHIR file must have at most 64 MiB: send a longer list in parts.');
    parts.push(piece);
  }
  const text = utf8(Buffer.concat(parts));
  if (text === null)
    throw new DomainError('invalid', 'The file is not UTF-8, as FHIR JSON must be: letters of names would be lost. Save it as UTF-8.');
  const options = { provider, today, badNhsNumber: reading.badNhsNumber, sourceSystem: 'fhir', receivedOn: 'authored' as const };
  const whole = isOneALine(text) ? null : parseFhirJson(text);
  // A resource by itself, over several lines, is a list of one.
  const lines = whole === null ? text : isBundle(whole) ? null : JSON.stringify(whole);
  const found = lines === null ? referralsOfBundle(whole, reading.map, options) : referralsOfNdjson(lines, reading.map, options);
  if (found.length === 0) throw new DomainError('invalid', 'The file holds no ServiceRequest.');
  return found.map((read) => (read.newReferral ? alsoByOurRules(read, today) : read));
}

/** The first line is a resource by itself, and no Bundle. */
function isOneALine(text: string): boolean {
  try {
    const first: unknown = JSON.parse(text.slice(0, text.indexOf('\n') >>> 0));
    return !isBundle(first);
  } catch {
    return false;
  }
}

const isBundle = (resource: unknown): boolean => (resource as { resourceType?: unknown } | null)?.resourceType === 'Bundle';

function alsoByOurRules(read: ReferralInFile, today: LocalDate): ReferralInFile {
  const problems = read.newReferral ? referralProblems(read.newReferral, today) : [];
  if (problems.length === 0) return read;
  return {
    ...read,
    newReferral: null,
    careContacts: [],
    problems: problems.map(({ path, message }) => ({ code: 'invalid', path, expected: message })),
  };
}

const CODES: Partial<Record<Problem['code'], ProblemCode>> = {
  'nhs-number': 'bad-nhs-number',
  'no-service': 'unknown-code',
  reference: 'missing',
};

/** In the words of a list of rejects, whose column is the place in the resource. Of what was found codes only: the rest may identify a child. */
export const inRows = (problems: readonly Problem[]): RowProblem[] =>
  problems.map(({ code, path, expected, foundCodes = [] }) => ({
    column: path,
    code: CODES[code] ?? 'bad-value',
    found: beginningOf(foundCodes.join(' '), 200),
    expected: `${expected} (${code})`,
  }));
