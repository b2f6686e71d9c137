import { Secrets } from '#config';
import { audit, Database, readIdentity, type Session, type Tx } from '#database';
import { Escalations } from '#escalations';
import { Clock, DomainError, type LocalDate, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { applyChanged } from './apply-changed.js';
import { applyEvents } from './apply-events.js';
import { applyNew, type ApplyContext, type RowRange } from './apply-referrals.js';
import { readCells } from './cells.js';
import { mustBeConfirmed } from './decide.js';
import { decoded, detectEncoding, LOOKED_AT, NotUtf8, type Encoding } from './decode.js';
import { readEventRow } from './event-row.js';
import { forgetFile, type ImportMode } from './imports.js';
import { LAYOUTS, type LayoutName } from './layouts.js';
import { readMapping, type Mapping, type ReadColumns } from './mapping.js';
import { readTable, type TableRow } from './read-table.js';
import { readReferral } from './referral-row.js';
import { inColumns, type RowProblem } from './row-problems.js';
import { eventToStage, makeStaging, putInOrder, referralToStage, stage, type StagedRow } from './staging.js';

interface Job {
  id: string;
  provider: string;
  mode: ImportMode;
  mapping: string | null;
  encoding: Encoding | null;
  extractedOn: LocalDate;
  badShare: number;
  vanishShare: number;
  createdBy: string;
  confirmedBy: string | null;
  rowsApplied: number;
}

interface RejectedCells {
  row: TableRow;
  problems: RowProblem[];
}

const READ_BATCH = 2_000;
const APPLY_BATCH = 2_000;
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
        await new Running(this.database, this.clock, this.secrets, this.escalations, principal, transaction, id, goOn).run();
        return true;
      } finally {
        await transaction((tx) => tx.query('select pg_advisory_unlock($1, hashtext($2))', [NAMESPACE, `${tx.tenant} ${id}`]));
      }
    });
  }
}

/** One import under way. */
class Running {
  #layout: LayoutName = 'referrals';
  #lines = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly escalations: Escalations,
    private readonly principal: Principal,
    private readonly transaction: Session,
    private readonly id: string,
    private readonly goOn: () => boolean,
  ) {}

  async run(): Promise<void> {
    const job = await this.#claim();
    if (!job) return;
    try {
      await this.#read(job);
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

  get #table(): 'staged_referral' | 'staged_event' {
    return this.#layout === 'referrals' ? 'staged_referral' : 'staged_event';
  }

  async #claim(): Promise<Job | undefined> {
    return this.transaction(async (tx) => {
      const job = await tx.one<Job>(
        `update import set state = case when state = 'applying' then state else 'reading' end, started_at = coalesce(started_at, $3), rows_read = 0, rows_bad = 0
          where tenant = $1 and id = $2 and state in ('waiting', 'reading', 'applying')
          returning id, provider, mode, mapping, encoding, extracted_on as "extractedOn", bad_share as "badShare", vanish_share as "vanishShare",
            created_by as "createdBy", confirmed_by as "confirmedBy", rows_applied as "rowsApplied"`,
        [tx.tenant, this.id, this.clock.now()],
      );
      const services = await tx.query<{ line: string }>('select line from service where tenant = $1 and provider = $2', [
        tx.tenant,
        this.principal.org,
      ]);
      this.#lines = new Set(services.map((s) => s.line));
      return job;
    });
  }

  /** Reads the file to its end. A file taken for UTF-8 that is not turns out so in its middle: it is read again as Windows-1252. */
  async #read(job: Job): Promise<void> {
    const mapping = readMapping(job.mapping);
    const encoding = job.encoding ?? (await this.#encoding());
    try {
      await this.#readAs(job, mapping, encoding);
    } catch (error) {
      if (!(error instanceof NotUtf8)) throw error;
      if (job.encoding !== null) throw new DomainError('invalid', 'The file is not UTF-8.');
      await this.#readAs(job, mapping, 'windows-1252');
    }
  }

  async #encoding(): Promise<Encoding> {
    for await (const piece of this.#file()) return detectEncoding(piece.subarray(0, LOOKED_AT));
    return detectEncoding(Buffer.alloc(0));
  }

  async *#file(): AsyncGenerator<Buffer> {
    for (let seq = 0; ; seq++) {
      const piece = await this.database.inTenant(this.principal, (tx) =>
        readIdentity(tx, this.clock.now(), 'import', [], () =>
          tx.one<{ bytes: Buffer }>('select bytes from import_chunk where tenant = $1 and import_id = $2 and seq = $3', [
            tx.tenant,
            this.id,
            seq,
          ]),
        ),
      );
      if (!piece) return;
      yield piece.bytes;
    }
  }

  async #readAs(job: Job, mapping: Mapping, encoding: Encoding): Promise<void> {
    let read: ReadColumns | undefined;
    let header: string[] = [];
    let begun = false;
    let [good, bad]: [StagedRow[], RejectedCells[]] = [[], []];
    let rows = 0;
    const flush = async (): Promise<void> => {
      if (!this.goOn()) throw new Cancelled();
      await this.transaction(async (tx) => {
        if (!begun) await this.#begin(tx, header);
        if (good.length > 0) await stage(tx, this.#table, good);
        await setAside(tx, job, bad);
        await this.#progress(tx, `rows_read = rows_read + $3, rows_bad = rows_bad + $4`, [rows, bad.length], ['reading', 'applying']);
      });
      begun = true;
      [good, bad, rows] = [[], [], 0];
    };
    for await (const row of readTable(decoded(this.#file(), encoding), mapping, (found, named) => ([read, header] = [found, named]))) {
      if (!read) throw new Error('Rows come after the header.');
      this.#layout = read.layout;
      const { staged, problems } = this.#check(row, read, mapping, job);
      if (staged) good.push(staged);
      else bad.push({ row, problems });
      if (++rows === READ_BATCH) await flush();
    }
    await flush();
  }

  async #begin(tx: Tx, header: string[]): Promise<void> {
    await tx.query('drop table if exists pg_temp.staged_referral, pg_temp.staged_event');
    await makeStaging(tx, this.#table);
    await readIdentity(tx, this.clock.now(), 'import', [], () =>
      tx.execute(
        `delete from import_reject where tenant = $1 and import_id = $2 and exists (select from import where tenant = $1 and id = $2 and state = 'reading')`,
        [tx.tenant, this.id],
      ),
    );
    await this.#progress(tx, 'layout = $3, columns = $4, rows_read = 0, rows_bad = 0', [this.#layout, header], ['reading', 'applying']);
  }

  #check(row: TableRow, read: ReadColumns, mapping: Mapping, job: Job): { staged: StagedRow | null; problems: RowProblem[] } {
    const today = this.clock.today();
    if (row.cells.length > read.columns.length) {
      const expected = `${read.columns.length} cells, as the header has: a cell that holds the delimiter must be quoted`;
      return { staged: null, problems: [{ column: '', code: 'too-many-cells', found: `${row.cells.length} cells`, expected }] };
    }
    const cells = readCells(row.cells, read, mapping);
    if (read.layout === 'events') {
      const { row: event, problems } = readEventRow(cells, today);
      return { staged: event && eventToStage(row, event), problems };
    }
    const { referral, problems } = readReferral(cells, job.provider, today);
    if (referral && !this.#lines.has(referral.service)) {
      const expected = `a service of ${job.provider}: ${[...this.#lines].join(', ')}`;
      return { staged: null, problems: [{ column: 'service', code: 'not-yours', found: cells.cellOf('service'), expected }] };
    }
    const context = { tenant: this.principal.tenant, secrets: this.secrets, now: this.clock.now(), today };
    return { staged: referral && referralToStage(row, referral, context), problems };
  }

  async #whyConfirm(job: Job): Promise<string | null> {
    return this.transaction(async (tx) => {
      const read = await tx.one<{ rowsRead: number; rowsBad: number }>(
        'select rows_read as "rowsRead", rows_bad as "rowsBad" from import where tenant = $1 and id = $2',
        [tx.tenant, this.id],
      );
      const leaving = this.#layout === 'referrals' ? { open: 0, wouldEnd: 0 } : await countLeaving(tx, job.provider);
      return mustBeConfirmed({ rowsRead: read?.rowsRead ?? 0, rowsBad: read?.rowsBad ?? 0, ...leaving }, job);
    });
  }

  async #apply(job: Job, total: number): Promise<void> {
    const now = this.clock.now();
    await this.transaction((tx) =>
      this.#progress(
        tx,
        `state = 'applying', rows_total = $3, applying_since = coalesce(applying_since, $4)`,
        [total, now],
        ['reading', 'applying'],
      ),
    );
    for (let from = job.rowsApplied + 1; from <= total; from += APPLY_BATCH) {
      if (!this.goOn()) throw new Cancelled();
      const range = { from, to: Math.min(total, from + APPLY_BATCH - 1) };
      await this.#applyBatch(job, range);
    }
    await this.transaction(async (tx) => {
      await this.#progress(tx, `state = 'finished', ended_at = $3`, [this.clock.now()], ['applying']);
      await forgetFile(tx, this.id, this.clock.now());
      await audit(tx, this.clock.now(), { action: 'import-finished', purpose: 'import', detail: { importId: this.id } });
    });
  }

  /** One transaction; of a check nothing stays but what was counted. */
  async #applyBatch(job: Job, range: RowRange): Promise<void> {
    const ctx: ApplyContext = {
      provider: job.provider,
      importId: this.id,
      extractedOn: job.extractedOn,
      now: this.clock.now(),
      today: this.clock.today(),
      escalations: this.escalations,
    };
    let done: { counts: Record<string, number>; refused: Map<number, RowProblem[]> } = { counts: {}, refused: new Map() };
    const record = async (tx: Tx): Promise<void> => {
      await this.#setAsideRefused(tx, job, done.refused);
      await this.#progress(
        tx,
        `rows_applied = $3, rows_bad = rows_bad + $4, counts = (select jsonb_object_agg(key, n) from (
            select key, sum(value::integer) as n from (select * from jsonb_each_text(counts) union all select * from jsonb_each_text($5)) each group by key) added)`,
        [range.to, done.refused.size, JSON.stringify(done.counts)],
        ['applying'],
      );
    };
    try {
      await this.transaction(async (tx) => {
        done = this.#layout === 'referrals' ? await takeReferrals(tx, range, ctx) : await takeEvents(tx, range, ctx);
        if (job.mode === 'check') throw new OnlyChecked();
        await record(tx);
      });
    } catch (error) {
      if (!(error instanceof OnlyChecked)) throw error;
      await this.transaction(record);
    }
  }

  async #setAsideRefused(tx: Tx, job: Job, refused: Map<number, RowProblem[]>): Promise<void> {
    if (refused.size === 0) return;
    const rows = await tx.query<{ rowNo: number; cells: string[] }>(
      `select row_no as "rowNo", cells from ${this.#table} where row_no = any($1)`,
      [[...refused.keys()]],
    );
    await setAside(
      tx,
      job,
      rows.map((row) => ({ row, problems: refused.get(row.rowNo) ?? [] })),
    );
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
        [tx.tenant, this.id, state, why, this.clock.now()],
      );
      if (state === 'failed') await forgetFile(tx, this.id, this.clock.now());
    });
  }
}

async function setAside(tx: Tx, job: Pick<Job, 'id' | 'provider'>, rejected: readonly RejectedCells[]): Promise<void> {
  if (rejected.length === 0) return;
  await tx.execute(
    `insert into import_reject (tenant, import_id, provider, row_no, problems, cells)
      select $1, $2, $3, r."rowNo", r.problems, array(select jsonb_array_elements_text(r.cells))
      from jsonb_to_recordset($4) as r ("rowNo" integer, problems jsonb, cells jsonb) on conflict do nothing`,
    [
      tx.tenant,
      job.id,
      job.provider,
      JSON.stringify(rejected.map(({ row, problems }) => ({ rowNo: row.rowNo, problems, cells: row.cells }))),
    ],
  );
}

interface Taken {
  counts: Record<string, number>;
  refused: Map<number, RowProblem[]>;
}

async function takeReferrals(tx: Tx, range: RowRange, ctx: ApplyContext): Promise<Taken> {
  await applyNew(tx, range, ctx);
  const refused = new Map<number, RowProblem[]>();
  for (const told of await applyChanged(tx, range, ctx)) {
    if (told.outcome === 'refused')
      refused.set(
        told.rowNo,
        inColumns(told.errors, LAYOUTS.referrals, () => '').map((p) => ({ ...p, code: 'against-a-rule' })),
      );
  }
  const others = await tx.query<{ rowNo: number; service: string; sourceId: string; outcome: string }>(
    `select row_no as "rowNo", line as service, source_id as "sourceId", outcome from staged_referral
      where position between $1 and $2 and outcome in ('other-service', 'repeated')`,
    [range.from, range.to],
  );
  for (const { rowNo, service, sourceId, outcome } of others) {
    const repeated = {
      column: 'source_id',
      code: 'repeated',
      found: sourceId,
      expected: 'one row of a referral: an earlier row says otherwise',
    } as const;
    const moved = {
      column: 'service',
      code: 'against-a-rule',
      found: service,
      expected: 'the service under which this source id is held already',
    } as const;
    refused.set(rowNo, [outcome === 'repeated' ? repeated : moved]);
  }
  const counted = await tx.query<{ outcome: string | null; n: number }>(
    `select outcome, count(*) as n from staged_referral where position between $1 and $2 and not row_no = any($3) group by 1`,
    [range.from, range.to, [...refused.keys()]],
  );
  return { counts: Object.fromEntries(counted.map((c) => [c.outcome ?? 'new', c.n])), refused };
}

async function takeEvents(tx: Tx, range: RowRange, ctx: ApplyContext): Promise<Taken> {
  const { counts, problems } = await applyEvents(tx, range, ctx);
  return { counts, refused: problems };
}

/** Open referrals of a provider, and how many of them the staged events would end without treatment. */
async function countLeaving(tx: Tx, provider: string): Promise<{ open: number; wouldEnd: number }> {
  const row = await tx.one<{ open: number; wouldEnd: number }>(
    `with listed as (select r.source_system, r.source_id from referral r join referral_state s on s.tenant = r.tenant and s.referral_id = r.id
        where r.tenant = $1 and r.provider = $2 and s.state in ('waiting', 'in-treatment', 'monitored'))
      select (select count(*) from listed) as open,
        (select count(*) from listed where exists (select from staged_event e where e.source_system = listed.source_system and e.source_id = listed.source_id
          and e.event ->> 'type' in ('removed', 'discharged', 'closed', 'referral-rejected', 'treatment-declined', 'decision-not-to-treat', 'died'))) as "wouldEnd"`,
    [tx.tenant, provider],
  );
  return row ?? { open: 0, wouldEnd: 0 };
}
