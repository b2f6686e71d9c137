import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import { holdMessages, type HoldReason } from '#message-holds';

export interface ToldDeath {
  referralId: string;
  seq: number;
}

const NEXT_SEQ = `(select max(m.seq) from pathway_event m where m.tenant = r.tenant and m.pathway_id = r.pathway_id and m.referral_id = r.id)`;
const notVoided = (
  e: string,
): string => `not exists (select from pathway_event v where v.tenant = ${e}.tenant and v.pathway_id = ${e}.pathway_id
  and v.referral_id = ${e}.referral_id and v.type = 'event-voided' and (v.data ->> 'seq')::integer = ${e}.seq)`;

/** One of two records said that the child died: it is told of every referral that has not heard. */
export async function tellDeath(tx: Tx, personId: string, diedOn: LocalDate, now: Date): Promise<ToldDeath[]> {
  return tx.query<ToldDeath>(
    `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select r.tenant, r.pathway_id, r.id, ${NEXT_SEQ} + 1, 'died', $3, '{}', $4, $5, $6 from referral r
      where r.tenant = $1 and r.person_id = $2 and not exists (
        select from pathway_event e where e.tenant = r.tenant and e.pathway_id = r.pathway_id and e.referral_id = r.id and e.type = 'died' and ${notVoided('e')})
      returning referral_id as "referralId", seq`,
    [tx.tenant, personId, diedOn, now, tx.principal.subject, tx.principal.org],
  );
}

/** Takes back what a join had told, where nobody has done so since. */
export async function takeBackDeaths(tx: Tx, told: readonly ToldDeath[], today: LocalDate, now: Date): Promise<void> {
  await tx.execute(
    `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select r.tenant, r.pathway_id, r.id, ${NEXT_SEQ} + 1, 'event-voided', $3,
        jsonb_build_object('seq', e.seq, 'reason', 'the records were joined by mistake'), $4, $5, $6
      from jsonb_to_recordset($2) as t ("referralId" uuid, seq integer)
      join referral r on r.tenant = $1 and r.id = t."referralId"
      join pathway_event e on e.tenant = r.tenant and e.pathway_id = r.pathway_id and e.referral_id = r.id and e.seq = t.seq
      where ${notVoided('e')}`,
    [tx.tenant, JSON.stringify(told), today, now, tx.principal.subject, tx.principal.org],
  );
}

/** Holds that a join put, and that only it was a reason for. */
export async function releaseHolds(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  await tx.execute(
    `update message_hold set released_at = $3, released_by = $4, released_org = $5, release_note = 'the records were joined by mistake'
      where tenant = $1 and id = any($2) and released_at is null`,
    [tx.tenant, ids, now, tx.principal.name, tx.principal.org],
  );
}

/** What was held for the kept record since the join may be of either child: of both, until a person says whose. */
export async function holdBoth(tx: Tx, join: { id: string; kept: string; other: string }, now: Date): Promise<void> {
  const since = await tx.query<{ why: HoldReason }>(
    `select distinct h.why from message_hold h join person_join j on j.tenant = h.tenant and j.id = $2
      where h.tenant = $1 and h.person_id = $3 and h.released_at is null and h.since >= j.joined_at`,
    [tx.tenant, join.id, join.kept],
  );
  for (const { why } of since) await holdMessages(tx, [join.other], { why, now });
}
