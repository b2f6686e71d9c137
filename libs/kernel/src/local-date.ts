/** A Europe/London calendar day, `YYYY-MM-DD`. Strings of this form sort as days do. */
export type LocalDate = string;

const PATTERN = /^\d{4}-\d{2}-\d{2}$/;
const MS_PER_DAY = 86_400_000;

/** Later than any real day: the open end of an interval. PostgreSQL's own `infinity` reads back as this word. */
export const FOREVER: LocalDate = 'infinity';

/** Days since 1970-01-01 of a calendar day. Days are counted on the calendar, never in elapsed hours, so clock changes cannot drift. */
export function dayNumber(day: LocalDate): number {
  return Date.UTC(+day.slice(0, 4), +day.slice(5, 7) - 1, +day.slice(8, 10)) / MS_PER_DAY;
}

export function fromDayNumber(n: number): LocalDate {
  return new Date(n * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Calendar days from `from` to `to`; the same day is 0. */
export const daysBetween = (from: LocalDate, to: LocalDate): number => dayNumber(to) - dayNumber(from);

export const addDays = (day: LocalDate, days: number): LocalDate => fromDayNumber(dayNumber(day) + days);

/** True for a real day of the calendar between 1900 and 2199 (2026-02-30 is not one). */
export function isLocalDate(value: unknown): value is LocalDate {
  if (typeof value !== 'string') return false;
  if (!PATTERN.test(value) || value < '1900-01-01' || value > '2199-12-31') return false;
  // A day that its month does not have, and a month that the year does not have, fall into another.
  const found = new Date(dayNumber(value) * MS_PER_DAY);
  return found.getUTCMonth() + 1 === +value.slice(5, 7) && found.getUTCDate() === +value.slice(8);
}

/** 0 is Sunday. */
export const weekday = (day: LocalDate): number => (((dayNumber(day) + 4) % 7) + 7) % 7;

/** Whole years of age on a day; a birthday counts from the day itself. */
export function ageOn(birthDate: LocalDate, day: LocalDate): number {
  const years = +day.slice(0, 4) - +birthDate.slice(0, 4);
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

const LONDON_DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', year: 'numeric', month: '2-digit', day: '2-digit' });
const LONDON_TIME = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** The London day an instant falls on: 2026-03-31T23:30Z is 2026-04-01. */
export const londonDay = (instant: Date): LocalDate => LONDON_DAY.format(instant);

/** The London wall-clock time of an instant, `HH:MM`. */
export const londonTime = (instant: Date): string => LONDON_TIME.format(instant);

/** The instant of a London wall-clock time on a day. A time skipped in March is taken as summer time. */
export function londonInstant(day: LocalDate, time: string): Date {
  const asUtc = new Date(`${day}T${time}:00Z`);
  const offset = londonDay(asUtc) === day && londonTime(asUtc) === time ? 0 : 60;
  return new Date(asUtc.getTime() - offset * 60_000);
}
