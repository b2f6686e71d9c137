import writeXlsxFile from 'write-excel-file/node';
import { syntheticWords, waitsTable, type TableCell } from './tables.js';
import type { WaitsReport } from './waits-report.js';

const bold = (value: string): { value: string; fontWeight: 'bold'; wrap: true } => ({ value, fontWeight: 'bold', wrap: true });

/** The report as a workbook: the figures, and a sheet with what they mean. Text is kept as text, so no cell becomes a formula. */
export async function toXlsx(report: WaitsReport): Promise<Buffer> {
  const { head, rows } = waitsTable(report);
  const marks = [syntheticWords(report), `As of ${report.asOf}. ${freshnessWords(report)}`].filter((words) => words !== null);
  const asCell = (cell: TableCell): TableCell | { value: string; type: StringConstructor } =>
    typeof cell === 'string' ? { value: cell, type: String } : cell;
  const about = [...Object.entries(report.definitions), ['rulesVersion', report.rulesVersion]];
  return writeXlsxFile([
    {
      sheet: 'Waits',
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
        ...about.map(([term, meaning]) => [bold(term ?? ''), { value: meaning ?? '', type: String, wrap: true }]),
      ],
      columns: [{ width: 18 }, { width: 110 }],
    },
  ]).toBuffer();
}

/** How fresh figures are, in a sentence. */
export function freshnessWords({ notYetComputed, computedThrough }: { notYetComputed: number; computedThrough: string }): string {
  if (notYetComputed === 0) return 'Everything recorded is in these figures.';
  return `${notYetComputed} pathway${notYetComputed === 1 ? ' is' : 's are'} not yet computed, the oldest since ${computedThrough}.`;
}
