/**
 * Disclosure control (domain reference 8): what may be shown of a count, so that no child can be found in it.
 * Every cell is treated alike, totals too, so that a small cell cannot be unpicked as a total less its other parts.
 * The same rule is written twice, for one cell here and as SQL, so that an exact number need not leave the database; a test proves them equal.
 */
export type Disclosure = 'none' | 'hes' | 'mhsds' | 'hes-and-mhsds';

/** A count that may not be shown. Nothing of the number behind it is in the answer. */
export interface Suppressed {
  value: null;
  suppressed: true;
  display: '*';
}
export const SUPPRESSED: Suppressed = { value: null, suppressed: true, display: '*' };

/** A figure as shown: null where there is none to show (the median of nobody). */
export type Cell = number | Suppressed | null;

export const isSuppressed = (cell: Cell): cell is Suppressed => typeof cell === 'object' && cell !== null;

/** Counts from `from` to `to` are hidden, all others rounded to the nearest 5. */
interface Regime {
  from: number;
  to: number;
  words: string;
}

const REGIMES: Record<Exclude<Disclosure, 'none'>, Regime> = {
  hes: {
    from: 1,
    to: 7,
    words: 'counts of 1 to 7 are shown as *, others to the nearest 5, none is shown as 0 (as Hospital Episode Statistics)',
  },
  mhsds: {
    from: 0,
    to: 4,
    words: 'counts below 5, and none, are shown as *, others to the nearest 5 (as Mental Health Services monthly statistics)',
  },
  // For figures over mental health and other lines together: neither rule is loosened.
  'hes-and-mhsds': {
    from: 0,
    to: 7,
    words: 'counts below 8, and none, are shown as *, others to the nearest 5 (stricter than either national rule, as lines are mixed)',
  },
};

/** A percentile that reports show, as a whole number: 50 is the median. */
export type Percentile = 50 | 90 | 92;

/** A median or percentile over fewer says too much of one child. */
export const FEWEST_FOR_A_PERCENTILE = 8;

/**
 * At least so many waits lie at or above a percentile that is shown. A percentile is a place between two neighbours: of 8 waits the 90th and
 * the 92nd lie between the same two, the longest and the one before it, and both could be solved for. With three above, neither is ever the
 * longest or the second longest.
 */
const FEWEST_ABOVE = 3;

/** Of how many waits a percentile may be shown: 8 for the median, 30 for the 90th, 38 for the 92nd. In whole numbers: 0.1 of 30 is not quite 3. */
export const fewestFor = (percentile: Percentile): number =>
  Math.max(FEWEST_FOR_A_PERCENTILE, Math.ceil((100 * FEWEST_ABOVE) / (100 - percentile)));

export function disclosureWords(disclosure: Disclosure): string {
  if (disclosure === 'none') return 'Exact figures, for management within the ICB and its providers. Not for publication.';
  return (
    `Figures safe to publish: ${REGIMES[disclosure].words}. Percentages are worked out from the cells shown, to the nearest whole number. ` +
    `Medians need ${fewestFor(50)} waits, the 90th percentile ${fewestFor(90)} and the 92nd ${fewestFor(92)}, so that ${FEWEST_ABOVE} waits or more lie ` +
    `at or above it. The longest wait describes one child and is never shown.`
  );
}

/** A count as it may be shown. */
export function countCell(count: number, disclosure: Disclosure): number | Suppressed {
  if (disclosure === 'none') return count;
  const { from, to } = REGIMES[disclosure];
  return count >= from && count <= to ? SUPPRESSED : Math.floor((count + 2) / 5) * 5;
}

/**
 * A share, from the two cells that are shown, so that it tells nothing they do not: of "83 % of 10" the exact 10 of 12 could be found.
 * Null of nobody. To one decimal where figures are exact, else to the nearest whole number.
 */
export function percentCell(part: Cell, whole: Cell, disclosure: Disclosure): Cell {
  if (isSuppressed(part) || isSuppressed(whole)) return SUPPRESSED;
  if (part === null || whole === null || whole === 0) return null;
  const percent = (100 * part) / whole;
  return disclosure === 'none' ? Math.round(10 * percent) / 10 : Math.round(percent);
}

/** A percentile of `count` waits, in days. */
export function percentileCell(days: number | null, count: number, disclosure: Disclosure, percentile: Percentile): Cell {
  if (disclosure === 'none') return days === null ? null : Math.round(10 * days) / 10;
  if (count === 0 && countCell(0, disclosure) === 0) return null;
  return count < fewestFor(percentile) || days === null ? SUPPRESSED : Math.round(days);
}

/** `count` (SQL) as it may be shown; null where it may not be. */
export function countSql(count: string, disclosure: Disclosure): string {
  if (disclosure === 'none') return count;
  const { from, to } = REGIMES[disclosure];
  return `case when ${count} not between ${from} and ${to} then (${count} + 2) / 5 * 5 end`;
}

/** `days` (SQL), a percentile of `count` waits, as it may be shown; null where it may not be, or where there is none. */
export function percentileSql(days: string, count: string, disclosure: Disclosure, percentile: Percentile): string {
  if (disclosure === 'none') return `round((${days})::numeric, 1)`;
  return `case when ${count} >= ${fewestFor(percentile)} then round((${days})::numeric) end`;
}

/** What countSql gave, as a cell. A count is never null but where it was suppressed. */
export const countFromSql = (value: number | null): number | Suppressed => value ?? SUPPRESSED;

/** What percentileSql gave, as a cell: of nobody there is none, where that may be known. */
export const percentileFromSql = (value: number | null, count: Cell): Cell => value ?? (count === 0 ? null : SUPPRESSED);
