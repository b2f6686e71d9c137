import { readIdentity, type Tx } from '#database';
import { isProvider } from '#kernel';

export interface ChildName {
  givenName: string;
  familyName: string;
  birthDate: string;
}

/** Names of children as the asking provider knows them; who has read them, and why, is written down. Empty for roles that see no child. */
export async function namesOf(tx: Tx, now: Date, purpose: string, personIds: readonly string[]): Promise<Map<string, ChildName>> {
  const ids = [...new Set(personIds)];
  if (ids.length === 0 || !isProvider(tx.principal)) return new Map();
  const rows = await readIdentity(tx, now, purpose, ids, () =>
    tx.query<ChildName & { personId: string }>(
      `select person_id as "personId", given_name as "givenName", family_name as "familyName", birth_date as "birthDate"
         from person_identity where tenant = $1 and provider = $2 and person_id = any ($3)`,
      [tx.tenant, tx.principal.org, ids],
    ),
  );
  return new Map(rows.map(({ personId, ...name }) => [personId, name]));
}
