import { Secrets, Settings } from '#config';
import { Database, readIdentity, type Session, type Tx } from '#database';
import { Escalations } from '#escalations';
import { ServiceMap } from '#fhir';
import { Clock, DomainError, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import type { ApplyContext, RowRange } from './apply-referrals.js';
import { mustBeConfirmed } from './decide.js';
import { holdForStaged } from './hold-for-deaths.js';
import { LeftOff, ImportRecord, type Job } from './import-record.js';
import type { ImportMode } from './imports.js';
import type { LayoutName } from './layouts.js';
import { countLeaving, keepMissing, keepSetAsideSources, makeSetAsideSources } from './leaving.js';
import type { FhirReading } from './read-fhir.js';
import { readFile, type ReadBatch } from './read-file.js';
import { setAside, setAsideStaged } from './rejected.js';
import { countRepeated, makeStaging, putInOrder, stage, type Staged } from './staging.js';
import { takeIn, type Taken } from './take-in.js';

const APPLY_BATCH = 2_000;
/** Rows taken in before the planner is told that tables grew; a smaller file changes nothing for it. */
const REFRESH_AFTER = 1_000;
/** 'mwim': keeps our advisory locks apart from others. */
const NAMESPACE = 0x6d77696d;

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

  /** Does one import, if nobody else is at it. `isWanted` may end it early: it is then left for whoever looks next. @returns whether it was ours */
  async run(
    tenant: string,
    { id, provider, createdBy }: { id: string; provider: string; createdBy: string },
    isWanted: () => boolean = () => true,
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
        await new Running({ database, clock, secrets, escalations, fhir }, principal, transaction, id, isWanted).run();
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
  readonly #record: ImportRecord;
  #layout: LayoutName = 'referrals';

  constructor(
    private readonly means: Means,
    private readonly principal: Principal,
    private readonly transaction: Session,
    private readonly id: string,
    private readonly isWanted: () => boolean,
  ) {
    this.#record = new ImportRecord(transaction, means.clock, id);
  }

  async run(): Promise<void> {
    try {
      const job = await this.#record.claim();
      if (!job) return;
      await readFile(job, {
        ...this.means,
        principal: this.principal,
        lines: await this.#linesOf(job.provider),
        keep: (batch) => this.#keep(job, batch),
      });
      const total = await this.transaction((tx) => putInOrder(tx, this.#table));
      await this.#decide(job, total);
    } catch (error) {
      if (error instanceof LeftOff) return;
      if (error instanceof DomainError && error.kind !== 'busy') await this.#record.stop('failed', error.message);
      else throw error;
    }
  }

  /** All of it was read: whether it may go on is decided once, before anything is changed. */
  async #decide(job: Job, total: number): Promise<void> {
    if (job.mode === 'apply' && job.state === 'reading' && job.confirmedBy === null) {
      // What is wrong with an event is known only where it is told: all are tried first.
      if (this.#layout === 'events') await this.#takeAll(job, total, 'try');
      const why = await this.#whyConfirm(job);
      if (why !== null) {
        const holding = {
          provider: job.provider,
          importId: this.id,
          why: 'a file that waits for a person tells of a death',
          now: this.means.clock.now(),
        } as const;
        await this.transaction((tx) => holdForStaged(tx, this.#table, holding));
        await this.#record.stop('to-confirm', why);
        return;
      }
      if (this.#layout === 'events') await this.#forgetTrial();
    }
    await this.transaction((tx) => this.#record.beginApplying(tx, total));
    await this.#takeAll(job, total, job.mode);
    const why = job.mode === 'check' ? await this.#whyConfirm(job) : null;
    await this.transaction(async (tx) => {
      const missing: Record<string, number> = job.complete ? { missing: (await keepMissing(tx, job)).missing } : {};
      await this.#record.finish(tx, missing, why);
    });
  }

  get #table(): Staged {
    return this.#layout === 'referrals' ? 'staged_referral' : 'staged_event';
  }

  /** Lines this provider has a service of. */
  async #linesOf(provider: string): Promise<Set<string>> {
    const services = await this.transaction((tx) =>
      tx.query<{ line: string }>('select line from service where tenant = $1 and provider = $2', [tx.tenant, provider]),
    );
    return new Set(services.map((s) => s.line));
  }

  async #keep(job: Job, { layout, header, isFirst, good, bad }: ReadBatch): Promise<void> {
    if (!this.isWanted()) throw new LeftOff();
    this.#layout = layout;
    if (job.complete && layout !== 'referrals') throw new DomainError('invalid', 'Only a file of referrals can be the whole list.');
    await this.transaction(async (tx) => {
      if (isFirst) await this.#beginReading(tx, header);
      if (good.length > 0) await stage(tx, this.#table, good);
      await setAside(tx, job, bad, this.means.clock.now());
      await keepSetAsideSources(tx, bad);
      await this.#record.move(tx, 'rows_read = rows_read + $3, rows_bad = rows_bad + $4', [good.length + bad.length, bad.length]);
    });
  }

  async #beginReading(tx: Tx, header: string[]): Promise<void> {
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
    await this.#record.move(tx, 'layout = $3, columns = $4, rows_read = 0, rows_bad = 0', [this.#layout, header]);
  }

  async #whyConfirm(job: Job): Promise<string | null> {
    return this.transaction(async (tx) => {
      const rows = await this.#record.rows(tx);
      // Known before they are tried: of referrals nothing else that matters for the share is found out later.
      const repeated = job.mode === 'apply' ? await countRepeated(tx, this.#table) : 0;
      const leaving = await countLeaving(tx, job.provider, this.#table);
      const missing = job.complete ? await keepMissing(tx, job) : { expected: 0, missing: 0 };
      return mustBeConfirmed({ rowsRead: rows.read, rowsBad: rows.bad + repeated, ...leaving, ...missing }, job);
    });
  }

  async #takeAll(job: Job, total: number, how: ImportMode | 'try'): Promise<void> {
    let refreshAt = REFRESH_AFTER;
    for (let from = (how === 'try' ? 0 : job.rowsApplied) + 1; from <= total; from += APPLY_BATCH) {
      if (!this.isWanted()) throw new LeftOff();
      const range = { from, to: Math.min(total, from + APPLY_BATCH - 1) };
      await this.#take(job, range, how);
      // After the first batch, and whenever there are four times as many rows as the last time.
      if (how === 'apply' && range.to >= refreshAt) {
        await this.means.database.refreshStatistics();
        refreshAt = range.to * 4;
      }
    }
  }

  /** One transaction; of a check or a trial nothing stays but what was counted. */
  async #take(job: Job, range: RowRange, how: ImportMode | 'try'): Promise<void> {
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
      await setAsideStaged(tx, job, this.#table, done.refused, ctx.now);
      if (how === 'try') await this.#record.move(tx, 'rows_bad = rows_bad + $3', [done.refused.size]);
      else await this.#record.taken(tx, range.to, done.refused.size, done.counts);
    };
    try {
      await this.transaction(async (tx) => {
        done = await takeIn(this.#layout, tx, range, ctx);
        if (how !== 'apply') throw new OnlyChecked();
        await record(tx);
      });
    } catch (error) {
      if (!(error instanceof OnlyChecked)) throw error;
      await this.transaction(record);
    }
  }

  /** The trial was passed: what becomes of each row is found out when it is taken in. */
  async #forgetTrial(): Promise<void> {
    await this.transaction((tx) =>
      readIdentity(tx, this.means.clock.now(), 'import', [], async () => {
        const tried = await tx.execute(
          `delete from import_reject where tenant = $1 and import_id = $2 and row_no in (select row_no from ${this.#table})`,
          [tx.tenant, this.id],
        );
        await this.#record.move(tx, 'rows_bad = rows_bad - $3', [tried]);
      }),
    );
  }
}
