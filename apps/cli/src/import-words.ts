import { NOTHING_IS_DONE, type ImportView, type RejectedRow } from '#imports';
import type { Principal } from '#kernel';

/** Rows set aside that are shown in the terminal; the list has them all. */
const ROWS_SHOWN = 5;

/** How far it has got. */
export function progress({ state, rowsRead, rowsBad, rowsApplied, rowsTotal, rowsPerSecond, secondsLeft }: ImportView): string {
  const rate = rowsPerSecond === null ? '' : `, ${rowsPerSecond} rows a second`;
  const left = secondsLeft === null ? '' : `, ${secondsLeft} s left`;
  return state === 'applying'
    ? `  taken in ${rowsApplied} of ${rowsTotal}${rate}${left}`
    : `  ${state}: ${rowsRead} rows read, ${rowsBad} set aside${rate}`;
}

/** What became of it, and what a person may do now. */
export function summary(view: ImportView, { tenant, org }: Principal): string {
  const { id, state, mode, rowsRead, rowsBad, whyStopped } = view;
  const { missing, ...counts } = view.counts;
  const became = Object.entries(counts).map(([what, n]) => `${n} ${what}`);
  const lines = [
    `${ended(view)} (import ${id}): ${rowsRead} rows read, ${rowsBad} set aside${became.length > 0 ? `; ${became.join(', ')}` : ''}.`,
  ];
  if (missing !== undefined)
    lines.push(`${missing} open referrals are missing from it (GET /v1/imports/${id}/missing). ${NOTHING_IS_DONE}`);
  if (state === 'finished' && mode === 'check' && whyStopped !== null)
    lines.push(`Taken in, it would stop for a person to confirm it: ${whyStopped}`);
  if (state === 'to-confirm')
    lines.push(
      'Nothing of it is taken in yet. When you have looked, it goes on with',
      `  npm run meanwhile -- import --confirm ${id} --tenant ${tenant} --provider ${org}`,
      `or POST /v1/imports/${id}/confirm; POST /v1/imports/${id}/cancel gives it up, and so do 30 days.`,
    );
  return lines.join('\n');
}

function ended({ state, mode, whyStopped }: ImportView): string {
  if (state === 'finished') return mode === 'check' ? 'Checked, nothing changed' : 'Taken in';
  return whyStopped === null ? `${state}: a worker goes on with it` : `${state}: ${whyStopped}`;
}

/** Why the first rows were set aside, and where the others are. What was found is not shown: it may be of a child. */
export function whySetAside(id: string, rows: readonly RejectedRow[], rowsBad: number): string {
  const shown = rows
    .slice(0, ROWS_SHOWN)
    .flatMap(({ rowNo, problems }) =>
      problems.map(({ column, code, expected }) => `  row ${rowNo}, ${column}: ${code}${expected ? `, ${expected}` : ''}`),
    );
  const more = rowsBad > ROWS_SHOWN ? [`  and ${rowsBad - ROWS_SHOWN} rows more`] : [];
  return [...shown, ...more, `All of them, with what was found: --rejects FILE, or GET /v1/imports/${id}/rejects.`].join('\n');
}
