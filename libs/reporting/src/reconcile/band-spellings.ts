import { SITREP_BANDS, WEEKLY_BANDS, type BandScheme } from '#waits';

/** Bands of a scheme, in order, by the names reports give them. */
export const bandLabels = (scheme: BandScheme): readonly string[] =>
  scheme === 'sitrep' ? SITREP_BANDS.map((b) => b.label) : WEEKLY_BANDS;

/** A spreadsheet makes 2 January of `1-2`; what is a date cannot be known for a band again. Days are no weeks. */
const NO_BAND = /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|day|month|\d\/\d|\d{4}/;
const OPEN_ABOVE = /[>+≥]|over|more|above|plus|gt/;
const OPEN_BELOW = /[<≤]|under|less|up to|within|lt/;

/** The weeks a spelling speaks of, `18-52`; `104-` is open above. Null where it speaks of none. */
function weeksOf(spelling: string): string | null {
  const words = spelling
    .trim()
    .toLowerCase()
    .replace(/\bsum 1$/, '');
  if (NO_BAND.test(words)) return null;
  const [from, to, ...more] = words.match(/\d+/g)?.map(Number) ?? [];
  if (from === undefined || more.length > 0) return null;
  if (to !== undefined) return `${from}-${to}`;
  if (OPEN_ABOVE.test(words)) return `${from}-`;
  return OPEN_BELOW.test(words) ? `0-${from}` : null;
}

/**
 * The band that somebody means by `0-1 weeks`, `18 to 52`, `>18-52`, `104+`, `over 104 weeks` or, in published tables, `Gt 18 To 19 Weeks SUM 1`.
 * Null for anything that is not one band of the scheme: `>52` where 52-104 and over 104 are told apart.
 */
export function readBand(spelling: string, scheme: BandScheme): string | null {
  const weeks = weeksOf(spelling);
  return weeks === null ? null : (bandLabels(scheme).find((label) => weeksOf(label) === weeks) ?? null);
}
