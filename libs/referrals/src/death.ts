import { type Tx } from '#database';
import type { LocalDate } from '#kernel';
import { holdMessages } from '#message-holds';

/**
 * A death stops every open referral of the child, on every line and at every provider, and every message to the household until a person
 * releases them.
 */
export async function recordDeath(tx: Tx, referral: { id: string; personId: string }, diedOn: LocalDate, now: Date): Promise<void> {
  await tx.execute(`update person set died_on = $3 where tenant = $1 and id = $2`, [tx.tenant, referral.personId, diedOn]);
  await lockOtherPathways(tx, referral, now);
  await tx.execute(
    `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select r.tenant, r.pathway_id, r.id, (select max(e.seq) from pathway_event e where e.tenant = r.tenant and e.pathway_id = r.pathway_id and e.referral_id = r.id) + 1,
        'died', $4, '{}', $5, $6, $7
      from referral r where r.tenant = $1 and r.person_id = $2 and r.id <> $3`,
    [tx.tenant, referral.personId, referral.id, diedOn, now, tx.principal.subject, tx.principal.org],
  );
  await holdMessages(tx, [referral.personId], { why: 'death in the household', now });
}

/** Takes a death back: the waits are as they were, and messages stay on hold until a person releases them. */
export async function takeBackDeath(
  tx: Tx,
  referral: { id: string; personId: string },
  reason: string,
  now: Date,
  today: LocalDate,
): Promise<void> {
  await tx.execute(`update person set died_on = null where tenant = $1 and id = $2`, [tx.tenant, referral.personId]);
  await lockOtherPathways(tx, referral, now);
  await tx.execute(
    `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select e.tenant, e.pathway_id, e.referral_id,
        (select max(m.seq) from pathway_event m where m.tenant = e.tenant and m.pathway_id = e.pathway_id and m.referral_id = e.referral_id)
          + row_number() over (partition by e.referral_id order by e.seq),
        'event-voided', $4, jsonb_build_object('seq', e.seq, 'reason', $5::text), $6, $7, $8
      from pathway_event e join referral r on r.tenant = e.tenant and r.pathway_id = e.pathway_id and r.id = e.referral_id
      where r.tenant = $1 and r.person_id = $2 and r.id <> $3 and e.type = 'died' and not exists (
        select from pathway_event v where v.tenant = e.tenant and v.pathway_id = e.pathway_id and v.referral_id = e.referral_id
          and v.type = 'event-voided' and (v.data ->> 'seq')::integer = e.seq)`,
    [tx.tenant, referral.personId, referral.id, today, reason, now, tx.principal.subject, tx.principal.org],
  );
}

/** In the order of their ids, as everybody locks several. */
async function lockOtherPathways(tx: Tx, referral: { id: string; personId: string }, now: Date): Promise<void> {
  await tx.query(`select id from pathway where tenant = $1 and person_id = $2 order by id for no key update`, [
    tx.tenant,
    referral.personId,
  ]);
  await tx.execute(
    `update pathway set changed = changed + 1, changed_at = $4 where tenant = $1 and person_id = $2
      and id <> (select pathway_id from referral where tenant = $1 and id = $3)`,
    [tx.tenant, referral.personId, referral.id, now],
  );
}
