import type { Tx } from '#database';
import type { LocalDate, Principal } from '#kernel';
import { serviceLines, type ServiceLine } from '#service-lines';
import { countCell, countFromSql, percentCell, percentileFromSql, type Cell, type Disclosure } from './disclosure.js';
import { readFreshness, type Freshness } from './freshness.js';
import {
  careOf,
  councilNames,
  endsOf,
  escalationsOf,
  listsOf,
  whoReports,
  type CareFigures,
  type Cut,
  type EndFigures,
  type EscalationFigures,
  type ListFigures,
  type OverviewScope,
} from './overview-statements.js';
import { scopeOf } from './waits-plan.js';

/** One row of a line's table: the whole line, one council, or one provider. */
export interface OverviewRow {
  cut: Cut['cut'];
  label: string;
  waiting: Cell;
  /** Null where the measure has no target. */
  overTarget: { count: Cell; percent: Cell } | null;
  over52Weeks: Cell;
  medianDays: Cell;
  unknownStart: Cell;
  noContact: Cell;
  overdueCheckIns: Cell;
  red: Cell;
  amber: Cell;
  pastDeadline: Cell;
  /** How waits ended in twelve months; `percent` is of those that ended untreated among both. */
  ended: { treated: Cell; untreated: Cell; percentUntreated: Cell; died: Cell };
}

/** The same children by another clock. Never added to the list. */
export interface OtherMeasure {
  title: string;
  waiting: Cell;
  overTarget: { count: Cell; percent: Cell } | null;
  over52Weeks: Cell;
  medianDays: Cell;
}

export interface OverviewLine {
  code: string;
  name: string;
  /** Of the headline measure. */
  title: string;
  stops: string;
  /** False where nobody offers this service here: then there are no figures, which is not zero. */
  reported: boolean;
  rows: OverviewRow[];
  others: OtherMeasure[];
}

export interface Overview {
  freshness: Freshness;
  disclosure: Disclosure;
  /** Whose lists: a provider's name, or null for every provider of the tenant. */
  provider: string | null;
  lines: OverviewLine[];
}

/** Every list on one page. Six statements whatever the lists hold. */
export async function readOverview(tx: Tx, principal: Principal, today: LocalDate, now: Date): Promise<Overview> {
  const { exact, provider } = scopeOf(principal, undefined);
  // One page over lines whose rules of disclosure differ: the stricter of both.
  const scope: OverviewScope = { asOf: today, now, provider, disclosure: exact ? 'none' : 'hes-and-mhsds' };
  const headlines = [...new Set(serviceLines.map((l) => l.rules.headline))];
  const lists = await listsOf(tx, scope);
  const found = {
    lists: new Map(lists.map((f) => [`${f.measure} ${keyOf(f)}`, f])),
    care: byCut(await careOf(tx, scope)),
    escalations: byCut(await escalationsOf(tx, scope)),
    ends: byCut(await endsOf(tx, scope, headlines)),
  };
  const services = await whoReports(tx, scope);
  const councils = await councilNames(tx);
  const lines = serviceLines.map((line): OverviewLine => {
    const here = services.filter((s) => s.line === line.code);
    const cuts = [...cutsOf(line, lists, councils), ...(here.length > 1 ? providerCuts(line, here) : [])];
    const headline = line.rules.measures.find((m) => m.code === line.rules.headline);
    return {
      code: line.code,
      name: line.name,
      title: headline?.title ?? line.name,
      stops: headline?.stops ?? '',
      reported: here.length > 0,
      rows: here.length === 0 ? [] : cuts.map((cut) => rowOf(line, cut, found, scope.disclosure)),
      others: here.length === 0 ? [] : otherMeasures(line, found.lists, scope.disclosure),
    };
  });
  return {
    freshness: await readFreshness(tx, today, now),
    disclosure: scope.disclosure,
    provider: services.find((s) => s.provider === provider)?.name ?? provider,
    lines,
  };
}

interface Found {
  lists: ReadonlyMap<string, ListFigures>;
  care: ReadonlyMap<string, CareFigures>;
  escalations: ReadonlyMap<string, EscalationFigures>;
  ends: ReadonlyMap<string, EndFigures>;
}

type LabelledCut = Cut & { label: string };

const keyOf = ({ line, cut, name }: Cut): string => `${line} ${cut} ${name ?? ''}`;
const byCut = <F extends Cut>(figures: readonly F[]): Map<string, F> => new Map(figures.map((f) => [keyOf(f), f]));

/** The whole line, then every council whose children stand on any list here: at zero too, so that councils can be compared. */
function cutsOf({ code: line }: ServiceLine, lists: readonly ListFigures[], names: ReadonlyMap<string, string>): LabelledCut[] {
  const councils = new Set(lists.filter((f) => f.cut === 'council').map((f) => f.name));
  const label = (name: string | null): string => (name === null ? 'Council not recorded' : (names.get(name) ?? `Council ${name}`));
  const rows = [...councils].map((name): LabelledCut => ({ line, cut: 'council', name, label: label(name) }));
  return [{ line, cut: 'all', name: null, label: 'Whole list' }, ...rows.sort((a, b) => (a.label < b.label ? -1 : 1))];
}

const providerCuts = ({ code: line }: ServiceLine, services: readonly { provider: string; name: string }[]): LabelledCut[] =>
  services.map((s) => ({ line, cut: 'provider', name: s.provider, label: `${s.name} (${s.provider})` }));

function rowOf(line: ServiceLine, cut: LabelledCut, found: Found, disclosure: Disclosure): OverviewRow {
  const key = keyOf(cut);
  const care = found.care.get(key);
  const escalations = found.escalations.get(key);
  const ends = found.ends.get(key);
  // A cut that no row speaks of is at zero, which is shown as zero is.
  const figure = <F extends object>(of: F | undefined, read: (of: F) => number | null): Cell =>
    of === undefined ? countCell(0, disclosure) : countFromSql(read(of));
  const [treated, untreated] = [figure(ends, (e) => e.treated), figure(ends, (e) => e.untreated)];
  return {
    cut: cut.cut,
    label: cut.label,
    ...listFigures(line, line.rules.headline, found.lists.get(`${line.rules.headline} ${key}`), disclosure),
    noContact: figure(care, (c) => c.noContact),
    overdueCheckIns: figure(care, (c) => c.overdueCheckIns),
    red: figure(escalations, (e) => e.red),
    amber: figure(escalations, (e) => e.amber),
    pastDeadline: figure(escalations, (e) => e.pastDeadline),
    ended: { treated, untreated, percentUntreated: percentUntreated(treated, untreated, disclosure), died: figure(ends, (e) => e.died) },
  };
}

function listFigures(
  line: ServiceLine,
  measure: string,
  found: ListFigures | undefined,
  disclosure: Disclosure,
): Pick<OverviewRow, 'waiting' | 'overTarget' | 'over52Weeks' | 'medianDays' | 'unknownStart'> {
  const none = countCell(0, disclosure);
  const waiting = found ? countFromSql(found.waiting) : none;
  const over = found ? countFromSql(found.overTarget) : none;
  const hasTarget = found?.targeted === true || line.rules.measures.some((m) => m.code === measure && m.target('routine') !== null);
  return {
    waiting,
    overTarget: hasTarget ? { count: over, percent: percentCell(over, waiting, disclosure) } : null,
    over52Weeks: found ? countFromSql(found.over52Weeks) : none,
    medianDays: percentileFromSql(found?.median ?? null, waiting),
    unknownStart: found ? countFromSql(found.unknownStart) : none,
  };
}

/** Of all that ended, from the cells shown. */
function percentUntreated(treated: Cell, untreated: Cell, disclosure: Disclosure): Cell {
  const both = typeof treated === 'number' && typeof untreated === 'number' ? treated + untreated : treated;
  return percentCell(untreated, both, disclosure);
}

function otherMeasures(line: ServiceLine, lists: ReadonlyMap<string, ListFigures>, disclosure: Disclosure): OtherMeasure[] {
  const others = line.rules.measures.filter((m) => m.code !== line.rules.headline && m.code !== 'experienced');
  return others.map((m) => {
    const found = lists.get(`${m.code} ${keyOf({ line: line.code, cut: 'all', name: null })}`);
    const { waiting, overTarget, over52Weeks, medianDays } = listFigures(line, m.code, found, disclosure);
    return { title: m.title, waiting, overTarget, over52Weeks, medianDays };
  });
}
