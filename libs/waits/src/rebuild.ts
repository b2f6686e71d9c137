import { Database, type Tx } from '#database';
import { Clock, systemPrincipal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { RULES_VERSION } from './rules/index.js';

const REBUILD = 'rebuild';
const BATCH = 5_000;
const BEFORE_ANY_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Marks every pathway to be computed anew, in bounded batches in the order of their ids; the workers do the rest.
 * Killed, it goes on where it was. With `onlyOtherRules`, only those folded under another version of the rules.
 */
@Injectable()
export class Rebuild {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @returns how many pathways are marked */
  async mark(tenant: string, options: { onlyOtherRules?: boolean; progress?: (marked: number) => void } = {}): Promise<number> {
    const principal = systemPrincipal(tenant, REBUILD);
    const day = this.clock.today();
    let marked = 0;
    for (;;) {
      const batch = await this.database.inTenant(principal, async (tx) => {
        const position = await positionOf(tx, day, this.clock.now());
        const last = await markBatch(tx, position, options.onlyOtherRules ?? false);
        await (last.id === null ? forget(tx, day) : remember(tx, day, last.id, last.marked));
        return last;
      });
      marked += batch.marked;
      options.progress?.(marked);
      if (batch.id === null) return marked;
    }
  }
}

async function positionOf(tx: Tx, day: string, now: Date): Promise<string> {
  const row = await tx.one<{ position: string | null }>(
    `insert into pass_run (tenant, pass, day, started_at) values ($1, $2, $3, $4)
      on conflict (tenant, pass, day) do update set pass = excluded.pass returning position`,
    [tx.tenant, REBUILD, day, now],
  );
  return row?.position ?? BEFORE_ANY_ID;
}

async function markBatch(tx: Tx, after: string, onlyOtherRules: boolean): Promise<{ id: string | null; marked: number }> {
  const row = await tx.one<{ id: string | null; marked: number }>(
    `with batch as (select id from pathway where tenant = $1 and id > $2 order by id limit ${BATCH} for no key update),
      marked as (update pathway p set folded = 0 from batch b where p.tenant = $1 and p.id = b.id and ($3 = false or p.rules_version is distinct from $4) returning 1)
      select (select max(id::text) from batch) as id, (select count(*) from marked) as marked`,
    [tx.tenant, after, onlyOtherRules, RULES_VERSION],
  );
  return row ?? { id: null, marked: 0 };
}

async function remember(tx: Tx, day: string, position: string, marked: number): Promise<void> {
  await tx.execute(`update pass_run set position = $4, rows_done = rows_done + $5 where tenant = $1 and pass = $2 and day = $3`, [
    tx.tenant,
    REBUILD,
    day,
    position,
    marked,
  ]);
}

/** The next rebuild begins at the beginning. */
async function forget(tx: Tx, day: string): Promise<void> {
  await tx.execute(`delete from pass_run where tenant = $1 and pass = $2 and day = $3`, [tx.tenant, REBUILD, day]);
}
