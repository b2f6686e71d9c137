import { showCell, syntheticWords, type Table } from '../tables.js';
import type { QualityReport } from './data-quality.js';
import { PROBLEMS } from './problems.js';

/** One row a service, one column a problem; what the figures are stands on every row, as in the waits report. */
export function qualityTable(report: QualityReport): Table {
  const every: [string, string | number][] = [
    ['as of', report.asOf],
    ['disclosure', report.disclosure],
    ['computed through', report.computedThrough],
    ['pathways not yet computed', report.notYetComputed],
    ['synthetic', syntheticWords(report) ?? 'no'],
  ];
  return {
    head: ['Provider', 'Provider name', 'Service', 'open referrals', ...PROBLEMS.map((p) => p.title), ...every.map(([name]) => name)],
    rows: report.rows.map((row) => [
      row.provider,
      row.name,
      row.service,
      showCell(row.open),
      ...PROBLEMS.map((p) => showCell(row.problems[p.code])),
      ...every.map(([, value]) => value),
    ]),
  };
}
