/**
 * Bands of the Community Health Services SitRep, in days (NHS England, community health services waiting lists).
 * Day 365 lies between two published labels and counts as over 52 weeks.
 */
export const SITREP_BANDS = [
  { label: '0-1', from: 0, to: 7 },
  { label: '>1-2', from: 8, to: 14 },
  { label: '>2-4', from: 15, to: 28 },
  { label: '>4-12', from: 29, to: 84 },
  { label: '>12-18', from: 85, to: 126 },
  { label: '>18-52', from: 127, to: 364 },
  { label: '>52-104', from: 365, to: 728 },
  { label: '>104', from: 729, to: Infinity },
] as const;

export type BandScheme = 'sitrep' | 'weekly';

/** Highest closed weekly band; beyond it lies `104+` (RTT recording guidance v5, 10.1.7: 126 days lie in 17-18). */
const LAST_WEEK = 104;

export const weeklyBandIndex = (days: number): number => Math.min(days <= 7 ? 0 : Math.ceil(days / 7) - 1, LAST_WEEK);

/** The label of every weekly band, in order: `0-1` … `103-104`, `104+`. */
export const WEEKLY_BANDS: readonly string[] = Array.from({ length: LAST_WEEK + 1 }, (_, i) =>
  i === LAST_WEEK ? `${LAST_WEEK}+` : `${i}-${i + 1}`,
);

/** The band a wait of so many days lies in. */
export function bandOf(days: number, scheme: BandScheme): string {
  if (scheme === 'weekly') return WEEKLY_BANDS[weeklyBandIndex(days)] ?? `${LAST_WEEK}+`;
  return SITREP_BANDS.find((b) => days <= b.to)?.label ?? '>104';
}
