import { systemPrincipal } from '#kernel';
import { Rebuild, RULES_VERSION, staleness } from '#waits';
import { TENANT, tidy, type BenchDatabase } from './bench-database.js';
import type { Bench } from './context.js';
import type { Workers } from './workers.js';
import { eventsOf, loadList, referralId, type ListSize } from './list.js';
import { median, seconds, timed, type Finding, type Pair } from './print.js';

const WORKERS = 2;

export interface RebuiltList {
  /** Every wait of the list is computed and stored. */
  target: BenchDatabase;
  /** How long the last rebuild took that wrote everything. */
  rebuildMs: number;
  findings: Finding[];
}

export interface RebuildOptions {
  size: ListSize;
  /** Times each case is measured; at least 1. */
  runs: number;
  /** Also measured when nothing has changed, and against the bare statement. */
  compared: boolean;
}

/** Rows a rebuild wrote. */
interface Written {
  waits: number;
  covers: number;
  states: number;
}

/**
 * A full rebuild by two workers, from marking until nothing is stale, against one bare statement through the same role and tables that
 * reads the same events and writes as many rows.
 */
export async function rebuildList(bench: Bench, { size, runs, compared }: RebuildOptions): Promise<RebuiltList> {
  const target = await bench.server.create();
  bench.say(`rebuild: loading ${size.referrals} referrals, ${eventsOf(size)} events`);
  await loadList(target, size, bench.clock.today());
  const workers = await bench.workers(target.settings, WORKERS);
  try {
    const first: Pair[] = [];
    // Once to warm up, and to learn how many rows there are to write.
    let rebuildMs = await rebuild(bench, target, workers, 'warm-up');
    const rows = await written(target);
    const findings: Finding[] = [];
    if (compared) {
      for (let run = 1; run <= runs; run++) {
        await emptied(target);
        const bare = await bareStatement(bench, target, size, rows);
        await emptied(target);
        rebuildMs = await rebuild(bench, target, workers, 'all written');
        first.push({ ours: rebuildMs, bare });
      }
      const unchanged: Pair[] = [];
      const reading: Pair[] = [];
      for (let run = 1; run <= runs; run++) {
        await tidy(target.owner, 'pathway', 'wait', 'wait_referral', 'referral_state');
        const ours = await rebuild(bench, target, workers, 'nothing changed');
        unchanged.push({ ours, bare: first[run - 1]?.bare ?? NaN });
        await tidy(target.owner, 'pathway');
        reading.push({ ours, bare: await bareReading(bench, target) });
      }
      const of = `${size.referrals} referrals, ${eventsOf(size)} events, two workers`;
      const wrote = `${rows.waits + rows.covers} waits and ${rows.states} states written`;
      findings.push(
        { what: `full rebuild (${of}; ${wrote}) against one bare statement`, pairs: first, unit: 'ms', goal: { atMost: 8 } },
        { what: 'rebuild when nothing changed against the same statement', pairs: unchanged, unit: 'ms', goal: { atMost: 6 } },
        { what: 'rebuild when nothing changed against a bare statement that writes no waits or states either', pairs: reading, unit: 'ms' },
      );
    }
    if (first.length > 0) rebuildMs = median(first.map((p) => p.ours));
    return { target, rebuildMs, findings };
  } finally {
    await workers.close();
  }
}

async function rebuild(bench: Bench, { database }: BenchDatabase, workers: Workers, what: string): Promise<number> {
  const began = performance.now();
  const marked = await new Rebuild(database, bench.clock).mark(TENANT);
  const marking = performance.now() - began;
  const done = (await workers.run(TENANT)).flatMap(({ folded }) => folded ?? []);
  const ms = performance.now() - began;
  const { notYetComputed } = await database.inTenant(systemPrincipal(TENANT, 'bench'), staleness);
  const computed = done.reduce((sum, d) => sum + d.pathways, 0);
  if (notYetComputed > 0 || computed !== marked) throw new Error(`${computed} of ${marked} pathways computed, ${notYetComputed} stale.`);
  const wrote = done.reduce((sum, d) => sum + d.written, 0);
  bench.say(`rebuild: ${what}: ${marked} pathways marked in ${seconds(marking)}, all computed after ${seconds(ms)}, ${wrote} rows written`);
  return ms;
}

async function written({ owner }: BenchDatabase): Promise<Written> {
  const { rows } = await owner.query<Written>(
    `select (select count(*) from wait) as waits, (select count(*) from wait_referral) as covers, (select count(*) from referral_state) as states`,
  );
  return rows[0] ?? { waits: 0, covers: 0, states: 0 };
}

async function emptied({ owner }: BenchDatabase): Promise<void> {
  await owner.query('truncate wait, wait_referral, threshold_crossing, referral_state');
  await tidy(owner, 'pathway', 'wait', 'wait_referral', 'referral_state');
}

/** Reads and aggregates every event, writes as many rows as the rebuild, and says of as many pathways that they are folded. */
async function bareStatement(bench: Bench, target: BenchDatabase, size: ListSize, { waits, covers, states }: Written): Promise<number> {
  // Referrals after it are second ones of their pathway: their waits need another ordinal.
  const lastFirstReferral = referralId(size.pathways);
  const client = await target.bare(TENANT);
  const { ms } = await timed(() =>
    client.query(
      `with told as (
          select e.pathway_id, e.referral_id, min(e.occurred_on) as began, max(e.occurred_on) as last, count(*) as n,
            min(e.occurred_on) filter (where e.type in ('contact', 'handed-over')) as stopped, max(e.data->>'provider') as provider
          from pathway_event e where e.tenant = $1 group by 1, 2),
        known as (select t.*, p.person_id, p.line from told t join pathway p on p.tenant = $1 and p.id = t.pathway_id),
        write_waits as (
          insert into wait (tenant, pathway_id, measure, ordinal, period, is_latest, referral_id, person_id, line, provider, headline, state,
            started_on, stopped_on, stop_code, stop_kind, target_days, breach_on, listed_from, listed_to, next_change_on, rules_version)
          select $1, k.pathway_id, m.code, case when k.referral_id > $6::uuid then 2 else 1 end, 1, true, k.referral_id, k.person_id, k.line,
            k.provider, m.n = 1, case when k.stopped is null then 'waiting' else 'stopped' end, k.began, k.stopped,
            case when k.stopped is not null then 'first-contact' end, case when k.stopped is not null then 'first-contact' end, 126, k.began + 127,
            k.began, coalesce(k.stopped, 'infinity'), case when k.stopped is null then k.began + 127 end, $5
          from known k cross join unnest(array['sitrep', 'ahp-rtt', 'experienced', 'cyp-mh-full', 'other']) with ordinality m (code, n)
          order by m.n, k.pathway_id limit $2),
        write_covers as (
          insert into wait_referral (tenant, pathway_id, measure, period, referral_id, position)
          select $1, pathway_id, 'experienced', 1, referral_id, 1 from known limit $3),
        write_states as (
          insert into referral_state (tenant, referral_id, pathway_id, person_id, line, provider, state, stage, stage_since, priority, listed_on,
            received_on, headline_started_on, headline_stopped_on, headline_breach_on, last_human_contact_on, next_check_in_on, next_check_in_why)
          select $1, referral_id, pathway_id, person_id, line, provider, case when stopped is null then 'waiting' else 'in-treatment' end,
            'awaiting-triage', last, 'routine', began, began, began, stopped, began + 127, stopped, last + 84, 'first' from known limit $4)
        update pathway p set folded = p.changed, rules_version = $5 from (select distinct pathway_id from told) t
        where p.tenant = $1 and p.id = t.pathway_id`,
      [TENANT, waits, covers, states, RULES_VERSION, lastFirstReferral],
    ),
  );
  const held = await written(target);
  if (held.waits !== waits || held.covers !== covers || held.states !== states)
    throw new Error('The bare statement wrote another number of rows.');
  bench.say(`rebuild: bare statement: ${seconds(ms)}, ${waits + covers + states} rows written`);
  return ms;
}

/** Reads and aggregates every event, and every stored row beside it, and writes the pathways only. */
async function bareReading(bench: Bench, target: BenchDatabase): Promise<number> {
  const client = await target.bare(TENANT);
  const { ms } = await timed(() =>
    client.query(
      `with told as (select pathway_id, count(*) as n, count(data->>'provider') as receipts, max(occurred_on) as last
          from pathway_event where tenant = $1 group by 1),
        stored as (select pathway_id, count(*) as n, max(started_on) as started from wait where tenant = $1 group by 1),
        states as (select pathway_id, count(*) as n, max(listed_on) as listed from referral_state where tenant = $1 group by 1)
      update pathway p set folded = p.changed, rules_version = $2 from told join stored using (pathway_id) join states using (pathway_id)
        where p.tenant = $1 and p.id = told.pathway_id`,
      [TENANT, RULES_VERSION],
    ),
  );
  bench.say(`rebuild: bare statement that only reads, and marks the pathways: ${seconds(ms)}`);
  return ms;
}
