import type { Tx } from '#database';
import { Database } from '#database';
import { Clock, systemPrincipal, type LocalDate } from '#kernel';
import { Injectable } from '@nestjs/common';
import { THRESHOLD_WEEKS } from './rules/index.js';

export const THRESHOLD_PASS = 'thresholds';
const BATCH = 5_000;

/**
 * The nightly pass: notices waits that became longer than a threshold or their target. Touches only waits whose next change has come,
 * so missed nights are caught up by the next one, and a night without crossings costs nothing.
 */
@Injectable()
export class ThresholdPass {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @returns how many crossings were recorded */
  async run(tenant: string, day: LocalDate = this.clock.today()): Promise<number> {
    const principal = systemPrincipal(tenant, THRESHOLD_PASS);
    await this.database.inTenant(principal, (tx) => begin(tx, day, this.clock.now()));
    let recorded = 0;
    for (;;) {
      const batch = await this.database.inTenant(principal, (tx) => recordCrossings(tx, day, this.clock.now()));
      recorded += batch.recorded;
      if (batch.touched < BATCH) break;
    }
    await this.database.inTenant(principal, (tx) => finish(tx, day, this.clock.now(), recorded));
    return recorded;
  }
}

/** Crossings from next_change_on on: those before it were recorded by the pass that moved it there. */
async function recordCrossings(tx: Tx, day: LocalDate, now: Date): Promise<{ touched: number; recorded: number }> {
  const row = await tx.one<{ touched: number; recorded: number }>(
    `with due as (
        select tenant, pathway_id, measure, ordinal, period, started_on, breach_on, headline, next_change_on from wait
        where tenant = $1 and next_change_on <= $2 order by next_change_on limit ${BATCH} for no key update skip locked),
      threshold as (
        select d.*, w.weeks || 'w' as threshold, d.started_on + 7 * w.weeks + 1 as crossed_on from due d, unnest($3::integer[]) as w(weeks) where d.headline
        union all select d.*, 'target', d.breach_on from due d where d.breach_on is not null),
      recorded as (
        insert into threshold_crossing (tenant, pathway_id, measure, period, threshold, crossed_on, recorded_at)
        select tenant, pathway_id, measure, period, threshold, crossed_on, $4 from threshold where crossed_on between next_change_on and $2
        on conflict do nothing returning 1),
      next as (select pathway_id, measure, ordinal, min(crossed_on) filter (where crossed_on > $2) as on from threshold group by 1, 2, 3),
      moved_on as (
        update wait w set next_change_on = n.on from next n
        where w.tenant = $1 and w.pathway_id = n.pathway_id and w.measure = n.measure and w.ordinal = n.ordinal returning 1)
      select (select count(*) from moved_on) as touched, (select count(*) from recorded) as recorded`,
    [tx.tenant, day, THRESHOLD_WEEKS, now],
  );
  return row ?? { touched: 0, recorded: 0 };
}

/** After a correction: crossings that by what is now known never came. Marked, never deleted. */
export async function undoCrossings(tx: Tx, pathwayIds: string[], now: Date): Promise<number> {
  return tx.execute(
    `update threshold_crossing c set undone_at = $3
      where c.tenant = $1 and c.pathway_id = any($2) and c.undone_at is null and not exists (
        select from wait w where w.tenant = c.tenant and w.pathway_id = c.pathway_id and w.measure = c.measure and w.period = c.period and w.is_latest
          and w.state not in ('excluded', 'unknown-start') and (w.stopped_on is null or w.stopped_on >= c.crossed_on)
          and c.crossed_on = case when c.threshold = 'target' then w.breach_on
            else w.started_on + 7 * rtrim(c.threshold, 'w')::integer + 1 end)`,
    [tx.tenant, pathwayIds, now],
  );
}

async function begin(tx: Tx, day: LocalDate, now: Date): Promise<void> {
  await tx.execute(`insert into pass_run (tenant, pass, day, started_at) values ($1, $2, $3, $4) on conflict do nothing`, [
    tx.tenant,
    THRESHOLD_PASS,
    day,
    now,
  ]);
}

async function finish(tx: Tx, day: LocalDate, now: Date, recorded: number): Promise<void> {
  await tx.execute(`update pass_run set finished_at = $4, rows_done = rows_done + $5 where tenant = $1 and pass = $2 and day = $3`, [
    tx.tenant,
    THRESHOLD_PASS,
    day,
    now,
    recorded,
  ]);
}
