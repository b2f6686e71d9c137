import { audit, Database, readIdentity, type Tx } from '#database';
import { Clock, DomainError, newId, notFound, type LocalDate, type Principal } from '#kernel';
import type { ReferralView } from '#referrals';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DEFAULT_LIMITS, type Limits } from './decide.js';
import type { Encoding } from './decode.js';
import type { LayoutName } from './layouts.js';
import { listMissing } from './leaving.js';
import { readMapping } from './mapping.js';
import { rejectCells, rejectHead, type RejectedRow } from './reject-list.js';

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

const CHUNK = 256 * 1024;
const REJECTS_A_PAGE = 500;

const COLUMNS = `id, file_name as "fileName", provider, mode, state, layout, extracted_on as "extractedOn", complete, bytes, rows_read as "rowsRead", rows_bad as "rowsBad",
  rows_total as "rowsTotal", rows_applied as "rowsApplied", counts, why_stopped as "whyStopped", created_at as "createdAt", created_by as "createdBy",
  ended_at as "endedAt", started_at as "startedAt", applying_since as "applyingSince"`;

type ImportRow = Omit<ImportView, 'rowsPerSecond' | 'secondsLeft'> & { startedAt: Date | null; applyingSince: Date | null };

/** Files of rows, from the upload to the list of what was set aside. The work itself is ImportRun's. */
@Injectable()
export class Imports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Keeps a file, piece by piece as it comes, and puts it in the queue. @throws DomainError invalid for a mapping that cannot be used */
  async receive(principal: Principal, request: ImportRequest, file: AsyncIterable<Buffer>): Promise<{ id: string }> {
    const {
      mode,
      fileName,
      mapping = null,
      encoding = null,
      complete = false,
      badShare = DEFAULT_LIMITS.badShare,
      vanishShare = DEFAULT_LIMITS.vanishShare,
    } = request;
    readMapping(mapping);
    const now = this.clock.now();
    const extractedOn = request.extractedOn ?? this.clock.today();
    if (extractedOn > this.clock.today())
      throw new DomainError('rule', 'The day of the extract must not be after today.', [
        { path: 'extractedOn', message: 'must not be after today' },
      ]);
    const id = newId(now);
    await this.database.inTenant(principal, async (tx) => {
      await tx.execute(
        `insert into import (tenant, id, provider, mode, state, file_name, mapping, encoding, extracted_on, complete, bad_share, vanish_share, created_at, created_by)
          values ($1, $2, $3, $4, 'uploading', $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
        [
          tx.tenant,
          id,
          principal.org,
          mode,
          fileName.slice(0, 200),
          mapping,
          encoding,
          extractedOn,
          complete,
          badShare,
          vanishShare,
          now,
          principal.subject,
        ],
      );
      await audit(tx, now, { action: 'import-received', purpose: 'import', detail: { importId: id, mode } });
    });
    try {
      await this.#keep(principal, id, file);
    } catch (error) {
      await this.#end(principal, id, 'cancelled', 'The upload did not arrive whole.');
      throw error;
    }
    return { id };
  }

  async #keep(principal: Principal, id: string, file: AsyncIterable<Buffer>): Promise<void> {
    const digest = createHash('sha256');
    let [seq, bytes] = [0, 0];
    for await (const piece of inPieces(file)) {
      digest.update(piece);
      bytes += piece.length;
      await this.database.inTenant(principal, (tx) =>
        tx.execute(`insert into import_chunk (tenant, import_id, provider, seq, bytes) values ($1, $2, $3, $4, $5)`, [
          tx.tenant,
          id,
          principal.org,
          seq++,
          piece,
        ]),
      );
    }
    await this.database.inTenant(principal, (tx) =>
      tx.execute(`update import set state = 'waiting', bytes = $3, digest = $4 where tenant = $1 and id = $2 and state = 'uploading'`, [
        tx.tenant,
        id,
        bytes,
        digest.digest(),
      ]),
    );
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

  /** A person has looked, and it may go on. @throws DomainError conflict when nothing is waiting for that */
  async confirm(principal: Principal, id: string): Promise<ImportView> {
    return this.#move(principal, id, 'import-confirmed', `state = 'waiting', confirmed_by = $3, why_stopped = null`, ['to-confirm']);
  }

  /** Stops it where it is: what was taken in stays, and is told. */
  async cancel(principal: Principal, id: string): Promise<ImportView> {
    return this.#move(principal, id, 'import-cancelled', `state = 'cancelled', why_stopped = 'cancelled by ' || $3, ended_at = now()`, [
      'waiting',
      'reading',
      'to-confirm',
      'applying',
    ]);
  }

  async #move(principal: Principal, id: string, action: string, set: string, from: ImportState[]): Promise<ImportView> {
    return this.database.inTenant(principal, async (tx) => {
      const held = await mine(tx, id);
      const moved = await tx.execute(`update import set ${set} where tenant = $1 and id = $2 and state = any($4)`, [
        tx.tenant,
        id,
        principal.subject,
        from,
      ]);
      if (moved === 0) throw new DomainError('conflict', `This import is ${held.state}.`);
      await audit(tx, this.clock.now(), { action, purpose: 'import', detail: { importId: id } });
      if (action === 'import-cancelled') await forgetFile(tx, id, this.clock.now());
      return viewOf(await mine(tx, id), this.clock.now());
    });
  }

  async #end(principal: Principal, id: string, state: ImportState, why: string): Promise<void> {
    await this.database.inTenant(principal, async (tx) => {
      await tx.execute(`update import set state = $3, why_stopped = $4, ended_at = $5 where tenant = $1 and id = $2`, [
        tx.tenant,
        id,
        state,
        why,
        this.clock.now(),
      ]);
      await forgetFile(tx, id, this.clock.now());
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
    yield rejectHead(page.columns);
    for (; page.rows.length > 0; page = await this.rejects(principal, id, page.rows.at(-1)?.rowNo ?? 0)) {
      for (const row of page.rows) yield rejectCells(row);
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

/** The file itself is kept no longer than it is needed. */
export async function forgetFile(tx: Tx, id: string, now: Date): Promise<void> {
  await readIdentity(tx, now, 'import ended', [], () =>
    tx.execute('delete from import_chunk where tenant = $1 and import_id = $2', [tx.tenant, id]),
  );
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

/** The same bytes in pieces of one size. */
async function* inPieces(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const part of file) {
    held.push(part);
    size += part.length;
    if (size < CHUNK) continue;
    const all = Buffer.concat(held);
    let at = 0;
    for (; all.length - at >= CHUNK; at += CHUNK) yield all.subarray(at, at + CHUNK);
    held = [all.subarray(at)];
    size = all.length - at;
  }
  if (size > 0) yield Buffer.concat(held);
}
