import type { Tx } from '#database';
import { MAY_MEAN_DEATH, SET_ASIDE, type AboutRow } from './about-row.js';
import { holdFor, TELLS_OF_DEATH, WHO } from './hold-for-deaths.js';
import type { TableRow } from './read-table.js';
import type { RowProblem } from './row-problems.js';
import type { Staged } from './staging.js';

/** What is known of it beside its cells is known where it can be told. */
export interface RejectedCells extends Partial<AboutRow> {
  row: TableRow;
  problems: RowProblem[];
}

export interface SettingAside {
  id: string;
  provider: string;
  mode: 'apply' | 'check';
}

/** Keeps rows that cannot be taken in, as they are, with all that is wrong with each. Told twice, once. */
export async function setAside(tx: Tx, job: SettingAside, rejected: readonly RejectedCells[], now: Date): Promise<void> {
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
  if (job.mode === 'check') return;
  // Also of a file that waits for a person: its household must not.
  for (const why of new Set(rejected.flatMap(({ mayHaveDied }) => mayHaveDied ?? []))) {
    const who = rejected.filter(({ mayHaveDied }) => mayHaveDied === why);
    await holdFor(
      tx,
      who.map(({ source = null, nhsNumberKey = null, addresses = [] }) => ({ source, nhsNumberKey, addresses })),
      { provider: job.provider, importId: job.id, why, now },
    );
  }
}

/** The same of rows that were staged already. */
export async function setAsideStaged(
  tx: Tx,
  job: SettingAside,
  table: Staged,
  refused: ReadonlyMap<number, RowProblem[]>,
  now: Date,
): Promise<void> {
  if (refused.size === 0) return;
  const rows = await tx.query<RejectedCells>(
    `select json_build_object('rowNo', row_no, 'cells', cells) as row, ${WHO[table]}, ${table === 'staged_referral' ? 'line' : 'null as line'},
        case when ${TELLS_OF_DEATH[table]} then '${SET_ASIDE}' end as "mayHaveDied"
      from ${table} s where row_no = any($1)`,
    [[...refused.keys()]],
  );
  await setAside(
    tx,
    job,
    rows.map((each) => {
      const problems = refused.get(each.row.rowNo) ?? [];
      // Known only where it is told: what the code stands for is read with the line of its referral.
      const mayHaveDied = problems.some(({ code }) => code === 'may-mean-death') ? MAY_MEAN_DEATH : (each.mayHaveDied ?? null);
      return { ...each, problems, mayHaveDied };
    }),
    now,
  );
}
