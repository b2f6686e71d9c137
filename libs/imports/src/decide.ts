/** What is known of an import when all of its file was read. */
export interface ReadSummary {
  rowsRead: number;
  rowsBad: number;
  /** Referrals on this provider's lists now, and how many of them the file would end. */
  open: number;
  wouldEnd: number;
  /** Of a file said to be the whole list: open referrals it should hold, and how many of them it lacks. */
  expected: number;
  missing: number;
}

export interface Limits {
  /** Share of bad rows above which a person must look. */
  badShare: number;
  /** Share of open referrals above which a person must look. */
  vanishShare: number;
}

export const DEFAULT_LIMITS: Limits = { badShare: 0.1, vanishShare: 0.05 };

/** Said wherever missing referrals are: a machine removes no child. */
export const NOTHING_IS_DONE = 'Nothing is ended or changed for a referral that is missing: a person finds out what became of each.';

/** Few rows are a share of nothing: a list of three may lose one. */
const TOO_FEW = 10;

/** Everything for which a person must look before anything is changed; null = it may go on. Pure. */
export function mustBeConfirmed({ rowsRead, rowsBad, open, wouldEnd, expected, missing }: ReadSummary, limits: Limits): string | null {
  const isTooMany = (n: number, of: number): boolean => n >= TOO_FEW && n > limits.vanishShare * of;
  const why = [
    rowsBad > 0 && rowsBad > limits.badShare * rowsRead
      ? [`${rowsBad} of ${rowsRead} rows cannot be taken in, more than ${percent(limits.badShare)}: look at the rejects first.`]
      : [],
    isTooMany(wouldEnd, open)
      ? [`${wouldEnd} of ${open} open referrals would leave the list, more than ${percent(limits.vanishShare)}.`]
      : [],
    isTooMany(missing, expected)
      ? [
          `${missing} of ${expected} open referrals are missing from this list, more than ${percent(limits.vanishShare)}. ${NOTHING_IS_DONE}`,
        ]
      : [],
  ].flat();
  return why.length > 0 ? why.join(' ') : null;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
