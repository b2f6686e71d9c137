import { cpus } from 'node:os';
import type pg from 'pg';

/** Ours and the bare engine's, on the same rows in the same run of the benchmark. */
export interface Pair {
  ours: number;
  bare: number;
}

export type Goal = { atMost: number; words?: string } | { atLeast: number; words?: string };

export interface Finding {
  what: string;
  pairs: Pair[];
  /** What `ours` and `bare` are, such as `ms` or `/s`. */
  unit: string;
  /** Left out where the figure is only there to be known. */
  goal?: Goal;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below, above] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((below ?? NaN) + (above ?? NaN)) / 2;
};

/** The value that this share of them do not exceed. */
export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? NaN;

/** Milliseconds that some work takes, with what it gave. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}

/** The ratio of a finding, of each pair by itself: what else the machine did meanwhile then weighs on both sides. */
export const ratiosOf = ({ pairs }: Finding): number[] => pairs.map((p) => p.ours / p.bare);

/** Two lines: the ratio with its goal, and what it was worked out from. */
export function describe(finding: Finding): string {
  const { what, pairs, unit, goal } = finding;
  const ratio = median(ratiosOf(finding));
  const met = goal && ('atMost' in goal ? ratio <= goal.atMost : ratio >= goal.atLeast);
  const bound = goal && ('atMost' in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`);
  const judged = goal ? `goal: ${goal.words ?? bound}: ${met ? 'met' : 'MISSED'}` : 'no goal';
  const side = (values: number[]): string => `${spread(values)} ${unit}`;
  return (
    `  ${what}\n    ratio ${spread(ratiosOf(finding))}   ${judged}\n` +
    `    (ours ${side(pairs.map((p) => p.ours))}, against ${side(pairs.map((p) => p.bare))}; ${pairs.length} runs)`
  );
}

/** Median, and how far the runs lie apart. */
const spread = (values: readonly number[]): string =>
  `${figure(median(values))} [${figure(Math.min(...values))} to ${figure(Math.max(...values))}]`;

const figure = (n: number): string => (n >= 1000 ? String(Math.round(n)) : n.toPrecision(3));

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What the figures were measured on. */
export async function machine(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ version: string; buffers: string; durable: string }>(
    `select current_setting('server_version') as version, current_setting('shared_buffers') as buffers,
      current_setting('fsync') || '/' || current_setting('synchronous_commit') as durable`,
  );
  const [found] = rows;
  const [cpu] = cpus();
  return (
    `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, ` +
    `PostgreSQL ${found?.version} (shared_buffers ${found?.buffers}, fsync/synchronous_commit ${found?.durable})`
  );
}
