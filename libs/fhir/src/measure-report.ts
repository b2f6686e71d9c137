import { isSuppressed, type Cell, type WaitsReport, type WaitsRow } from '#reporting';
import { DATA_ABSENT_REASON, MEASURE } from './systems.js';

const words = (text: string): object => ({ text });

/** A figure that is not there says why: masked for disclosure control, or nothing to count. Never a number in its place. */
const absent = (cell: Cell): object => ({
  extension: [{ url: DATA_ABSENT_REASON, valueCode: isSuppressed(cell) ? 'masked' : 'not-applicable' }],
});

const population = (text: string, cell: Cell): object =>
  typeof cell === 'number' ? { code: words(text), count: cell } : { code: words(text), _count: absent(cell) };

const populations = (row: WaitsRow): object[] => [
  population('waiting', row.waiting),
  ...Object.entries(row.bands).map(([band, cell]) => population(`waiting ${band} weeks`, cell)),
  ...(row.withinTarget ? [population('within target', row.withinTarget.count)] : []),
];

/** The share within target, in per cent. */
function score(row: WaitsRow): object {
  if (row.withinTarget === null) return {};
  const { percent } = row.withinTarget;
  return {
    measureScore:
      typeof percent === 'number' ? { value: percent, unit: '%', system: 'http://unitsofmeasure.org', code: '%' } : absent(percent),
  };
}

/** A report of waits as a MeasureReport: one group, or with `groupBy` one stratum a group. Suppressed as the report is. Pure. */
export function measureReportOf(report: WaitsReport, id: string, now: Date): Record<string, unknown> {
  const [all] = report.rows;
  const group =
    report.groupBy.length === 0
      ? all
        ? [{ population: populations(all), ...score(all) }]
        : []
      : [{ stratifier: [{ code: report.groupBy.map(words), stratum: report.rows.map((row) => stratum(report, row)) }] }];
  return {
    resourceType: 'MeasureReport',
    id,
    ...(report.synthetic
      ? { meta: { tag: [{ system: `${MEASURE}/tag`, code: 'synthetic', display: 'No real child is in these figures' }] } }
      : {}),
    status: 'complete',
    type: 'summary',
    measure: `${MEASURE}/${report.measure}`,
    date: now.toISOString(),
    period: { start: report.asOf, end: report.asOf },
    group,
  };
}

const stratum = (report: WaitsReport, row: WaitsRow): object => ({
  component: report.groupBy.map((dimension) => ({ code: words(dimension), value: words(String(row.group[dimension] ?? 'not recorded')) })),
  population: populations(row),
  ...score(row),
});
