import { audit, Database, readIdentity, type Tx } from '#database';
import { brokenRule, Clock, DomainError, newId, notFound, systemPrincipal, type LocalDate, type Principal } from '#kernel';
import type { ReferralView } from '#referrals';
import { Injectable } from '@nestjs/common';
import { DEFAULT_LIMITS, type Limits } from './decide.js';
import type { Encoding } from './decode.js';
import { forgetFile, keepFile, letGoOfAbandoned, stillExpected } from './keep-file.js';
import type { LayoutName } from './layouts.js';
import { listMissing } from './leaving.js';
import { readMapping } from './mapping.js';
import { rejectList, type RejectedRow } from './reject-list.js';

export type ImportMode = 'apply' | 'check';
export type ImportState = 'uploading' | 'waiting' | 'reading' | 'to-confirm' | 'applying' | 'finished' | 'cancelled' | 'failed';

/** What is asked for with a file. */
export interface ImportRequest extends Partial<Limits> {
  fileName: string;
  mode: ImportMode;
  /** A mapping file (YAML), as it is. */
  mapping?: string | null | undefined;
  encoding?: Encoding | null | undefined;
  /** The day of the extract; default today. What is held of a later extract is not overwritten. */
  extractedOn?: LocalDate | null | undefined;
  /** The file holds every open referral of the source systems in it: what it lacks is missing. Referrals only; default no. */
  complete?: boolean | undefined;
}

/** An import that waits for a person, and how it was asked for. */
export type ToConfirm = { id: string } & Required<Pick<ImportRequest, 'mapping' | 'encoding' | 'extractedOn' | 'complete'>>;

/** An import as its provider sees it. */
export interface ImportView {
  id: string;
  fileName: string;
  provider: string;
  mode: ImportMode;
  state: ImportState;
  layout: LayoutName | null;
  extractedOn: LocalDate;
  complete: boolean;
  bytes: number;
  /** Rows of the file read, set aside, and of the good ones done. */
  rowsRead: number;
  rowsBad: number;
  rowsTotal: number | null;
  rowsApplied: number;
  /** What became of the good rows. */
  counts: Record<string, number>;
  whyStopped: string | null;
  rowsPerSecond: number | null;
  secondsLeft: number | null;
  createdAt: Date;
  createdBy: string;
  endedAt: Date | null;
}

const REJECTS_A_PAGE = 500;
/** Columns of what is asked for with a file. */
const ASKED = ['mode', 'file_name', 'mapping', 'encoding', 'extracted_on', 'complete', 'bad_share', 'vanish_share'];

const COLUMNS = `id, file_name as "fileName", provider, mode, state, layout, extracted_on as "extractedOn", complete, bytes, rows_read as "rowsRead", rows_bad as "rowsBad",
  rows_total as "rowsTotal", rows_applied as "rowsApplied", counts, why_stopped as "whyStopped", created_at as "createdAt", created_by as "createdBy",
  ended_at as "endedAt", started_at as "startedAt", applying_since as "applyingSince"`;

type ImportRow = Omit<ImportView, 'rowsPerSecond' | 'secondsLeft'> & { startedAt: Date | null; applyingSince: Date | null };

/** The import that was sent under this key in the last day. @throws DomainError rule when it was of another file, or asked otherwise */
async function sameKey(tx: Tx, id: string, key: string, now: Date): Promise<string | undefined> {
  await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`${tx.tenant} ${tx.principal.org} ${key}`]);
  const same = ['digest', ...ASKED.filter((name) => name !== 'file_name')].map((name) => `f.${name} is not distinct from i.${name}`);
  const first = await tx.one<{ id: string; isSame: boolean }>(
    `select f.id, ${same.join(' and ')} as "isSame" from import f join import i on i.tenant = $1 and i.id = $2
      where f.tenant = $1 and f.provider = i.provider and f.sent_key = $3 and f.created_at > $4::timestamptz - interval '24 hours' order by f.created_at limit 1`,
    [tx.tenant, id, key, now],
  );
  if (first && !first.isSame) throw brokenRule('Idempotency-Key', 'was used with another file, or other options');
  return first?.id;
}

/** Files of rows, from the upload to the list of what was set aside. The work itself is ImportRun's. */
@Injectable()
export class Imports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps a file, piece by piece as it comes, and puts it in the queue. What was told behind the file is known only when all of it has come:
   * `told` gives then what is asked for, and may still refuse it. Of what is refused nothing is kept but that it was, and why.
   * Sent again under the same `key` within a day, it is the import it was, and this one is let go of.
   * @throws DomainError invalid for a mapping that cannot be used, rule for another file under a key
   */
  async receive(
    principal: Principal,
    request: ImportRequest,
    file: AsyncIterable<Buffer>,
    told: () => Promise<ImportRequest> = () => Promise.resolve(request),
    key: string | null = null,
  ): Promise<{ id: string }> {
    const now = this.clock.now();
    const asked = this.#columnsOf(request);
    const id = newId(now);
    await this.database.inTenant(principal, (tx) =>
      tx.execute(
        `insert into import (tenant, id, provider, state, created_at, created_by, ${ASKED.join(', ')})
          values ($1, $2, $3, 'uploading', $4, $5, ${ASKED.map((_, i) => `$${i + 6}`).join(', ')})`,
        [tx.tenant, id, principal.org, now, principal.subject, ...asked],
      ),
    );
    try {
      const { bytes, digest } = await keepFile(this.database, principal, id, file);
      const settled = await told();
      const values = [bytes, digest, ...this.#columnsOf(settled)];
      const columns = ['bytes', 'digest', ...ASKED].map((name, i) => `${name} = $${i + 3}`);
      const first = await this.database.inTenant(principal, async (tx) => {
        await stillExpected(tx, id, columns.join(', '), values);
        const sentBefore = key === null ? undefined : await sameKey(tx, id, key, now);
        if (sentBefore !== undefined) return sentBefore;
        await stillExpected(tx, id, `state = 'waiting', sent_key = $3`, [key]);
        await audit(tx, now, { action: 'import-received', purpose: 'import', detail: { importId: id, mode: settled.mode } });
        return id;
      });
      if (first !== id) await this.#refuse(principal, id, `Sent again under its Idempotency-Key: import ${first}.`);
      return { id: first };
    } catch (error) {
      await this.#refuse(principal, id, error instanceof DomainError ? error.message : 'The upload did not arrive whole.');
      throw error;
    }
  }

  /** What is asked for, checked, in the order of ASKED. */
  #columnsOf(request: ImportRequest): unknown[] {
    const { mode, fileName, mapping = null, encoding = null, complete = false } = request;
    const { badShare = DEFAULT_LIMITS.badShare, vanishShare = DEFAULT_LIMITS.vanishShare } = request;
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u001f\u007f]/.test(fileName))
      throw new DomainError('invalid', 'The name of the file cannot be kept.', [
        { path: 'file', message: 'must have a name without control characters' },
      ]);
    readMapping(mapping);
    const extractedOn = request.extractedOn ?? this.clock.today();
    if (extractedOn > this.clock.today())
      throw new DomainError('rule', 'The day of the extract must not be after today.', [
        { path: 'extractedOn', message: 'must not be after today' },
      ]);
    return [mode, fileName.slice(0, 200), mapping, encoding, extractedOn, complete, badShare, vanishShare];
  }

  /** An upload ends here, unless it has ended otherwise. */
  async #refuse(principal: Principal, id: string, why: string): Promise<void> {
    await this.database.inTenant(principal, async (tx) => {
      const now = this.clock.now();
      const ended = await tx.execute(
        `update import set state = 'cancelled', why_stopped = $3, ended_at = $4 where tenant = $1 and id = $2 and state = 'uploading'`,
        [tx.tenant, id, why, now],
      );
      if (ended > 0) await forgetFile(tx, id, now);
    });
  }

  /** Once a night: what nobody will come back to is cancelled, and its file is gone. */
  async letGo(tenant: string): Promise<void> {
    await this.database.inTenant(systemPrincipal(tenant, 'tidy'), (tx) => letGoOfAbandoned(tx, this.clock.now()));
  }

  async get(principal: Principal, id: string): Promise<ImportView> {
    return this.database.inTenant(principal, async (tx) => viewOf(await mine(tx, id), this.clock.now()));
  }

  async list(principal: Principal, limit: number, after?: { createdAt: string; id: string }): Promise<ImportView[]> {
    return this.database.inTenant(principal, async (tx) => {
      const rows = await tx.query<ImportRow>(
        `select ${COLUMNS} from import where tenant = $1 and provider = $2 and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid)) order by created_at desc, id desc limit $5`,
        [tx.tenant, principal.org, after?.createdAt ?? null, after?.id ?? null, limit],
      );
      return rows.map((row) => viewOf(row, this.clock.now()));
    });
  }

  /** Imports of this very file, by its SHA-256, that wait for a person; newest first. */
  async toConfirm(principal: Principal, digest: Buffer): Promise<ToConfirm[]> {
    return this.database.inTenant(principal, (tx) =>
      tx.query(
        `select id, mapping, encoding, extracted_on as "extractedOn", complete from import
          where tenant = $1 and provider = $2 and state = 'to-confirm' and digest = $3 order by created_at desc, id desc limit 20`,
        [tx.tenant, principal.org, digest],
      ),
    );
  }

  /** A person has looked, and it may go on. @throws DomainError conflict when nothing is waiting for that */
  async confirm(principal: Principal, id: string): Promise<ImportView> {
    return this.#move(principal, id, 'import-confirmed', ['to-confirm'], `state = 'waiting', confirmed_by = $3, why_stopped = null`, []);
  }

  /** Stops it where it is: what was taken in stays, and is told. An upload ends too, whether somebody is still sending it or not. */
  async cancel(principal: Principal, id: string): Promise<ImportView> {
    return this.#move(
      principal,
      id,
      'import-cancelled',
      ['uploading', 'waiting', 'reading', 'to-confirm', 'applying'],
      `state = 'cancelled', why_stopped = 'cancelled by ' || $3, ended_at = $5`,
      [this.clock.now()],
    );
  }

  async #move(principal: Principal, id: string, action: string, from: ImportState[], set: string, values: unknown[]): Promise<ImportView> {
    return this.database.inTenant(principal, async (tx) => {
      const held = await mine(tx, id);
      const moved = await tx.execute(`update import set ${set} where tenant = $1 and id = $2 and state = any($4)`, [
        tx.tenant,
        id,
        principal.subject,
        from,
        ...values,
      ]);
      if (moved === 0) throw new DomainError('conflict', `This import is ${held.state}.`);
      await audit(tx, this.clock.now(), { action, purpose: 'import', detail: { importId: id } });
      if (action === 'import-cancelled') await forgetFile(tx, id, this.clock.now());
      return viewOf(await mine(tx, id), this.clock.now());
    });
  }

  /** Open referrals that a whole list lacked, as of that import, each where it stands now. @throws DomainError conflict for any other file */
  async missing(principal: Principal, id: string, limit: number, after: string | null): Promise<ReferralView[]> {
    return this.database.inTenant(principal, async (tx) => {
      if (!(await mine(tx, id)).complete) throw new DomainError('conflict', 'This file was not said to be the whole list.');
      return listMissing(tx, id, { limit, after, today: this.clock.today() });
    });
  }

  /** The rows that were set aside, with their own columns, in their order; first the header. Read page by page. */
  async *rejectList(principal: Principal, id: string): AsyncGenerator<(string | number)[]> {
    let page = await this.rejects(principal, id, 0);
    const { head, rowOf } = rejectList(page.columns);
    yield head;
    for (; page.rows.length > 0; page = await this.rejects(principal, id, page.rows.at(-1)?.rowNo ?? 0)) {
      yield* page.rows.map(rowOf);
    }
  }

  /** The header of the file, and the rows that were set aside after a row, in their order. */
  async rejects(principal: Principal, id: string, afterRow: number): Promise<{ columns: string[]; rows: RejectedRow[] }> {
    return this.database.inTenant(principal, async (tx) => {
      await mine(tx, id);
      const head = await tx.one<{ columns: string[] | null }>('select columns from import where tenant = $1 and id = $2', [tx.tenant, id]);
      const rows = await readIdentity(tx, this.clock.now(), 'mend rows of an import', [], () =>
        tx.query<RejectedRow>(
          `select row_no as "rowNo", problems, cells from import_reject where tenant = $1 and import_id = $2 and row_no > $3 order by row_no limit $4`,
          [tx.tenant, id, afterRow, REJECTS_A_PAGE],
        ),
      );
      return { columns: head?.columns ?? [], rows };
    });
  }
}

async function mine(tx: Tx, id: string): Promise<ImportRow> {
  const row = await tx.one<ImportRow>(`select ${COLUMNS} from import where tenant = $1 and id = $2 and provider = $3`, [
    tx.tenant,
    id,
    tx.principal.org,
  ]);
  if (!row) throw notFound('import');
  return row;
}

/** How fast, and how long still, by what was done so far: first reading, whose end nobody knows, then applying. */
function viewOf({ startedAt, applyingSince, ...row }: ImportRow, now: Date): ImportView {
  const isApplying = row.state === 'applying' && applyingSince !== null;
  const since = isApplying ? applyingSince : startedAt;
  const isRunning = isApplying || row.state === 'reading';
  const seconds = since && isRunning ? (now.getTime() - since.getTime()) / 1000 : 0;
  const done = isApplying ? row.rowsApplied : row.rowsRead;
  const rate = seconds > 0 && done > 0 ? done / seconds : null;
  const left = isApplying && rate !== null && row.rowsTotal !== null ? Math.max(0, row.rowsTotal - row.rowsApplied) / rate : null;
  return { ...row, rowsPerSecond: rate && Math.round(rate), secondsLeft: left === null ? null : Math.ceil(left) };
}
