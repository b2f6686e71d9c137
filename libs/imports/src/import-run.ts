import { Secrets, Settings } from '#config';
import { audit, Database, readIdentity, type Session, type Tx } from '#database';
import { Escalations } from '#escalations';
import { ServiceMap } from '#fhir';
import { Clock, DomainError, type LocalDate, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import { mustBeConfirmed } from './decide.js';
import { forgetFile, type ImportMode } from './imports.js';
import type { LayoutName } from './layouts.js';
import { countLeaving, keepMissing, keepSetAsideSources, makeSetAsideSources } from './leaving.js';
import type { FhirReading } from './read-fhir.js';
import { readFile, type FileToRead, type ReadBatch } from './read-file.js';
import { setAside, setAsideStaged } from './rejected.js';
import { makeStaging, putInOrder, stage, type Staged } from './staging.js';
import { takeIn, type Taken } from './take-in.js';

interface Job extends FileToRead {
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

const APPLY_BATCH = 2_000;
/** Rows taken in before the planner is told that tables grew; a smaller file changes nothing for it. */
const REFRESH_AFTER = 1_000;
/** 'mwim': keeps our advisory locks apart from others. */
const NAMESPACE = 0x6d77696d;

/** Somebody cancelled it meanwhile. */
class Cancelled extends Error {}
/** A check has counted what would change; nothing of it stays. */
class OnlyChecked extends Error {}

/**
 * Takes a file in: reads and checks every row, sets the bad ones aside, stages the good ones, and when all of it was read and nothing is
 * against it, applies them in batches of one transaction each. Killed, it goes on where it was: no row is applied twice.
 */
@Injectable()
export class ImportRun {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly escalations: Escalations,
    private readonly map: ServiceMap,
    private readonly settings: Settings,
  ) {}

  /** Imports of a tenant that wait, or were left by a process that died, oldest first. */
  async toDo(principal: Principal): Promise<{ id: string; provider: string; createdBy: string }[]> {
    return this.database.inTenant(principal, (tx) =>
      tx.query(
        `select id, provider, created_by as "createdBy" from import where tenant = $1 and state in ('waiting', 'reading', 'applying') order by created_at limit 20`,
        [tx.tenant],
      ),
    );
  }

  /** Does one import, if nobody else is at it. `goOn` may end it early: it is then left for whoever looks next. @returns whether it was ours */
  async run(
    tenant: string,
    { id, provider, createdBy }: { id: string; provider: string; createdBy: string },
    goOn: () => boolean = () => true,
  ): Promise<boolean> {
    const principal: Principal = { subject: `import:${createdBy}`, name: 'import', tenant, org: provider, roles: ['system'] };
    return this.database.inSession(principal, async (transaction) => {
      const ours = await transaction((tx) =>
        tx.one<{ got: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as got', [NAMESPACE, `${tx.tenant} ${id}`]),
      );
      if (!ours?.got) return false;
      try {
        const fhir = { map: this.map, badNhsNumber: this.settings.fhirBadNhsNumber };
        const { database, clock, secrets, escalations } = this;
        await new Running({ database, clock, secrets, escalations, fhir }, principal, transaction, id, goOn).run();
        return true;
      } finally {
        await transaction((tx) => tx.query('select pg_advisory_unlock($1, hashtext($2))', [NAMESPACE, `${tx.tenant} ${id}`]));
      }
    });
  }
}

/** What an import works with. */
interface Means {
  database: Database;
  clock: Clock;
  secrets: Secrets;
  escalations: Escalations;
  fhir: FhirReading;
}

/** One import under way. */
class Running {
  #layout: LayoutName = 'referrals';
  #lines = new Set<string>();

  constructor(
    private readonly means: Means,
    private readonly principal: Principal,
    private readonly transaction: Session,
    private readonly id: string,
    private readonly goOn: () => boolean,
  ) {}

  async run(): Promise<void> {
    const job = await this.#claim();
    if (!job) return;
    try {
      await readFile(job, {
        ...this.means,
        principal: this.principal,
        lines: this.#lines,
        keep: (batch) => this.#keep(job, batch),
      });
      const total = await this.transaction((tx) => putInOrder(tx, this.#table));
      const why = job.confirmedBy === null && job.mode === 'apply' ? await this.#whyConfirm(job) : null;
      if (why !== null) await this.#stop('to-confirm', why);
      else await this.#apply(job, total);
    } catch (error) {
      if (error instanceof Cancelled) return;
      if (error instanceof DomainError && error.kind !== 'busy') await this.#stop('failed', error.message);
      else throw error;
    }
  }

  get #table(): Staged {
    return this.#layout === 'referrals' ? 'staged_referral' : 'staged_event';
  }

  async #claim(): Promise<Job | undefined> {
    return this.transaction(async (tx) => {
      const job = await tx.one<Job>(
        `update import set state = case when state = 'applying' then state else 'reading' end, started_at = coalesce(started_at, $3), rows_read = 0, rows_bad = 0
          where tenant = $1 and id = $2 and state in ('waiting', 'reading', 'applying')
          returning id, provider, mode, mapping, encoding, extracted_on as "extractedOn", complete, bad_share as "badShare", vanish_share as "vanishShare",
            created_by as "createdBy", confirmed_by as "confirmedBy", rows_applied as "rowsApplied"`,
        [tx.tenant, this.id, this.means.clock.now()],
      );
      const services = await tx.query<{ line: string }>('select line from service where tenant = $1 and provider = $2', [
        tx.tenant,
        this.principal.org,
      ]);
      this.#lines = new Set(services.map((s) => s.line));
      return job;
    });
  }

  async #keep(job: Job, { layout, header, isFirst, good, bad }: ReadBatch): Promise<void> {
    if (!this.goOn()) throw new Cancelled();
    this.#layout = layout;
    if (job.complete && layout !== 'referrals') throw new DomainError('invalid', 'Only a file of referrals can be the whole list.');
    await this.transaction(async (tx) => {
      if (isFirst) await this.#begin(tx, header);
      if (good.length > 0) await stage(tx, this.#table, good);
      await setAside(tx, job, bad);
      await keepSetAsideSources(tx, bad);
      await this.#progress(
        tx,
        `rows_read = rows_read + $3, rows_bad = rows_bad + $4`,
        [good.length + bad.length, bad.length],
        ['reading', 'applying'],
      );
    });
  }

  async #begin(tx: Tx, header: string[]): Promise<void> {
    await tx.query('drop table if exists pg_temp.staged_referral, pg_temp.staged_event');
    await makeStaging(tx, this.#table);
    await makeSetAsideSources(tx);
    // What was set aside while it was applied stays set aside: those rows are not looked at again.
    await readIdentity(tx, this.means.clock.now(), 'import', [], () =>
      tx.execute(
        `delete from import_reject where tenant = $1 and import_id = $2
          and exists (select from import where tenant = $1 and id = $2 and state = 'reading')`,
        [tx.tenant, this.id],
      ),
    );
    await this.#progress(tx, 'layout = $3, columns = $4, rows_read = 0, rows_bad = 0', [this.#layout, header], ['reading', 'applying']);
  }

  async #whyConfirm(job: Job): Promise<string | null> {
    return this.transaction(async (tx) => {
      const read = await tx.one<{ rowsRead: number; rowsBad: number }>(
        'select rows_read as "rowsRead", rows_bad as "rowsBad" from import where tenant = $1 and id = $2',
        [tx.tenant, this.id],
      );
      const leaving = await countLeaving(tx, job.provider, this.#table);
      const missing = job.complete ? await keepMissing(tx, job) : { expected: 0, missing: 0 };
      return mustBeConfirmed({ rowsRead: read?.rowsRead ?? 0, rowsBad: read?.rowsBad ?? 0, ...leaving, ...missing }, job);
    });
  }

  async #apply(job: Job, total: number): Promise<void> {
    const since = this.means.clock.now();
    await this.transaction((tx) =>
      this.#progress(
        tx,
        `state = 'applying', rows_total = $3, applying_since = coalesce(applying_since, $4)`,
        [total, since],
        ['reading', 'applying'],
      ),
    );
    let refreshAt = REFRESH_AFTER;
    for (let from = job.rowsApplied + 1; from <= total; from += APPLY_BATCH) {
      if (!this.goOn()) throw new Cancelled();
      const range = { from, to: Math.min(total, from + APPLY_BATCH - 1) };
      await this.#applyBatch(job, range);
      // After the first batch, and whenever there are four times as many rows as the last time.
      if (job.mode === 'apply' && range.to >= refreshAt) {
        await this.means.database.refreshStatistics();
        refreshAt = range.to * 4;
      }
    }
    await this.transaction(async (tx) => {
      const now = this.means.clock.now();
      // Counted, not added up: what was set aside before a kill is set aside.
      const bad = await readIdentity(tx, now, 'import', [], () =>
        tx.one<{ n: number }>('select count(*) as n from import_reject where tenant = $1 and import_id = $2', [tx.tenant, this.id]),
      );
      const missing = job.complete ? { missing: (await keepMissing(tx, job)).missing } : {};
      await this.#progress(
        tx,
        `state = 'finished', ended_at = $3, rows_bad = $4, counts = counts || $5`,
        [now, bad?.n ?? 0, JSON.stringify(missing)],
        ['applying'],
      );
      await forgetFile(tx, this.id, now);
      await audit(tx, this.means.clock.now(), { action: 'import-finished', purpose: 'import', detail: { importId: this.id } });
    });
  }

  /** One transaction; of a check nothing stays but what was counted. */
  async #applyBatch(job: Job, range: RowRange): Promise<void> {
    const ctx: ApplyContext = {
      provider: job.provider,
      importId: this.id,
      extractedOn: job.extractedOn,
      now: this.means.clock.now(),
      today: this.means.clock.today(),
      escalations: this.means.escalations,
    };
    let done: Taken = { counts: {}, refused: new Map() };
    const record = async (tx: Tx): Promise<void> => {
      await setAsideStaged(tx, job, this.#table, done.refused);
      await this.#progress(
        tx,
        `rows_applied = $3, rows_bad = rows_bad + $4, counts = (select coalesce(jsonb_object_agg(key, n), '{}') from (
            select key, sum(value::integer) as n from (select * from jsonb_each_text(counts) union all select * from jsonb_each_text($5)) each group by key) added)`,
        [range.to, done.refused.size, JSON.stringify(done.counts)],
        ['applying'],
      );
    };
    try {
      await this.transaction(async (tx) => {
        done = await takeIn(this.#layout, tx, range, ctx);
        if (job.mode === 'check') throw new OnlyChecked();
        await record(tx);
      });
    } catch (error) {
      if (!(error instanceof OnlyChecked)) throw error;
      await this.transaction(record);
    }
  }

  /** @throws Cancelled when it is in none of the states any more */
  async #progress(tx: Tx, set: string, values: unknown[], states: string[]): Promise<void> {
    const changed = await tx.execute(`update import set ${set} where tenant = $1 and id = $2 and state = any($${values.length + 3})`, [
      tx.tenant,
      this.id,
      ...values,
      states,
    ]);
    if (changed === 0) throw new Cancelled();
  }

  async #stop(state: 'to-confirm' | 'failed', why: string): Promise<void> {
    await this.transaction(async (tx) => {
      await tx.execute(
        `update import set state = $3, why_stopped = $4, ended_at = case when $3 = 'failed' then $5::timestamptz end where tenant = $1 and id = $2 and state <> 'cancelled'`,
        [tx.tenant, this.id, state, why, this.means.clock.now()],
      );
      if (state === 'failed') await forgetFile(tx, this.id, this.means.clock.now());
    });
  }
}
