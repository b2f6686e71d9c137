import type { Tx } from '#database';

/** Why nothing goes to a household, as it is said to staff. */
export type HoldReason =
  | 'death in the household'
  | 'a closure code may mean a death'
  | 'a row that tells of a death was set aside'
  | 'a file that waits for a person tells of a death'
  | 'held by staff';

/**
 * Nothing goes to these children's households until a person releases it: to no address by which any provider reaches, or has reached, any of
 * them, whichever child a message is about. Held twice for one reason, once.
 * @param note what must be found out, where a person says it
 * @returns ids of the holds that are new
 */
export async function holdMessages(
  tx: Tx,
  personIds: readonly string[],
  why: HoldReason,
  now: Date,
  note: string | null = null,
): Promise<string[]> {
  if (personIds.length === 0) return [];
  const held = await tx.query<{ id: string }>(
    `insert into message_hold (tenant, id, person_id, why, since, note)
      select $1, gen_random_uuid(), person_id, $3, $4, $5 from (select distinct unnest($2::uuid[]) as person_id) as told
      where not exists (select from message_hold h
        where h.tenant = $1 and h.person_id = told.person_id and h.why = $3 and h.released_at is null)
      returning id`,
    [tx.tenant, personIds, why, now, note],
  );
  return held.map(({ id }) => id);
}

/** Why nothing goes to a household, and whether it is for the child that was asked about, or for another of the household. */
export interface HouseholdHold {
  why: HoldReason;
  ofThisChild: boolean;
}

/** What is in force for this child's household. Called where every record is open: a sibling may be known to another provider. */
export async function holdsOfHousehold(tx: Tx, personId: string): Promise<HouseholdHold[]> {
  return tx.query<HouseholdHold>(
    `with household as (
        select $2::uuid as person_id
        union select o.person_id from contact k join contact o on o.tenant = k.tenant and o.phone = k.phone where k.tenant = $1 and k.person_id = $2
        union select o.person_id from contact k join contact o on o.tenant = k.tenant and o.email = k.email where k.tenant = $1 and k.person_id = $2)
      select distinct h.why, h.person_id = $2 as "ofThisChild"
      from household join message_hold h on h.tenant = $1 and h.person_id = household.person_id and h.released_at is null order by 2 desc, 1`,
    [tx.tenant, personId],
  );
}

/** For statements that pick whom to write to: nothing is sent about this child. Takes SQL expressions, is one. */
export const isHeld = (tenant: string, personId: string): string =>
  `exists (select from message_hold h where h.tenant = ${tenant} and h.person_id = ${personId} and h.released_at is null)`;

/**
 * The same for an address: it is, or was, one of the household of a child whose messages are held.
 * `offset 0` keeps each a look-up by index (see who is written to).
 */
export const reachesHeldHousehold = (tenant: string, address: string): string =>
  `(${['phone', 'email'].map((column) => `exists (select from contact o where o.tenant = ${tenant} and o.${column} = ${address} and ${isHeld('o.tenant', 'o.person_id')} offset 0)`).join(' or ')})`;
