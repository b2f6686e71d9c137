import { REJECT } from './mapping.js';
import type { RowProblem } from './row-problems.js';

/** A row that was set aside: where it stood, all that is wrong with it, and how it was. */
export interface RejectedRow {
  rowNo: number;
  problems: RowProblem[];
  cells: string[];
}

const HEAD = ['row', 'column', 'code', 'found', 'expected'].map((name) => REJECT + name);

/** The header of the list of rejects: what is wrong, then the columns of the file. */
export const rejectHead = (columns: readonly string[]): string[] => [...HEAD, ...columns];

/** One row of the list: everything that is wrong with the row, and the row as it was. */
export function rejectCells({ rowNo, problems, cells }: RejectedRow): (string | number)[] {
  const all = (field: keyof RowProblem): string => problems.map((p) => p[field]).join(' | ');
  return [rowNo, all('column'), all('code'), all('found'), all('expected'), ...cells];
}
