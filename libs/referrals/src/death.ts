import { type Tx } from '#database';
import type { LocalDate } from '#kernel';

/**
 * A death stops every open referral of the child, on every line and at every provider, and every message to the household:
 * nothing goes to any address by which any provider reaches the child's family until a person releases it.
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
  await holdMessages(tx, referral.personId, now);
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

/** Who tells us of a death need not see whom others contact: the addresses are held by the system, and shown to nobody. */
async function holdMessages(tx: Tx, personId: string, now: Date): Promise<void> {
  await tx.query(
    `select set_config('meanwhile.org', '*', true), set_config('meanwhile.identity_purpose', 'hold messages after a death', true)`,
  );
  await tx.execute(
    `insert into message_hold (tenant, id, person_id, address, why, since)
      select $1, gen_random_uuid(), $2, address, 'death in the household', $3
      from (select phone as address from contact where tenant = $1 and person_id = $2 and phone is not null
        union select email from contact where tenant = $1 and person_id = $2 and email is not null
        union select $4) as a`,
    [tx.tenant, personId, now, `person:${personId}`],
  );
  await tx.query(`select set_config('meanwhile.org', $1, true), set_config('meanwhile.identity_purpose', '', true)`, [tx.principal.org]);
}
