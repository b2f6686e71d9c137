import type { Tx } from '#database';
import { undoCrossings } from '#waits';

/** A referral and the pathway it stands on. */
export interface PlacedReferral {
  id: string;
  pathwayId: string;
}

export async function referralsOf(tx: Tx, personId: string): Promise<PlacedReferral[]> {
  return tx.query<PlacedReferral>(`select id, pathway_id as "pathwayId" from referral where tenant = $1 and person_id = $2 order by id`, [
    tx.tenant,
    personId,
  ]);
}

/** Finds or makes the child's pathways on the lines of these referrals. */
export async function makePathways(tx: Tx, personId: string, referralIds: readonly string[], now: Date): Promise<string[]> {
  const made = await tx.query<{ id: string }>(
    `insert into pathway (tenant, id, person_id, line, changed_at)
      select $1, gen_random_uuid(), $2, line, $4 from (select distinct line from referral where tenant = $1 and id = any($3)) as of_them
      on conflict (tenant, person_id, line) do nothing returning id`,
    [tx.tenant, personId, referralIds, now],
  );
  return made.map(({ id }) => id);
}

/** Locks every pathway of both children, in the order of their ids as everybody does, and marks them to be folded. */
export async function lockPathways(tx: Tx, personIds: readonly string[], now: Date): Promise<void> {
  await tx.query(`select id from pathway where tenant = $1 and person_id = any($2) order by id for no key update`, [tx.tenant, personIds]);
  await tx.execute(`update pathway set changed = changed + 1, changed_at = $3 where tenant = $1 and person_id = any($2)`, [
    tx.tenant,
    personIds,
    now,
  ]);
}

/**
 * Moves referrals to the child's own pathways on their lines, with everything that is kept of them. Events follow by their foreign key: no event
 * changes, and the application still may change none. What was folded of them goes, and is folded again; what they had crossed is undone.
 */
export async function moveReferrals(tx: Tx, referralIds: readonly string[], toPerson: string, now: Date): Promise<void> {
  const places = await tx.query<{ id: string }>(
    `select distinct p.id from referral r join pathway p on p.tenant = r.tenant and p.line = r.line and p.person_id in (r.person_id, $3)
      where r.tenant = $1 and r.id = any($2)`,
    [tx.tenant, referralIds, toPerson],
  );
  const pathwayIds = places.map(({ id }) => id);
  await tx.execute(`delete from wait_referral where tenant = $1 and pathway_id = any($2)`, [tx.tenant, pathwayIds]);
  await tx.execute(`delete from wait where tenant = $1 and pathway_id = any($2) and referral_id = any($3)`, [
    tx.tenant,
    pathwayIds,
    referralIds,
  ]);
  await undoCrossings(tx, pathwayIds, now);
  await tx.execute(
    `update referral r set pathway_id = p.id, person_id = p.person_id from pathway p
      where r.tenant = $1 and r.id = any($2) and p.tenant = r.tenant and p.person_id = $3 and p.line = r.line`,
    [tx.tenant, referralIds, toPerson],
  );
  for (const table of ['referral_state', 'check_in', 'escalation'])
    await tx.execute(`update ${table} set person_id = $3 where tenant = $1 and referral_id = any($2)`, [tx.tenant, referralIds, toPerson]);
  await tx.execute(
    `update message m set person_id = $3 from check_in c
      where m.tenant = $1 and c.tenant = m.tenant and c.id = m.check_in_id and c.referral_id = any($2)`,
    [tx.tenant, referralIds, toPerson],
  );
}
