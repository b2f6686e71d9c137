import type { Tx } from '#database';

/** Why nothing goes to a household, as it is said to staff. */
export type HoldReason =
  | 'death in the household'
  | 'a closure code may mean a death'
  | 'a row that tells of a death was set aside'
  | 'a file that waits for a person tells of a death'
  | 'an older file tells of a death'
  | 'a message that tells of a death was set aside'
  | 'held by staff';

export interface Holding {
  why: HoldReason;
  now: Date;
  /** What must be found out, where a person says it. */
  note?: string;
  /** The file that told it: one decision may release all holds of a file. */
  importId?: string;
}

/**
 * Nothing goes to these children's households until a person releases it, whichever child of one a message is about. Held twice for one reason, once.
 * @returns ids of the holds that are new
 */
export async function holdMessages(tx: Tx, personIds: readonly string[], { why, now, note, importId }: Holding): Promise<string[]> {
  if (personIds.length === 0) return [];
  // Locked: a record that is being joined to another stands for that one.
  const people = await tx.query<{ id: string }>(
    `select coalesce(joined_to, id) as id from person where tenant = $1 and id = any($2) order by id for no key update`,
    [tx.tenant, personIds],
  );
  const held = await tx.query<{ id: string }>(
    `insert into message_hold (tenant, id, person_id, why, since, note, provider, import_id)
      select $1, gen_random_uuid(), told.person_id, $3, $4, $5, $6, $7 from (select distinct unnest($2::uuid[]) as person_id) told
      where not exists (select from message_hold h
        where h.tenant = $1 and h.person_id = told.person_id and h.why = $3 and h.released_at is null)
      returning id`,
    [tx.tenant, people.map(({ id }) => id), why, now, note ?? null, tx.principal.org, importId ?? null],
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
  const sharing = (
    column: string,
  ): string => `select o.person_id from contact k join contact o on o.tenant = k.tenant and o.${column} = k.${column}
    where k.tenant = $1 and k.person_id = $2 and ${isFamily('k')} and ${isFamily('o')}`;
  return tx.query<HouseholdHold>(
    `select distinct h.why, h.person_id = $2 as "ofThisChild"
      from (select $2::uuid as person_id union ${sharing('phone')} union ${sharing('email')}) household
      join message_hold h on h.tenant = $1 and h.person_id = household.person_id and h.released_at is null order by 2 desc, 1`,
    [tx.tenant, personId],
  );
}

/** For statements that pick whom to write to, whose $1 is the tenant: messages about this very child are held. */
export const isHeld = (personId: string): string =>
  `exists (select from message_hold h where h.tenant = $1 and h.person_id = ${personId} and h.released_at is null)`;

/**
 * The same for another child of its household: one whose family has, or had, an address of this child's. The addresses that are held are
 * gathered once a statement, and looked up in memory.
 */
export const isSiblingHeld = (personId: string): string => {
  const held = (
    column: string,
  ): string => `select o.${column} from message_hold h join contact o on o.tenant = $1 and o.person_id = h.person_id
    where h.tenant = $1 and h.released_at is null and o.${column} is not null and ${isFamily('o')}`;
  return `exists (select from contact k where k.tenant = $1 and k.person_id = ${personId} and ${isFamily('k')}
    and (k.phone in (${held('phone')}) or k.email in (${held('email')})) offset 0)`;
};

/** SQL, of an alias of `contact`: a worker of many children makes no household of them. */
export const isFamily = (contact: string): string => `${contact}.role not in ('professional', 'social-worker')`;
