/**
 * A list of 100,000 has some 1,500 different lengths of wait. Counted by length first (`days`, null where the start is unknown, and `n`),
 * sums and percentiles cost next to nothing. `ranked` adds `upto`, the running count, and `known`, the count of all whose length is known.
 */
export const sumWhere = (condition: string, name: string): string => `coalesce(sum(n) filter (where ${condition}), 0)::bigint as ${name}`;

const partitionBy = (columns: readonly string[]): string => (columns.length === 0 ? '' : `partition by ${columns.join(', ')}`);

/** `ranked` over `lengths`, within each group of these columns. */
export const rankedLengths = (columns: readonly string[]): string => `
  select *, sum(n) over (${partitionBy(columns)} order by days nulls last) as upto,
    sum(n) filter (where days is not null) over (${partitionBy(columns)}) as known
  from lengths`;

/** What percentile_cont gives over single waits, from `ranked`: between the waits on both sides of the place, in proportion. */
export function percentileOfLengths(p: number): string {
  const place = `(${p} * (known - 1))`;
  const at = (rank: string): string => `min(days) filter (where days is not null and upto > ${rank})`;
  const [below, above] = [at(`floor(${place})`), at(`ceil(${place})`)];
  return `${below} + (${above} - ${below}) * max(${place} - floor(${place}))`;
}
