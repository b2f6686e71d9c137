import type { Tx } from '#database';
import type { AfterRow, ProblemRow, QualityScope } from './problems.js';

/**
 * Rows that an import set aside in the last 12 months for a code nobody has mapped, until what they are about is told again: a referral by an
 * extract as new, an event by any later event of its referral. Of rows about the same, the one set aside last. A row whose service cannot be
 * told is with no service; its import lists it.
 */
export const UNMAPPED = `unmapped as (
  select distinct on (j.provider, i.layout, coalesce(j.source_system || ' ' || j.source_id, j.import_id || ' ' || j.row_no))
    md5(j.import_id || ' ' || j.row_no)::uuid as key, j.import_id, j.row_no, j.provider, coalesce(r.line, j.line) as line, r.id as referral_id, r.person_id,
    (i.created_at at time zone 'Europe/London')::date as since
    from import_reject j join import i on i.tenant = j.tenant and i.id = j.import_id
    left join referral r on r.tenant = j.tenant and r.provider = j.provider and r.source_system = j.source_system and r.source_id = j.source_id
   where j.tenant = $1 and i.mode = 'apply' and i.state = 'finished' and i.created_at > ($2::date - interval '12 months')
     and j.problems @> '[{"code": "unknown-code"}]'
     and ($3::text is null or j.provider = $3) and ($4::text is null or coalesce(r.line, j.line) = $4)
     and (r.id is null or case i.layout when 'referrals' then coalesce(r.extracted_on < i.extracted_on, true) else not exists (
       select from pathway_event e where e.tenant = r.tenant and e.pathway_id = r.pathway_id and e.referral_id = r.id and e.recorded_at > i.ended_at) end)
   order by j.provider, i.layout, coalesce(j.source_system || ' ' || j.source_id, j.import_id || ' ' || j.row_no), i.created_at desc, j.row_no)`;

/** How many of a service `v`. */
export const UNMAPPED_OF_SERVICE = '(select count(*) from unmapped u where u.line = v.line and u.provider = v.provider)';

/** Rows with a code nobody has mapped, the oldest first; of a referral where one is held. */
export async function listUnmapped(
  tx: Tx,
  { today, provider, service }: QualityScope,
  limit: number,
  after: AfterRow | undefined,
): Promise<Omit<ProblemRow, 'problem' | 'wrong'>[]> {
  return tx.query(
    `with ${UNMAPPED}
     select u.key, u.referral_id as "referralId", u.person_id as "personId", u.line as service, s.received_on as "receivedOn", u.since,
       u.import_id as "importId", u.row_no as "rowNo"
       from unmapped u left join referral_state s on s.tenant = $1 and s.referral_id = u.referral_id
      where u.line is not null and ($5::date is null or (u.since, u.key) > ($5::date, $6::uuid))
      order by u.since, u.key limit $7`,
    [tx.tenant, today, provider, service, after?.since ?? null, after?.key ?? null, limit],
  );
}
