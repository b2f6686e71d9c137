import type { LocalDate } from '#kernel';
import { MOST_COUNTED } from '#waits';
import writeXlsxFile from 'write-excel-file/node';
import { syntheticWords, waitsTable, type Table, type TableCell } from './tables.js';
import type { WaitsReport } from './waits-report.js';

const bold = (value: string): { value: string; fontWeight: 'bold'; wrap: true } => ({ value, fontWeight: 'bold', wrap: true });

/** What a workbook is made of: marks that stand above the figures, the figures, and what they mean. */
export interface Workbook {
  sheet: string;
  report: { synthetic: boolean; syntheticShape: string | null; asOf: LocalDate; notYetComputed: number; computedThrough: string };
  table: Table;
  meanings: [term: string, meaning: string][];
}

/** The waits report as a workbook. */
export const toXlsx = (report: WaitsReport): Promise<Buffer> =>
  workbook({
    sheet: 'Waits',
    report,
    table: waitsTable(report),
    meanings: [...Object.entries(report.definitions), ['rulesVersion', report.rulesVersion]],
  });

/** A report as a workbook: the figures, and a sheet with what they mean. Text is kept as text, so no cell becomes a formula. */
export async function workbook({ sheet, report, table: { head, rows }, meanings }: Workbook): Promise<Buffer> {
  const marks = [syntheticWords(report), `As of ${report.asOf}. ${freshnessWords(report)}`].filter((words) => words !== null);
  const asCell = (cell: TableCell): TableCell | { value: string; type: StringConstructor } =>
    typeof cell === 'string' ? { value: cell, type: String } : cell;
  return writeXlsxFile([
    {
      sheet,
      data: [
        ...marks.map((words) => [{ value: words, type: String, fontWeight: 'bold' as const }]),
        head.map(bold),
        ...rows.map((r) => r.map(asCell)),
      ],
      columns: head.map((title) => ({ width: Math.min(24, Math.max(9, title.length)) })),
      stickyRowsCount: marks.length + 1,
      orientation: 'landscape',
    },
    {
      sheet: 'What it means',
      data: [
        [bold('Term'), bold('Meaning')],
        ...meanings.map(([term, meaning]) => [bold(term), { value: meaning, type: String, wrap: true as const }]),
      ],
      columns: [{ width: 18 }, { width: 110 }],
    },
  ]).toBuffer();
}

/** How fresh figures are, in a sentence. */
export function freshnessWords({ notYetComputed, computedThrough }: { notYetComputed: number; computedThrough: string }): string {
  if (notYetComputed === 0) return 'Everything recorded is in these figures.';
  const many = notYetComputed < MOST_COUNTED ? notYetComputed : `At least ${notYetComputed}`;
  return `${many} pathway${notYetComputed === 1 ? ' is' : 's are'} not yet computed, the oldest since ${computedThrough}.`;
}
