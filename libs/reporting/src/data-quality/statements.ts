import type { Tx } from '#database';
import { countSql } from '../disclosure.js';
import { IS_OPEN, REFERRAL_PROBLEMS, type AfterRow, type Problem, type ProblemRow, type QualityScope } from './problems.js';
import { listUnmapped, UNMAPPED, UNMAPPED_OF_SERVICE } from './unmapped.js';

/** What answers a booking: it took place, or was called off or moved. */
const OUTCOMES = `('contact', 'appointment-cancelled', 'rebooked', 'treatment-started', 'intervention', 'assessed', 'handed-over')`;

/** Ends without treatment, which a family must be told of. What was discharged after treatment is none. */
const ENDS_UNTREATED = `(e.type in ('referral-rejected', 'removed', 'treatment-declined', 'decision-not-to-treat', 'active-monitoring-started')
  or (e.type = 'discharged' and s.treated_on is null) or (e.type = 'prescription-decided' and e.data->>'none' = 'true'))`;

/** Open referrals, and those that ended in twelve months: what is older is history, and nobody mends it. */
const LOOKED_AT = `looked_at as (
  select s.* from referral_state s
   where s.tenant = $1 and (${IS_OPEN} or s.ended_on > ($2::date - interval '12 months'))
     and ($3::text is null or s.provider = $3) and ($4::text is null or s.line = $4))`;

/**
 * What was told of each referral, without what was taken back: its events read once, whatever the problems are. `not in` a list is looked up
 * in memory; as `not exists` it became a look-up by index an event, two thirds of the whole statement (99,000 events: 780 ms, now 300).
 */
const TOLD = `voided as materialized (
  select v.referral_id, (v.data->>'seq')::integer as seq from pathway_event v
   where v.tenant = $1 and v.type = 'event-voided' and v.data->>'seq' is not null
), told as (
  select e.referral_id, max(e.occurred_on) as last_on,
    max(e.occurred_on) filter (where e.type = 'appointment-booked') as booked_on,
    max(e.occurred_on) filter (where e.type in ${OUTCOMES}) as outcome_on,
    min(e.occurred_on) filter (where e.type = 'contact' and e.occurred_on > s.ended_on) as contact_after_end_on,
    min(e.occurred_on) filter (where e.asserted_by_import and e.data->>'familyToldOn' is null and ${ENDS_UNTREATED}) as ended_untold_on
    from looked_at s join pathway_event e on e.tenant = $1 and e.pathway_id = s.pathway_id and e.referral_id = s.referral_id
   where e.type <> 'event-voided' and (e.referral_id, e.seq) not in (select referral_id, seq from voided)
   group by e.referral_id)`;

const FACTS = `looked_at s join person p on p.tenant = $1 and p.id = s.person_id left join told t on t.referral_id = s.referral_id`;

/** One service's figures. Suppressed counts are null already. */
export interface CountedService {
  line: string;
  provider: string;
  name: string;
  open: number | null;
  problems: (number | null)[];
}

/** Every problem of every service in one statement; a service without any is at zero. */
export async function countProblems(tx: Tx, { today, provider, service, disclosure }: QualityScope): Promise<CountedService[]> {
  const counted = [IS_OPEN, ...REFERRAL_PROBLEMS.map((p) => p.where)].map((where, i) => `count(*) filter (where ${where}) as n${i}`);
  // In the order of PROBLEMS.
  const shown = [...REFERRAL_PROBLEMS.map((_, i) => `coalesce(n${i + 1}, 0)`), UNMAPPED_OF_SERVICE].map((n) => countSql(n, disclosure));
  return tx.query<CountedService>(
    `with ${LOOKED_AT}, ${TOLD}, ${UNMAPPED},
      counted as (select s.line, s.provider, ${counted.join(', ')} from ${FACTS} group by s.line, s.provider)
     select v.line, v.provider, o.name, ${countSql('coalesce(n0, 0)', disclosure)} as open, json_build_array(${shown.join(', ')}) as problems
       from service v join organisation o on o.code = v.provider left join counted c on c.line = v.line and c.provider = v.provider
      where v.tenant = $1 and ($3::text is null or v.provider = $3) and ($4::text is null or v.line = $4) order by v.line, v.provider`,
    [tx.tenant, today, provider, service],
  );
}

/** Referrals, or rows, with one problem, the oldest first. */
export async function listProblem(
  tx: Tx,
  problem: Problem,
  { today, provider, service, disclosure }: QualityScope,
  limit: number,
  after: AfterRow | undefined,
): Promise<ProblemRow[]> {
  const ofReferral = REFERRAL_PROBLEMS.find(({ code }) => code === problem.code);
  if (!ofReferral) return said(problem, await listUnmapped(tx, { today, provider, service, disclosure }, limit, after));
  const { where, since, readsEvents } = ofReferral;
  const facts = readsEvents ? FACTS : 'looked_at s join person p on p.tenant = $1 and p.id = s.person_id';
  const rows = await tx.query<Omit<ProblemRow, 'problem' | 'wrong'>>(
    `with ${readsEvents ? `${LOOKED_AT}, ${TOLD}` : LOOKED_AT}
     select s.referral_id as key, s.referral_id as "referralId", s.person_id as "personId", s.line as service, s.received_on as "receivedOn", ${since} as since
       from ${facts}
      where ${where} and ($5::date is null or (${since}, s.referral_id) > ($5::date, $6::uuid))
      order by since, s.referral_id limit $7`,
    [tx.tenant, today, provider, service, after?.since ?? null, after?.key ?? null, limit],
  );
  return said(problem, rows);
}

const said = ({ code, title }: Problem, rows: readonly Omit<ProblemRow, 'problem' | 'wrong'>[]): ProblemRow[] =>
  rows.map((row) => ({ ...row, problem: code, wrong: title }));
