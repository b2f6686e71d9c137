import { audit, readIdentity, type Session, type Tx } from '#database';
import { DomainError, londonDay, type Clock, type LocalDate } from '#kernel';
import type { ImportMode } from './imports.js';
import { forgetFile } from './keep-file.js';
import type { FileToRead } from './read-file.js';

export interface Job extends FileToRead {
  state: 'reading' | 'applying';
  mode: ImportMode;
  extractedOn: LocalDate;
  /** Said to be the whole list. */
  complete: boolean;
  badShare: number;
  vanishShare: number;
  createdBy: string;
  confirmedBy: string | null;
  rowsApplied: number;
}

/** It goes no further here: somebody cancelled it meanwhile, or it is left for a worker that is not going down. */
export class LeftOff extends Error {}

/** So often is an import begun that gets no further, whatever ends it: others wait behind it. */
const MOST_ATTEMPTS = 20;

/** The row of an import under way. Every move of it hears of a cancelling. */
export class ImportRecord {
  constructor(
    private readonly transaction: Session,
    private readonly clock: Clock,
    private readonly id: string,
  ) {}

  /** Takes it up, for the first time or where it was left. @returns undefined when there is nothing to do any more */
  async claim(): Promise<Job | undefined> {
    const job = await this.transaction((tx) =>
      tx.one<Omit<Job, 'today'> & { startedAt: Date; attempts: number }>(
        `update import set state = case when state = 'applying' then state else 'reading' end, started_at = coalesce(started_at, $3), rows_read = 0,
            rows_bad = 0, attempts = attempts + 1
          where tenant = $1 and id = $2 and state in ('waiting', 'reading', 'applying')
          returning id, state, provider, mode, mapping, encoding, extracted_on as "extractedOn", complete, bad_share as "badShare",
            vanish_share as "vanishShare", created_by as "createdBy", confirmed_by as "confirmedBy", rows_applied as "rowsApplied",
            started_at as "startedAt", attempts`,
        [tx.tenant, this.id, this.clock.now()],
      ),
    );
    if (!job) return undefined;
    const { startedAt, attempts, ...rest } = job;
    if (attempts > MOST_ATTEMPTS) {
      const why = `Begun ${MOST_ATTEMPTS} times and never got any further: something in it stops the one who takes it in. What, is in the log.`;
      throw new DomainError('invalid', why);
    }
    // The day it was begun: read again on another, its rows are the same.
    return { ...rest, today: londonDay(startedAt) };
  }

  /** @throws LeftOff when it is under way no more */
  async move(tx: Tx, set: string, values: unknown[]): Promise<void> {
    const changed = await tx.execute(`update import set ${set} where tenant = $1 and id = $2 and state in ('reading', 'applying')`, [
      tx.tenant,
      this.id,
      ...values,
    ]);
    if (changed === 0) throw new LeftOff();
  }

  async rows(tx: Tx): Promise<{ read: number; bad: number }> {
    const row = await tx.one<{ read: number }>('select rows_read as read from import where tenant = $1 and id = $2', [tx.tenant, this.id]);
    return { read: row?.read ?? 0, bad: await this.#countBad(tx) };
  }

  /** Counted, not added up: what was set aside before a kill is set aside. */
  async #countBad(tx: Tx): Promise<number> {
    const bad = await readIdentity(tx, this.clock.now(), 'import', [], () =>
      tx.one<{ n: number }>('select count(*) as n from import_reject where tenant = $1 and import_id = $2', [tx.tenant, this.id]),
    );
    return bad?.n ?? 0;
  }

  /** From now on rows are taken in. */
  async beginApplying(tx: Tx, total: number): Promise<void> {
    await this.move(tx, `state = 'applying', rows_total = $3, applying_since = coalesce(applying_since, $4)`, [total, this.clock.now()]);
  }

  /** Rows up to this one are done with. */
  async taken(tx: Tx, upTo: number, refused: number, counts: Record<string, number>): Promise<void> {
    await this.move(
      tx,
      `rows_applied = $3, rows_bad = rows_bad + $4, attempts = 0, counts = (select coalesce(jsonb_object_agg(key, n), '{}') from (
          select key, sum(value::integer) as n from (select * from jsonb_each_text(counts) union all select * from jsonb_each_text($5)) each group by key) added)`,
      [upTo, refused, JSON.stringify(counts)],
    );
  }

  /** All is done. Of a check, `why` it would have stopped for a person. */
  async finish(tx: Tx, counts: Record<string, number>, why: string | null): Promise<void> {
    const now = this.clock.now();
    await this.move(tx, `state = 'finished', ended_at = $3, rows_bad = $4, counts = counts || $5, why_stopped = $6`, [
      now,
      await this.#countBad(tx),
      JSON.stringify(counts),
      why,
    ]);
    await forgetFile(tx, this.id, now);
    await audit(tx, now, { action: 'import-finished', purpose: 'import', detail: { importId: this.id } });
  }

  async stop(state: 'to-confirm' | 'failed', why: string): Promise<void> {
    await this.transaction(async (tx) => {
      const now = this.clock.now();
      await tx.execute(
        `update import set state = $3, why_stopped = $4, ended_at = case when $3 = 'failed' then $5::timestamptz end
          where tenant = $1 and id = $2 and state <> 'cancelled'`,
        [tx.tenant, this.id, state, why, now],
      );
      if (state === 'failed') await forgetFile(tx, this.id, now);
    });
  }
}
