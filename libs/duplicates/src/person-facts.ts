import type { Tx } from '#database';

/** What a join may change of a person: the row without what identifies it, as JSON, in the names of the table. */
export type PersonFacts = Record<(typeof COLUMNS)[number], unknown>;

const COLUMNS = [
  'nhs_number_key',
  'birth_date_key',
  'sex',
  'local_authority',
  'responsible_local_authority',
  'gp_practice',
  'school',
  'ethnic_category',
  'deprivation_decile',
  'sen',
  'social_care',
  'interpreter_language',
  'protected_address',
  'confidential_from_family',
  'identity_disputed_at',
  'died_on',
  'joined_to',
] as const;

/** Gaps that the other record may fill. */
const FILLED = COLUMNS.slice(0, COLUMNS.indexOf('protected_address'));

/** From the one that asks most care. */
const SOCIAL_CARE = ['looked-after', 'child-protection', 'child-in-need', 'care-leaver', 'none', null];

/** Locks the records, in the order of their ids as everybody does, and answers each as it is. */
export async function lockPersons(tx: Tx, ids: readonly string[]): Promise<Map<string, PersonFacts>> {
  const rows = await tx.query<{ id: string; facts: PersonFacts }>(
    `select id, to_jsonb(person) as facts from person where tenant = $1 and id = any($2) order by id for no key update`,
    [tx.tenant, ids],
  );
  return new Map(rows.map(({ id, facts }) => [id, only(facts)]));
}

const only = (facts: PersonFacts): PersonFacts => Object.fromEntries(COLUMNS.map((column) => [column, facts[column]])) as PersonFacts;

export async function writePerson(tx: Tx, id: string, facts: PersonFacts): Promise<void> {
  await tx.execute(
    `update person set (${COLUMNS.join(', ')}) = (select ${COLUMNS.map((c) => `f.${c}`).join(', ')} from jsonb_populate_record(null::person, $3) f)
      where tenant = $1 and id = $2`,
    [tx.tenant, id, JSON.stringify(facts)],
  );
}

/** The joined record: what is kept stands, gaps are filled, and where the two differ in what protects the child it is protected. Pure. */
export function joinedFacts(kept: PersonFacts, other: PersonFacts): PersonFacts {
  const joined: PersonFacts = { ...kept };
  for (const column of FILLED) joined[column] = kept[column] ?? other[column];
  const care = SOCIAL_CARE.find((each) => each === kept.social_care || each === other.social_care);
  return {
    ...joined,
    social_care: care ?? null,
    protected_address: kept.protected_address === true || other.protected_address === true,
    confidential_from_family: [...new Set([kept, other].flatMap((each) => each.confidential_from_family as string[]))].toSorted(),
    identity_disputed_at: kept.identity_disputed_at ?? other.identity_disputed_at,
    died_on: kept.died_on ?? other.died_on,
  };
}

/** The record that was joined with another: nothing finds it any more. Its NHS number leads to the other. */
export const emptiedFacts = (other: PersonFacts, joinedTo: string): PersonFacts => ({
  ...other,
  nhs_number_key: null,
  birth_date_key: null,
  joined_to: joinedTo,
});

export interface FactsOfJoin {
  keptBefore: PersonFacts;
  keptAfter: PersonFacts;
  otherBefore: PersonFacts;
}

/**
 * Both records as they are when a join is taken back: as before it, and what was told since stays with the record it was told of.
 * A death or a dispute that came since could be of either, so it is of both until a person says otherwise. Pure.
 */
export function splitFacts(
  { keptBefore, keptAfter, otherBefore }: FactsOfJoin,
  now: PersonFacts,
): { kept: PersonFacts; other: PersonFacts } {
  const changed = (column: (typeof COLUMNS)[number]): boolean => JSON.stringify(now[column]) !== JSON.stringify(keptAfter[column]);
  const kept: PersonFacts = { ...keptBefore };
  for (const column of COLUMNS) if (changed(column)) kept[column] = now[column];
  const other: PersonFacts = { ...otherBefore };
  if (changed('died_on')) other.died_on = now.died_on;
  if (changed('identity_disputed_at')) other.identity_disputed_at = now.identity_disputed_at ?? otherBefore.identity_disputed_at;
  return { kept, other };
}
