import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import { countSql, percentileSql, type Disclosure } from './disclosure.js';
import { percentileOfLengths, rankedLengths, sumWhere } from './lengths.js';

/** What the statements of the first screen share. */
export interface OverviewScope {
  asOf: LocalDate;
  now: Date;
  /** Null: every provider of the tenant. */
  provider: string | null;
  disclosure: Disclosure;
}

/** Whole lines, cut by council and by provider. `name` is the code cut by; null for the whole, or where a council is not recorded. */
export interface Cut {
  line: string;
  cut: 'all' | 'council' | 'provider';
  name: string | null;
}

/** One row of a line's figures becomes three: of the whole, of the council, of the provider. */
const CUTS = `cross join lateral (values ('all', null), ('council', council), ('provider', provider)) as k (cut, name)`;

/** A count column, as it may be shown. */
const count = (sql: string, name: string, { disclosure }: OverviewScope): string => `${countSql(sql, disclosure)} as "${name}"`;

const SUCCESSFUL_STOPS = `('first-contact', 'treatment', 'full-clock-stop', 'handover')`;
const OVER_52_WEEKS = 365;
const TWELVE_WEEKS = 84;

export interface ListFigures extends Cut {
  measure: string;
  waiting: number | null;
  overTarget: number | null;
  over52Weeks: number | null;
  unknownStart: number | null;
  median: number | null;
  targeted: boolean | null;
}

/** Who waits on each list today, how long. */
export async function listsOf(tx: Tx, scope: OverviewScope): Promise<ListFigures[]> {
  const groups = ['line', 'measure', 'cut', 'name'];
  return tx.query<ListFigures>(
    `with listed as (
       select w.line, w.measure, p.local_authority as council, w.provider, $2::date - w.started_on as days, count(*) as n,
         count(*) filter (where w.breach_on <= $2) as over_target, bool_or(w.breach_on is not null) as targeted
         from wait w join person p on p.tenant = w.tenant and p.id = w.person_id
        where w.tenant = $1 and w.listed_from <= $2 and w.listed_to > $2 and w.measure <> 'experienced' and ($3::text is null or w.provider = $3)
        group by 1, 2, 3, 4, 5
     ), lengths as (
       select line, measure, k.cut, k.name, days, sum(n) as n, sum(over_target) as over_target, bool_or(targeted) as targeted
         from listed ${CUTS} group by 1, 2, 3, 4, 5
     ), ranked as (${rankedLengths(groups)}
     ), counted as (
       select ${groups.join(', ')}, ${sumWhere('days is not null', 'waiting')}, ${sumWhere('days is null', 'unknown_start')},
         ${sumWhere(`days >= ${OVER_52_WEEKS}`, 'over_52')}, coalesce(sum(over_target), 0)::bigint as over_target,
         bool_or(targeted) as targeted, ${percentileOfLengths(0.5)} as median
       from ranked group by ${groups.join(', ')}
     )
     select ${groups.join(', ')}, targeted, ${count('waiting', 'waiting', scope)}, ${count('over_target', 'overTarget', scope)},
       ${count('over_52', 'over52Weeks', scope)}, ${count('unknown_start', 'unknownStart', scope)},
       ${percentileSql('median', 'waiting', scope.disclosure, 50)} as median
     from counted order by line, measure, cut, name nulls last`,
    [tx.tenant, scope.asOf, scope.provider],
  );
}

export interface CareFigures extends Cut {
  noContact: number | null;
  overdueCheckIns: number | null;
}

/** Who waits without having spoken to anybody for twelve weeks, and who is owed a check-in whose day has passed without one being sent. */
export async function careOf(tx: Tx, scope: OverviewScope): Promise<CareFigures[]> {
  return tx.query<CareFigures>(
    `with open as (
       select s.line, p.local_authority as council, s.provider,
         count(*) filter (where s.state = 'waiting' and coalesce(s.last_human_contact_on, s.listed_on) <= $2::date - ${TWELVE_WEEKS}) as no_contact,
         count(*) filter (where s.next_check_in_on < $2 and not exists (
           select from check_in c where c.tenant = s.tenant and c.referral_id = s.referral_id and c.closed_at is null and c.state = 'sent')) as overdue
         from referral_state s join person p on p.tenant = s.tenant and p.id = s.person_id
        where s.tenant = $1 and s.state in ('waiting', 'monitored', 'in-treatment') and ($3::text is null or s.provider = $3)
        group by 1, 2, 3
     ), counted as (
       select line, k.cut, k.name, sum(no_contact)::bigint as no_contact, sum(overdue)::bigint as overdue from open ${CUTS} group by 1, 2, 3
     )
     select line, cut, name, ${count('no_contact', 'noContact', scope)}, ${count('overdue', 'overdueCheckIns', scope)} from counted`,
    [tx.tenant, scope.asOf, scope.provider],
  );
}

export interface EscalationFigures extends Cut {
  red: number | null;
  amber: number | null;
  pastDeadline: number | null;
}

/** Worries that are not resolved. */
export async function escalationsOf(tx: Tx, scope: OverviewScope): Promise<EscalationFigures[]> {
  return tx.query<EscalationFigures>(
    `with open as (
       select e.line, p.local_authority as council, e.provider, count(*) filter (where e.level = 'red') as red,
         count(*) filter (where e.level = 'amber') as amber, count(*) filter (where e.due_at < $2) as late
         from escalation e join person p on p.tenant = e.tenant and p.id = e.person_id
        where e.tenant = $1 and e.state <> 'resolved' and ($3::text is null or e.provider = $3)
        group by 1, 2, 3
     ), counted as (
       select line, k.cut, k.name, sum(red)::bigint as red, sum(amber)::bigint as amber, sum(late)::bigint as late from open ${CUTS} group by 1, 2, 3
     )
     select line, cut, name, ${count('red', 'red', scope)}, ${count('amber', 'amber', scope)}, ${count('late', 'pastDeadline', scope)} from counted`,
    [tx.tenant, scope.now, scope.provider],
  );
}

export interface EndFigures extends Cut {
  treated: number | null;
  untreated: number | null;
  died: number | null;
}

/** How waits of the headline measures left their lists in twelve months: by being seen or treated, or otherwise. A rejection is otherwise. */
export async function endsOf(tx: Tx, scope: OverviewScope, headlines: readonly string[]): Promise<EndFigures[]> {
  return tx.query<EndFigures>(
    `with ended as (
       select w.line, p.local_authority as council, w.provider, count(*) filter (where w.stop_kind in ${SUCCESSFUL_STOPS}) as treated,
         count(*) filter (where w.stop_kind in ('no-treatment', 'removed') or (w.state = 'excluded' and s.state = 'rejected')) as untreated,
         count(*) filter (where w.stop_kind = 'died') as died
         from wait w join person p on p.tenant = w.tenant and p.id = w.person_id
           left join referral_state s on s.tenant = w.tenant and s.referral_id = w.referral_id
        where w.tenant = $1 and w.measure = any ($4) and w.headline and w.is_latest and w.stopped_on <= $2
          and w.stopped_on > ($2::date - interval '12 months') and ($3::text is null or w.provider = $3)
        group by 1, 2, 3
     ), counted as (
       select line, k.cut, k.name, sum(treated)::bigint as treated, sum(untreated)::bigint as untreated, sum(died)::bigint as died
         from ended ${CUTS} group by 1, 2, 3
     )
     select line, cut, name, ${count('treated', 'treated', scope)}, ${count('untreated', 'untreated', scope)}, ${count('died', 'died', scope)} from counted`,
    [tx.tenant, scope.asOf, scope.provider, headlines],
  );
}

/** Who offers which service, by name. */
export async function whoReports(
  tx: Tx,
  scope: OverviewScope,
): Promise<{ line: string; provider: string; name: string; stopRule: string }[]> {
  return tx.query(
    `select s.line, s.provider, o.name, s.stop_rule as "stopRule" from service s join organisation o on o.code = s.provider
      where s.tenant = $1 and ($2::text is null or s.provider = $2) order by s.line, s.provider`,
    [tx.tenant, scope.provider],
  );
}

export async function councilNames(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.query<{ code: string; name: string }>(`select code, name from organisation where kind = 'local-authority'`);
  return new Map(rows.map((r) => [r.code, r.name]));
}
