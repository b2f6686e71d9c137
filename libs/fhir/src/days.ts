import { isLocalDate, londonDay, type LocalDate } from '#kernel';

const PARTIAL = /^\d{4}(-\d{2})?$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The London day of a FHIR date, dateTime or instant: 2026-03-31T23:30:00Z is 2026-04-01.
 * @returns null for a year or a month alone, which is no day; undefined for anything that is none of these
 */
export function fhirDay(value: string): LocalDate | null | undefined {
  if (PARTIAL.test(value)) return null;
  const written = INSTANT.exec(value)?.[1];
  if (written === undefined) return isLocalDate(value) ? value : undefined;
  const at = new Date(value);
  return isLocalDate(written) && !Number.isNaN(at.getTime()) ? londonDay(at) : undefined;
}
