import { addDays, type LocalDate } from '#kernel';
import { ThresholdPass } from '#waits';
import { TENANT, tidy, type BenchDatabase } from './bench-database.js';
import type { Bench } from './context.js';
import { seconds, timed, type Finding, type Pair } from './print.js';
import type { RebuiltList } from './rebuild.js';

const CROSSING_SHARE = 0.01;
const NOT_DUE_TIMES = 10;
/** The threshold the waits of a night cross: they became longer than so many weeks. None is as old by itself. */
const WEEKS = 78;

/**
 * The nightly pass when 1 % of the waits cross a threshold, against the rebuild of the same list; and again with ten times as many waits
 * that are not due, against the pass before.
 */
export async function nightly(bench: Bench, { target, rebuildMs }: RebuiltList, runs: number): Promise<Finding[]> {
  const { owner } = target;
  const { rows } = await owner.query<{ n: number }>('select count(*) as n from wait');
  const crossing = Math.max(1, Math.round((rows[0]?.n ?? 0) * CROSSING_SHARE));
  let day = addDays(bench.clock.today(), 1);
  const nights = async (what: string): Promise<number[]> => {
    const taken: number[] = [];
    for (let run = 1; run <= runs; run++) taken.push(await night(bench, target, (day = addDays(day, 1)), crossing, what));
    return taken;
  };
  await new ThresholdPass(target.database, bench.clock).run(TENANT, day);

  const alone = await nights('nobody else');
  const added = await addNotDue(target, day);
  bench.say(`nightly: ${added} further waits that are not due`);
  const among = await nights('ten times as many not due');

  const against = (values: number[], others: readonly number[]): Pair[] => values.map((ours, i) => ({ ours, bare: others[i] ?? NaN }));
  return [
    {
      what: `nightly pass, ${crossing} waits (1 %) crossing, against the rebuild of the list`,
      pairs: against(
        alone,
        alone.map(() => rebuildMs),
      ),
      unit: 'ms',
      goal: { atMost: 0.02 },
    },
    {
      what: 'the same pass with ten times as many waits that are not due, against the pass without them',
      pairs: against(among, alone),
      unit: 'ms',
      goal: { atMost: 1.2, words: 'unchanged (at most 1.2)' },
    },
  ];
}

/** So many waits become longer than the threshold on this day and no other crosses anything; the night itself is timed. */
async function night(bench: Bench, { owner, database }: BenchDatabase, day: LocalDate, crossing: number, what: string): Promise<number> {
  const pass = new ThresholdPass(database, bench.clock);
  // Those of the nights before, and all that would cross by themselves, are put off: not due, but in the same index.
  await owner.query(
    `update wait set next_change_on = $2::date + 400 where tenant = $1 and next_change_on is not null and next_change_on <= $2`,
    [TENANT, day],
  );
  await owner.query(
    `update wait w set started_on = $2::date - 7 * ${WEEKS} - 1, breach_on = null, next_change_on = $2::date - 7 * ${WEEKS} + 1
      from (select pathway_id, measure, ordinal from wait where tenant = $1 and headline and is_latest and state = 'waiting' and breach_on is not null and started_on > $2::date - 500
        order by pathway_id limit $3) c
      where w.tenant = $1 and w.pathway_id = c.pathway_id and w.measure = c.measure and w.ordinal = c.ordinal`,
    [TENANT, day, crossing],
  );
  await pass.run(TENANT, addDays(day, -1)); // the thresholds before this one have been crossed on nights before
  await tidy(owner, 'wait', 'threshold_crossing');
  const { ms, result } = await timed(() => pass.run(TENANT, day));
  if (result !== crossing) throw new Error(`${result} crossings were recorded where ${crossing} were due.`);
  bench.say(`nightly: ${what}: ${crossing} crossings in ${seconds(ms)}`);
  return ms;
}

/** Copies of the waits that are not due, until there are ten times as many. */
async function addNotDue({ owner }: BenchDatabase, day: LocalDate): Promise<number> {
  const { rowCount } = await owner.query(
    `insert into wait (tenant, pathway_id, measure, ordinal, period, is_latest, referral_id, person_id, line, provider, headline, state, started_on,
        target_days, breach_on, listed_from, listed_to, next_change_on, rules_version)
      select tenant, pathway_id, measure, ordinal + 100 * n, period + 100 * n, is_latest, referral_id, person_id, line, provider, false, state, started_on,
        target_days, breach_on, listed_from, listed_to, next_change_on, rules_version
      from wait cross join generate_series(1, $3::integer) n where tenant = $1 and next_change_on > $2`,
    [TENANT, day, NOT_DUE_TIMES - 1],
  );
  return rowCount ?? 0;
}
