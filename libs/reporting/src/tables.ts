import { DIMENSION_SQL } from './dimensions.js';
import { isSuppressed, type Cell } from './disclosure.js';
import { groupWords, type WaitsReport, type WaitsRow } from './waits-report.js';

/** A report as a table: what CSV and spreadsheets hold. Null is an empty cell: there is no such figure. */
export type TableCell = string | number | null;
export interface Table {
  head: string[];
  rows: TableCell[][];
}

/** What must stand on every export, print and page of synthetic data; null for real data. */
export const syntheticWords = (report: { synthetic: boolean; syntheticShape: string | null }): string | null =>
  report.synthetic ? `SYNTHETIC: no real child is in these figures.${shapeWords(report.syntheticShape)}` : null;

const shapeWords = (shape: string | null): string => (shape === null ? '' : ` ${shape}.`.replace('..', '.'));

/** A cell as a table shows it. */
export const showCell = (cell: Cell): TableCell => (isSuppressed(cell) ? cell.display : cell);

/**
 * One row a group. What the figures are, as of when and how fresh, stands on every row, so that a row taken out of its file still says it.
 * Bands are headed in words: `0-1` alone is a date to a spreadsheet.
 */
export function waitsTable(report: WaitsReport): Table {
  const labels = Object.keys(report.rows[0]?.bands ?? {});
  const over = Object.keys(report.rows[0]?.overWeeks ?? {});
  const every: [string, TableCell][] = [
    ['measure', report.measure],
    ['service', report.service ?? 'all'],
    ['as of', report.asOf],
    ['disclosure', report.disclosure],
    ['rules version', report.rulesVersion],
    ['computed through', report.computedThrough],
    ['pathways not yet computed', report.notYetComputed],
    ['synthetic', syntheticWords(report) ?? 'no'],
  ];
  return {
    head: [
      ...report.groupBy.map((d) => DIMENSION_SQL[d].title),
      'waiting',
      ...labels.map((label) => `weeks ${label}`),
      ...over.map((weeks) => `over ${weeks} weeks`),
      'within target',
      'within target %',
      'median days',
      '90th percentile days',
      '92nd percentile days',
      'longest days',
      ...every.map(([name]) => name),
    ],
    rows: report.rows.map((row) => [
      ...report.groupBy.map((d) => groupWords(row.group[d])),
      ...figures(row, labels, over),
      ...every.map(([, v]) => v),
    ]),
  };
}

function figures(row: WaitsRow, labels: string[], over: string[]): TableCell[] {
  if (!row.reported) return ['not reported', ...[...labels, ...over].map(() => null), null, null, null, null, null, null];
  return [
    showCell(row.waiting),
    ...labels.map((label) => showCell(row.bands[label] ?? null)),
    ...over.map((weeks) => showCell(row.overWeeks[weeks] ?? null)),
    showCell(row.withinTarget?.count ?? null),
    showCell(row.withinTarget?.percent ?? null),
    showCell(row.medianDays),
    showCell(row.p90Days),
    showCell(row.p92Days),
    showCell(row.longestDays),
  ];
}
