import type { Alternative } from './alternatives.js';
import type { Move } from './counting.js';
import type { Submitted } from './submitted.js';

/** One band beside what was submitted. Null where the band was not submitted. */
export interface BandDifference {
  band: string;
  computed: number;
  submitted: number | null;
  difference: number | null;
}

/** A rule that was tried: what the list would be by it, and how much of the difference that would leave. */
export interface Explanation {
  rule: string;
  title: string;
  /** Of the sum of all differences, how much would be gone. Below zero: the rule makes it worse. */
  explained: number;
  explainedPercent: number | null;
  remaining: number;
  bands: Record<string, number>;
  moves: Move[];
}

export const compareBands = (bands: Readonly<Record<string, number>>, submitted: Submitted): BandDifference[] =>
  Object.entries(bands).map(([band, computed]) => {
    const told = submitted.get(band) ?? null;
    return { band, computed, submitted: told, difference: told === null ? null : told - computed };
  });

/** The sum of the differences, whichever way they go, over the bands that were submitted. */
export const absoluteDifference = (bands: Readonly<Record<string, number>>, submitted: Submitted): number =>
  compareBands(bands, submitted).reduce((sum, { difference }) => sum + Math.abs(difference ?? 0), 0);

/** How much each rule would explain, most first; rules that explain alike by how few children they move. Pure. */
export function explain(
  computed: Readonly<Record<string, number>>,
  submitted: Submitted,
  tried: readonly { alternative: Alternative; moves: readonly Move[] }[],
): Explanation[] {
  const before = absoluteDifference(computed, submitted);
  const moved = (e: Explanation): number => e.moves.reduce((sum, m) => sum + m.count, 0);
  return tried
    .map(({ alternative: { code, title }, moves }): Explanation => {
      const bands = afterMoves(computed, moves);
      const remaining = absoluteDifference(bands, submitted);
      const explained = before - remaining;
      return {
        rule: code,
        title,
        explained,
        explainedPercent: before === 0 ? null : Math.round((1000 * explained) / before) / 10,
        remaining,
        bands,
        moves: moves.toSorted((a, b) => b.count - a.count),
      };
    })
    .sort((a, b) => b.explained - a.explained || moved(a) - moved(b));
}

/** The bands as they would be. */
export function afterMoves(computed: Readonly<Record<string, number>>, moves: readonly Move[]): Record<string, number> {
  const bands = { ...computed };
  for (const { from, to, count } of moves) {
    if (from !== null) bands[from] = (bands[from] ?? 0) - count;
    if (to !== null) bands[to] = (bands[to] ?? 0) + count;
  }
  return bands;
}

/** Rules by which one band would be nearer to what was submitted, the nearest first. */
export function nearerBy(
  { band, computed, submitted }: BandDifference,
  explanations: readonly Explanation[],
): { rule: string; difference: number }[] {
  if (submitted === null || submitted === computed) return [];
  const distance = (difference: number): number => Math.abs(difference);
  return explanations
    .map(({ rule, bands }) => ({ rule, difference: submitted - (bands[band] ?? 0) }))
    .filter(({ difference }) => distance(difference) < distance(submitted - computed))
    .sort((a, b) => distance(a.difference) - distance(b.difference));
}
