import type { LocalDate } from '#kernel';
import { distance } from 'fastest-levenshtein';
import { partsOf, soundsOf } from './names.js';

/** A child as one provider recorded it. */
export interface RecordedChild {
  givenName: string;
  familyName: string;
  birthDate: LocalDate;
  postcode: string | null;
}

export type LikenessReason =
  | 'same-birth-date'
  | 'day-and-month-swapped'
  | 'birth-date-one-digit-apart'
  | 'same-family-name'
  | 'family-name-shares-a-part'
  | 'family-name-alike'
  | 'family-name-sounds-alike'
  | 'same-given-name'
  | 'given-name-shares-a-part'
  | 'given-name-alike'
  | 'given-name-sounds-alike'
  | 'given-name-differs'
  | 'names-swapped'
  | 'same-postcode'
  | 'possible-twins';

export interface Likeness {
  /** 0 to 100: an order to look in, never a decision. */
  score: number;
  reasons: LikenessReason[];
}

/** Pairs that score less are not shown to anybody. */
export const WORTH_A_LOOK = 40;

const POINTS: Record<LikenessReason, number> = {
  'same-birth-date': 40,
  'day-and-month-swapped': 28,
  'birth-date-one-digit-apart': 22,
  'same-family-name': 20,
  'family-name-shares-a-part': 16,
  'family-name-alike': 14,
  'family-name-sounds-alike': 12,
  'same-given-name': 25,
  'given-name-shares-a-part': 20,
  'given-name-alike': 16,
  'given-name-sounds-alike': 14,
  // Nicknames are not guessed: Bob and Robert differ.
  'given-name-differs': -30,
  'names-swapped': 40,
  'same-postcode': 15,
  'possible-twins': -5,
};

/**
 * How likely two records are of one child, and why. Pure. Twins share birth date, family name and address, and often have names that sound
 * alike: wherever that could be, it is said, and the pair comes late in the list.
 */
export function likeness(a: RecordedChild, b: RecordedChild): Likeness {
  const birth = birthDateReason(a.birthDate, b.birthDate);
  if (birth === null) return { score: 0, reasons: [] };
  const reasons = [birth, ...nameReasons(a, b)];
  if (a.postcode !== null && a.postcode === b.postcode) reasons.push('same-postcode');
  if (couldBeTwins(reasons)) reasons.push('possible-twins');
  const score = reasons.reduce((sum, reason) => sum + POINTS[reason], 0);
  return { score: Math.max(0, Math.min(100, score)), reasons };
}

function birthDateReason(a: LocalDate, b: LocalDate): LikenessReason | null {
  if (a === b) return 'same-birth-date';
  if (`${a.slice(0, 5)}${a.slice(8)}-${a.slice(5, 7)}` === b) return 'day-and-month-swapped';
  return digitsApart(a, b) === 1 ? 'birth-date-one-digit-apart' : null;
}

const digitsApart = (a: LocalDate, b: LocalDate): number => [...a].filter((digit, i) => digit !== b[i]).length;

function nameReasons(a: RecordedChild, b: RecordedChild): LikenessReason[] {
  const [givenA, familyA, givenB, familyB] = [a.givenName, a.familyName, b.givenName, b.familyName].map(partsOf) as [
    string[],
    string[],
    string[],
    string[],
  ];
  const family = nameReason(familyA, familyB, 'family');
  const given = nameReason(givenA, givenB, 'given');
  if (family === null && given === null && isSame(givenA, familyB) && isSame(familyA, givenB)) return ['names-swapped'];
  return [family, given ?? 'given-name-differs'].filter((reason) => reason !== null);
}

function nameReason(a: string[], b: string[], which: 'given' | 'family'): LikenessReason | null {
  if (isSame(a, b)) return `same-${which}-name`;
  if (a.some((part) => part.length > 1 && b.includes(part))) return `${which}-name-shares-a-part`;
  const [whole, other] = [a.join(''), b.join('')];
  if (isAlike(whole, other)) return `${which}-name-alike`;
  return soundsOf(whole).some((code) => soundsOf(other).includes(code)) ? `${which}-name-sounds-alike` : null;
}

/** The same parts in any order: Ali Khan Ahmed, Ahmed Ali-Khan. */
const isSame = (a: string[], b: string[]): boolean => a.length > 0 && a.toSorted().join(' ') === b.toSorted().join(' ');

/** At most one letter in four written otherwise; short names must be the same. */
const isAlike = (a: string, b: string): boolean => distance(a, b) <= Math.floor(Math.min(a.length, b.length) / 4);

/** Born on one day into one family, or to one address, under given names that are not the same. */
function couldBeTwins(reasons: readonly LikenessReason[]): boolean {
  const has = (...some: LikenessReason[]): boolean => some.some((reason) => reasons.includes(reason));
  return (
    has('same-birth-date') &&
    has('same-family-name', 'family-name-shares-a-part', 'same-postcode') &&
    has('given-name-shares-a-part', 'given-name-alike', 'given-name-sounds-alike', 'given-name-differs')
  );
}
