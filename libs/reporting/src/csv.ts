import type { Table, TableCell } from './tables.js';

/** A spreadsheet takes text that begins so for a formula, and would run it; some also in the width of Chinese characters. */
const BEGINS_A_FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Without it a spreadsheet reads UTF-8 as something else, and saves what it read. */
export const BYTE_ORDER_MARK = '\ufeff';

/** A cell of CSV (RFC 4180). Text that could be a formula is led by a quote mark; numbers are numbers. */
export function csvCell(cell: TableCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = BEGINS_A_FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The table as CSV: UTF-8, a header line, CRLF. */
export const toCsv = ({ head, rows }: Table): string => [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
