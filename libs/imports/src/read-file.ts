import type { Secrets } from '#config';
import { readIdentity, type Database, type Tx } from '#database';
import { DomainError, type Clock, type LocalDate, type Principal } from '#kernel';
import { aboutRow, aboutSlippedRow, keyOf, SET_ASIDE, type AboutRow } from './about-row.js';
import { readCells } from './cells.js';
import { decoded, detectEncoding, LOOKED_AT, NotUtf8, type Encoding } from './decode.js';
import { readEventRow } from './event-row.js';
import type { LayoutName } from './layouts.js';
import { readMapping, type Mapping, type ReadColumns } from './mapping.js';
import { inRows, isFhir, readFhir, type FhirReading } from './read-fhir.js';
import { readTable, type TableRow } from './read-table.js';
import { readReferralRow } from './referral-row.js';
import type { RejectedCells } from './rejected.js';
import type { RowProblem } from './row-problems.js';
import { eventToStage, referralToStage, type StagedRow } from './staging.js';

const BATCH = 500;
/** The one column of a file of FHIR: where in it a resource stands. */
export const PLACE = 'place';

export interface FileToRead {
  id: string;
  provider: string;
  mapping: string | null;
  encoding: Encoding | null;
  /** The day as of which its rows are checked. */
  today: LocalDate;
}

export interface ReadBatch {
  layout: LayoutName;
  header: string[];
  /** The first batch of a reading; a file may be read twice. */
  isFirst: boolean;
  good: StagedRow[];
  bad: RejectedCells[];
}

export interface ReadingContext {
  database: Database;
  clock: Clock;
  secrets: Secrets;
  /** Who the import is done for; of its provider. */
  principal: Principal;
  /** Lines this provider has a service of. */
  lines: ReadonlySet<string>;
  fhir: FhirReading;
  /** Keeps a batch before the next is read. */
  keep(batch: ReadBatch): Promise<void>;
}

/**
 * Reads the file of an import to its end, and hands on its rows in batches: the good ones as they are staged, the bad ones as they are. A file
 * taken for UTF-8 that turns out not to be, in its middle, is read again as Windows-1252.
 * @throws DomainError invalid for a file that cannot be read
 */
export async function readFile(file: FileToRead, ctx: ReadingContext): Promise<void> {
  const mapping = readMapping(file.mapping);
  const head = await headOf(file, ctx);
  if (isFhir(head)) {
    await readResources(file, ctx);
    return;
  }
  const encoding = file.encoding ?? detectEncoding(head);
  try {
    await readAs(encoding, file, mapping, ctx);
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    if (file.encoding !== null) throw new DomainError('invalid', 'The file is not UTF-8.');
    await readAs('windows-1252', file, mapping, ctx);
  }
}

async function headOf(file: FileToRead, ctx: ReadingContext): Promise<Buffer> {
  for await (const piece of piecesOf(file, ctx)) return piece.subarray(0, LOOKED_AT);
  return Buffer.alloc(0);
}

/** A file of FHIR: a row is a ServiceRequest, its one cell the place where it stands. */
async function readResources(file: FileToRead, ctx: ReadingContext): Promise<void> {
  const { today } = file;
  const now = ctx.clock.now();
  const found = await readFhir(piecesOf(file, ctx), ctx.fhir, file.provider, today);
  for (let from = 0; from < found.length; from += BATCH) {
    const [good, bad]: [StagedRow[], RejectedCells[]] = [[], []];
    for (const [i, { place, source, nhsNumber, newReferral, careContacts, problems }] of found.slice(from, from + BATCH).entries()) {
      const row: TableRow = { rowNo: from + i + 1, cells: [place] };
      if (newReferral && ctx.lines.has(newReferral.service)) {
        good.push(referralToStage(row, newReferral, { tenant: ctx.principal.tenant, secrets: ctx.secrets, now, today }, { careContacts }));
      } else {
        const told = newReferral ? [notOurs(newReferral.service, file, ctx)] : inRows(problems);
        const nhsNumberKey = nhsNumber && keyOf(nhsNumber, { tenant: ctx.principal.tenant, secrets: ctx.secrets });
        const mayHaveDied = problems.some(({ code }) => code === 'deceased') ? SET_ASIDE : null;
        bad.push({ row, source, problems: told, nhsNumberKey, mayHaveDied });
      }
    }
    await ctx.keep({ layout: 'referrals', header: [PLACE], isFirst: from === 0, good, bad });
  }
}

async function* piecesOf({ id }: FileToRead, { database, principal, clock }: ReadingContext): AsyncGenerator<Buffer> {
  const piece = (tx: Tx, seq: number): Promise<{ bytes: Buffer } | undefined> =>
    tx.one(`select bytes from import_chunk where tenant = $1 and import_id = $2 and seq = $3`, [tx.tenant, id, seq]);
  for (let seq = 0; ; seq++) {
    const found = await database.inTenant(principal, (tx) => readIdentity(tx, clock.now(), 'import', [], () => piece(tx, seq)));
    if (!found) return;
    yield found.bytes;
  }
}

async function readAs(encoding: Encoding, file: FileToRead, mapping: Mapping, ctx: ReadingContext): Promise<void> {
  let read: ReadColumns | undefined;
  let header: string[] = [];
  let isFirst = true;
  let [good, bad]: [StagedRow[], RejectedCells[]] = [[], []];
  // A batch is kept while the next is read.
  let kept = Promise.resolve();
  const keep = async (layout: LayoutName): Promise<void> => {
    await kept;
    kept = ctx.keep({ layout, header, isFirst, good, bad });
    kept.catch(() => undefined);
    isFirst = false;
    [good, bad] = [[], []];
  };
  const text = decoded(piecesOf(file, ctx), encoding);
  try {
    for await (const row of readTable(text, mapping, (found, named) => ([read, header] = [found, named]))) {
      if (!read) throw new Error('Rows come after the header.');
      const { staged, problems } = checkRow(row, read, mapping, file, ctx);
      if (staged) good.push(staged);
      else bad.push({ row, problems, ...aboutOf(row, read, mapping, ctx) });
      if (good.length + bad.length < BATCH) continue;
      await keep(read.layout);
    }
    if (read) await keep(read.layout);
  } finally {
    await kept;
  }
}

interface Checked {
  staged: StagedRow | null;
  problems: RowProblem[];
}

function checkRow(row: TableRow, read: ReadColumns, mapping: Mapping, file: FileToRead, ctx: ReadingContext): Checked {
  if (row.cells.length > read.columns.length) {
    const expected = `${read.columns.length} cells, as the header has: a cell that holds the delimiter must be quoted`;
    return { staged: null, problems: [{ column: '', code: 'too-many-cells', found: `${row.cells.length} cells`, expected }] };
  }
  const cells = readCells(row.cells, read, mapping);
  if (read.layout === 'events') {
    const { row: event, problems } = readEventRow(cells, file.today);
    return { staged: event && eventToStage(row, event), problems };
  }
  const { referral, diedOn, problems } = readReferralRow(cells, file.provider, file.today);
  if (referral && !ctx.lines.has(referral.service)) {
    return { staged: null, problems: [notOurs(cells.cellOf('service'), file, ctx)] };
  }
  const context = { tenant: ctx.principal.tenant, secrets: ctx.secrets, now: ctx.clock.now(), today: file.today };
  return { staged: referral && referralToStage(row, referral, context, { diedOn }), problems };
}

function aboutOf({ cells }: TableRow, read: ReadColumns, mapping: Mapping, { principal: { tenant }, secrets }: ReadingContext): AboutRow {
  const about = aboutRow(readCells(cells, read, mapping), { tenant, secrets });
  return cells.length > read.columns.length ? aboutSlippedRow(cells, read, about, { tenant, secrets }) : about;
}

const notOurs = (found: string, { provider }: FileToRead, { lines }: ReadingContext): RowProblem => ({
  column: 'service',
  code: 'not-yours',
  found,
  expected: `a service of ${provider}: ${[...lines].join(', ')}`,
});
