import { DomainError, type LocalDate } from '#kernel';
import { RULES_VERSION } from '#waits';
import { definitionsOf, standardOf, type Standard } from './definitions.js';
import type { Dimension } from './dimensions.js';
import { countCell, countFromSql, percentCell, percentileFromSql, type Cell, type Disclosure } from './disclosure.js';
import type { WaitsPlan } from './waits-plan.js';
import { bandsOf, MOST_GROUPS, OVER_WEEKS, type CountedGroup, type CountedWaits, type ReportingService } from './waits-statement.js';

export type GroupValue = string | number | null;

/** One row of the report. A value of a group is null where it was not recorded. Days are days; counts count waits. */
export interface WaitsRow {
  group: Partial<Record<Dimension, GroupValue>>;
  /** False where nobody reports this list: then no figure is given, as none would be zero. */
  reported: boolean;
  waiting: Cell;
  bands: Record<string, Cell>;
  /** Waits longer than 18, 52, 78 and 104 weeks. */
  overWeeks: Record<string, Cell>;
  /** Null where the measure has no target. */
  withinTarget: { count: Cell; percent: Cell } | null;
  medianDays: Cell;
  p90Days: Cell;
  p92Days: Cell;
  longestDays: Cell;
}

export interface WaitsReport {
  measure: string;
  service: string | null;
  asOf: LocalDate;
  /** As known now: month-ends are not frozen yet. */
  frozen: false;
  disclosure: Disclosure;
  rulesVersion: string;
  /** Everything told by then is in the figures. */
  computedThrough: string;
  /** Pathways told of something that is not in the figures yet. */
  notYetComputed: number;
  synthetic: boolean;
  /** What synthetic figures are shaped after, with its dates. */
  syntheticShape: string | null;
  definitions: Record<string, string>;
  /** Who reports this list: who is not named here is missing, not at zero. */
  services: ReportingService[];
  standard: Standard | null;
  groupBy: Dimension[];
  rows: WaitsRow[];
  dataQuality: { unknownStart: Cell };
}

/** Gives what was counted its shape. Pure. */
export function assembleWaits(plan: WaitsPlan, counted: CountedWaits, now: Date): WaitsReport {
  if (counted.groups.length > MOST_GROUPS) {
    throw new DomainError('rule', `The report would have more than ${MOST_GROUPS} rows: ask for fewer dimensions.`, [
      { path: 'groupBy', message: 'asks for too many groups' },
    ]);
  }
  return {
    measure: plan.measure,
    service: plan.service,
    asOf: plan.asOf,
    frozen: false,
    disclosure: plan.disclosure,
    rulesVersion: RULES_VERSION,
    computedThrough: counted.oldestStale ?? now.toISOString(),
    notYetComputed: counted.stale,
    synthetic: counted.syntheticShape !== null,
    syntheticShape: counted.syntheticShape,
    definitions: definitionsOf(plan, counted.services),
    services: counted.services,
    standard: standardOf(plan),
    groupBy: plan.groupBy,
    rows: rowsOf(plan, counted),
    dataQuality: { unknownStart: countFromSql(counted.unknownStart) },
  };
}

function rowsOf(plan: WaitsPlan, { groups, services }: CountedWaits): WaitsRow[] {
  if (plan.groupBy.length === 0) {
    const [all] = groups;
    return [services.length === 0 || all === undefined ? notReported(plan) : rowOf(plan, all)];
  }
  const rows = groups.map((g) => rowOf(plan, g));
  if (plan.groupBy.length === 1 && plan.groupBy[0] === 'provider') {
    // Who reports the list and has nobody on it says zero; who does not report it is absent.
    const present = new Set(rows.map((r) => r.group.provider));
    for (const provider of new Set(services.map((s) => s.provider))) if (!present.has(provider)) rows.push(emptyRow(plan, { provider }));
    rows.sort((a, b) => (String(a.group.provider) < String(b.group.provider) ? -1 : 1));
  }
  return rows;
}

function rowOf(plan: WaitsPlan, counted: CountedGroup): WaitsRow {
  const { disclosure } = plan;
  const waiting = countFromSql(counted.waiting);
  const within = countFromSql(counted.within);
  const labels = bandsOf(plan.lines[0]?.measure.bands ?? 'sitrep').map((b) => b.label);
  return {
    group: Object.fromEntries(plan.groupBy.map((d, i) => [d, counted.group[i] ?? null])),
    reported: true,
    waiting,
    bands: Object.fromEntries(labels.map((label, i) => [label, countFromSql(counted.bands[i] ?? null)])),
    overWeeks: overWeeks((_, i) => countFromSql(counted.over[i] ?? null)),
    withinTarget:
      counted.targeted === true || hasTarget(plan) ? { count: within, percent: percentCell(within, waiting, disclosure) } : null,
    medianDays: percentileFromSql(counted.median, waiting),
    p90Days: percentileFromSql(counted.p90, waiting),
    p92Days: percentileFromSql(counted.p92, waiting),
    longestDays: disclosure === 'none' ? counted.longest : percentileFromSql(null, waiting),
  };
}

const overWeeks = (cell: (weeks: number, i: number) => Cell): Record<string, Cell> =>
  Object.fromEntries(OVER_WEEKS.map((weeks, i) => [String(weeks), cell(weeks, i)]));

const hasTarget = (plan: WaitsPlan): boolean => plan.lines.some(({ measure }) => measure.target('routine') !== null);

function emptyRow(plan: WaitsPlan, group: WaitsRow['group']): WaitsRow {
  const nobody = countCell(0, plan.disclosure);
  const none = nobody === 0 ? 0 : null;
  const bands = bandsOf(plan.lines[0]?.measure.bands ?? 'sitrep').map(() => none);
  const counted = {
    group: [],
    waiting: none,
    bands,
    within: none,
    targeted: null,
    median: null,
    p90: null,
    p92: null,
    longest: null,
    over: OVER_WEEKS.map(() => none),
  };
  return { ...rowOf(plan, counted), group };
}

function notReported(plan: WaitsPlan): WaitsRow {
  const bands = Object.fromEntries(bandsOf(plan.lines[0]?.measure.bands ?? 'sitrep').map((b) => [b.label, null]));
  const none = {
    waiting: null,
    bands,
    overWeeks: overWeeks(() => null),
    withinTarget: null,
    medianDays: null,
    p90Days: null,
    p92Days: null,
    longestDays: null,
  };
  return { group: {}, reported: false, ...none };
}

/** The words for a group's value, in tables and exports. */
export const groupWords = (value: GroupValue | undefined): string | number => value ?? 'not recorded';
