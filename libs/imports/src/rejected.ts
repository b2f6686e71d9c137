import type { Tx } from '#database';
import type { TableRow } from './read-table.js';
import type { RowProblem } from './row-problems.js';
import type { Staged } from './staging.js';

export interface RejectedCells {
  row: TableRow;
  problems: RowProblem[];
  /** Which referral the row is about, where that can be told. */
  source?: { system: string; id: string } | null;
  /** On which line, where that can be told. */
  line?: string | null;
}

/** Keeps rows that cannot be taken in, as they are, with all that is wrong with each. Told twice, once. */
export async function setAside(tx: Tx, job: { id: string; provider: string }, rejected: readonly RejectedCells[]): Promise<void> {
  if (rejected.length === 0) return;
  await tx.execute(
    `insert into import_reject (tenant, import_id, provider, row_no, problems, cells, source_system, source_id, line)
      select $1, $2, $3, r."rowNo", r.problems, array(select jsonb_array_elements_text(r.cells)), r.source ->> 'system', r.source ->> 'id', r.line
      from jsonb_to_recordset($4) as r ("rowNo" integer, problems jsonb, cells jsonb, source jsonb, line text) on conflict do nothing`,
    [
      tx.tenant,
      job.id,
      job.provider,
      JSON.stringify(rejected.map(({ row, problems, source, line }) => ({ rowNo: row.rowNo, problems, cells: row.cells, source, line }))),
    ],
  );
}

/** The same of rows that were staged already. */
export async function setAsideStaged(
  tx: Tx,
  job: { id: string; provider: string },
  table: Staged,
  refused: ReadonlyMap<number, RowProblem[]>,
): Promise<void> {
  if (refused.size === 0) return;
  const line = table === 'staged_referral' ? 'line' : 'null::text';
  const rows = await tx.query<TableRow & { system: string; id: string; line: string | null }>(
    `select row_no as "rowNo", cells, source_system as system, source_id as id, ${line} as line from ${table} where row_no = any($1)`,
    [[...refused.keys()]],
  );
  await setAside(
    tx,
    job,
    rows.map(({ system, id, line: of, ...row }) => ({ row, problems: refused.get(row.rowNo) ?? [], source: { system, id }, line: of })),
  );
}
