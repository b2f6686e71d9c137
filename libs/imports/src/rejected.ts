import type { Tx } from '#database';
import type { HoldReason } from '#message-holds';
import { holdForRows, TELLS_OF_DEATH } from './hold-for-deaths.js';
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
  /** It tells of a death: until it is mended, nothing is sent to that household. */
  tellsOfDeath?: boolean;
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
  for (const [why, isSuch] of MAY_HAVE_DIED) {
    const sources = rejected.flatMap((each) => (each.source && isSuch(each) ? [each.source] : []));
    await holdForRows(tx, job.provider, sources, why, now);
  }
}

const MAY_HAVE_DIED: [why: HoldReason, isSuch: (row: RejectedCells) => boolean][] = [
  ['a closure code may mean a death', ({ problems }) => problems.some(({ code }) => code === 'may-mean-death')],
  ['a row that tells of a death was set aside', ({ tellsOfDeath = false }) => tellsOfDeath],
];

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
    `select json_build_object('rowNo', row_no, 'cells', cells) as row, json_build_object('system', source_system, 'id', source_id) as source, ${ABOUT[table]}
      from ${table} s where row_no = any($1)`,
    [[...refused.keys()]],
  );
  await setAside(
    tx,
    job,
    rows.map((each) => ({ ...each, problems: refused.get(each.row.rowNo) ?? [] })),
    now,
  );
}

/** What staged rows say besides: their line where they know it, and whether of a death. */
const ABOUT: Record<Staged, string> = {
  staged_referral: `line, ${TELLS_OF_DEATH.staged_referral} as "tellsOfDeath"`,
  staged_event: `null as line, ${TELLS_OF_DEATH.staged_event} as "tellsOfDeath"`,
};
