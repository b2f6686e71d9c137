import { fromDayNumber, londonInstant, type LocalDate } from '#kernel';

/**
 * Stories are told in day numbers (days since 1970-01-01), so that days can be added and compared cheaply.
 * Their calendar days and office hours are dear to work out and asked for a million times: kept.
 */
const days = new Map<number, LocalDate>();
const instants = new Map<string, Map<number, Date>>();

export function dayOf(n: number): LocalDate {
  const known = days.get(n);
  if (known !== undefined) return known;
  const day = fromDayNumber(n);
  days.set(n, day);
  return day;
}

/** The instant of a London time on a day. */
export function instantOf(n: number, time: string): Date {
  const known = instants.get(time) ?? new Map<number, Date>();
  instants.set(time, known);
  const instant = known.get(n) ?? londonInstant(dayOf(n), time);
  known.set(n, instant);
  return instant;
}

const THURSDAY = 4;

/** Monday to Friday. Day 0, 1970-01-01, was a Thursday. */
export const isWorkingWeekday = (n: number): boolean => ![0, 6].includes((n + THURSDAY) % 7);

/** The day itself, or the Friday before a weekend. */
export const workday = (n: number): number => [n, n - 1, n - 2].find(isWorkingWeekday) ?? n;
