import type { Tx } from '#database';
import { MOST_COUNTED, SITREP_BANDS, WEEKLY_BANDS, type BandScheme } from '#waits';
import { DIMENSION_SQL, JOIN_SQL, type Joined } from './dimensions.js';
import { countSql, percentileSql } from './disclosure.js';
import { percentileOfLengths, rankedLengths, sumWhere } from './lengths.js';
import type { WaitsPlan } from './waits-plan.js';

/** A group as it left the database: suppressed counts are null already. */
export interface CountedGroup {
  /** One value a dimension, in the order of the plan. */
  group: (string | number | null)[];
  waiting: number | null;
  bands: (number | null)[];
  within: number | null;
  /** Some of these waits have a target. */
  targeted: boolean | null;
  median: number | null;
  p90: number | null;
  p92: number | null;
  longest: number | null;
  /** Longer than each of OVER_WEEKS, in their order. */
  over: (number | null)[];
}

/** A provider's service on a line in scope, with what it has chosen. */
export interface ReportingService {
  line: string;
  provider: string;
  stopRule: 'first-contact' | 'first-treatment';
  targets: Record<string, number>;
}

export interface CountedWaits {
  groups: CountedGroup[];
  unknownStart: number | null;
  stale: number;
  oldestStale: string | null;
  syntheticShape: string | null;
  services: ReportingService[];
}

/** More groups than anyone reads; a report that would have more is refused, not cut short. */
export const MOST_GROUPS = 5000;

interface Band {
  label: string;
  from: number;
  to: number;
}

/** Bands of a scheme with their edges in days. The first takes in all below it, the last all above. */
export function bandsOf(scheme: BandScheme): readonly Band[] {
  if (scheme === 'sitrep') return SITREP_BANDS;
  return WEEKLY_BANDS.map((label, i) => ({
    label,
    from: i === 0 ? 0 : 7 * i + 1,
    to: i === WEEKLY_BANDS.length - 1 ? Infinity : 7 * (i + 1),
  }));
}

/** How many wait, how long, as of a day: the whole report in one statement, so that all its figures are of one moment. */
export async function countWaits(tx: Tx, plan: WaitsPlan): Promise<CountedWaits> {
  const statement = waitsStatement(plan, tx.tenant);
  const found = await tx.one<CountedWaits>(statement.sql, statement.params);
  if (!found) throw new Error('A statement that always gives a row gave none.');
  return found;
}

/** Waits longer than so many weeks are counted apart: what national mental-health measures and planning guidance ask for. */
export const OVER_WEEKS = [18, 52, 78, 104] as const;

/** The statement itself, apart, so that its plan can be looked at. */
export function waitsStatement(plan: WaitsPlan, tenant: string): { sql: string; params: unknown[] } {
  const { disclosure } = plan;
  const params: unknown[] = [tenant, plan.measure, plan.asOf, plan.lines.map((l) => l.line.code)];
  const given = (value: unknown): string => `$${params.push(value)}`;

  const joins = new Set<Joined>(plan.groupBy.flatMap((d) => DIMENSION_SQL[d].joins ?? []));
  const filters: string[] = [];
  if (plan.service !== null) filters.push(`w.line = ${given(plan.service)}`);
  const provider = plan.provider === null ? null : given(plan.provider);
  if (provider !== null) filters.push(`w.provider = ${provider}`);
  if (plan.localAuthority !== null) {
    joins.add('person');
    filters.push(`p.local_authority = ${given(plan.localAuthority)}`);
  }

  const dimensions = plan.groupBy.map((d, i) => `${DIMENSION_SQL[d].sql} as g${i}`);
  const names = plan.groupBy.map((_, i) => `g${i}`);
  const order = plan.groupBy.map((d, i) => DIMENSION_SQL[d].order?.(`g${i}`) ?? `g${i}`);
  const bands = bandsOf(plan.lines[0]?.measure.bands ?? 'sitrep').map(({ from, to }, i) => {
    const [above, below] = [i === 0 ? [] : [`days >= ${from}`], to === Infinity ? [] : [`days <= ${to}`]];
    return sumWhere([...above, ...below].join(' and '), `b${i}`);
  });

  const over = OVER_WEEKS.map((weeks) => sumWhere(`days > ${7 * weeks}`, `over${weeks}`));

  const sql = `
    with lengths as (
      select ${list(...dimensions, '$3::date - w.started_on as days')}, count(*) as n,
        count(*) filter (where w.breach_on is null or w.breach_on > $3) as within, bool_or(w.breach_on is not null) as targeted
        from wait w ${[...joins].map((j) => JOIN_SQL[j]).join(' ')}
       where w.tenant = $1 and w.measure = $2 and w.listed_from <= $3 and w.listed_to > $3 ${filters.map((f) => `and ${f}`).join(' ')}
       group by ${list(...names, 'days')}
    ), ranked as (${rankedLengths(names)}
    ), counted as (
      select ${list(...names, sumWhere('days is not null', 'waiting'), sumWhere('days is null', 'unknown_start'), ...bands, ...over)},
        coalesce(sum(within) filter (where days is not null), 0)::bigint as within, bool_or(targeted) as targeted,
        ${list(...[0.5, 0.9, 0.92].map((p) => `${percentileOfLengths(p)} as p${100 * p}`))}, max(days) as longest
      from ranked ${names.length === 0 ? '' : `group by ${list(...names)} order by ${list(...order)}`} limit ${MOST_GROUPS + 1}
    ), shown as (
      select json_build_array(${list(...names)}) as "group", ${countSql('waiting', disclosure)} as waiting,
        array[${bands.map((_, i) => countSql(`b${i}`, disclosure)).join(', ')}] as bands,
        array[${OVER_WEEKS.map((weeks) => countSql(`over${weeks}`, disclosure)).join(', ')}] as over,
        ${countSql('within', disclosure)} as within, targeted,
        ${percentileSql('p50', 'waiting', disclosure, 50)} as median,
        ${percentileSql('p90', 'waiting', disclosure, 90)} as p90,
        ${percentileSql('p92', 'waiting', disclosure, 92)} as p92,
        ${disclosure === 'none' ? 'longest' : 'null::int as longest'}
      from counted
    ), unknown as (
      select coalesce(sum(unknown_start), 0)::int as starts from counted
    )
    select (select coalesce(json_agg(shown), '[]') from shown) as groups,
      (select ${countSql('starts', disclosure)} from unknown) as "unknownStart",
      (select count(*) from (select from pathway where tenant = $1 and folded < changed limit ${MOST_COUNTED}) counted_stale) as stale,
      (select to_json(min(changed_at)) #>> '{}' from pathway where tenant = $1 and folded < changed) as "oldestStale",
      (select synthetic_shape from tenant where key = $1) as "syntheticShape",
      (select coalesce(json_agg(json_build_object('line', line, 'provider', provider, 'stopRule', stop_rule, 'targets', targets)
                                order by line, provider), '[]')
         from service where tenant = $1 and line = any ($4) ${provider === null ? '' : `and provider = ${provider}`}) as services`;
  return { sql, params };
}

const list = (...columns: string[]): string => columns.join(', ');
