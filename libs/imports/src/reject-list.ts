import { REJECT } from './mapping.js';
import type { RowProblem } from './row-problems.js';

/** A row that was set aside: where it stood, all that is wrong with it, and how it was. */
export interface RejectedRow {
  rowNo: number;
  problems: RowProblem[];
  cells: string[];
}

const HEAD = ['row', 'column', 'code', 'found', 'expected'].map((name) => REJECT + name);

/** A list of rejects: what is wrong, then the columns of the file. Those of an earlier list, which was mended and sent again, are left out. */
export function rejectList(columns: readonly string[]): { head: string[]; rowOf(row: RejectedRow): (string | number)[] } {
  const isTheirs = (_: unknown, i: number): boolean => !columns[i]?.startsWith(REJECT);
  return {
    head: [...HEAD, ...columns.filter(isTheirs)],
    rowOf({ rowNo, problems, cells }) {
      const all = (field: keyof RowProblem): string => problems.map((p) => p[field]).join(' | ');
      return [rowNo, all('column'), all('code'), all('found'), all('expected'), ...cells.filter(isTheirs)];
    },
  };
}
