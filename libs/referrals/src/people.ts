import type { Secrets } from '#config';
import { PREPARED, type Tx } from '#database';
import { newId, type LocalDate } from '#kernel';
import { birthDateKey, idOf, nhsNumberKey } from './matching-keys.js';
import type { ContactDto, NewReferral, PersonDto } from './new-referral.js';

export interface MatchedPerson {
  id: string;
  diedOn: LocalDate | null;
}

/** Columns of a person that any referral may fill. */
export const KNOWN_OF_PERSON = [
  'sex',
  'local_authority',
  'responsible_local_authority',
  'gp_practice',
  'school',
  'ethnic_category',
  'sen',
  'social_care',
  'interpreter_language',
] as const;

/**
 * Finds the child by NHS number in this tenant, or makes the record. What is known already is kept; gaps are filled.
 * Another birth date under the same number puts the identity in dispute: taken in, no messages, a person decides.
 */
export async function matchPerson(tx: Tx, person: PersonDto, secrets: Secrets, now: Date): Promise<MatchedPerson> {
  const numberKey = person.nhsNumber ? nhsNumberKey(secrets.nhsNumberKey, tx.tenant, person.nhsNumber) : null;
  const birthKey = person.nhsNumber ? birthDateKey(secrets.nhsNumberKey, tx.tenant, person.nhsNumber, person.birthDate) : null;
  const row = await tx.one<MatchedPerson & { isOtherBirthDate: boolean }>(
    `insert into person (tenant, id, nhs_number_key, birth_date_key, birth_month, ${KNOWN_OF_PERSON.join(', ')}, protected_address, confidential_from_family)
      values ($1, $2, $3, $4, date_trunc('month', $5::date), $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
      on conflict (tenant, nhs_number_key) do update set
        ${KNOWN_OF_PERSON.map((c) => `${c} = coalesce(person.${c}, excluded.${c})`).join(', ')},
        protected_address = person.protected_address or excluded.protected_address,
        confidential_from_family = array(select distinct unnest(person.confidential_from_family || excluded.confidential_from_family) order by 1),
        identity_disputed_at = case when person.birth_date_key is distinct from excluded.birth_date_key
          then coalesce(person.identity_disputed_at, $17) else person.identity_disputed_at end
      returning id, died_on as "diedOn", birth_date_key is distinct from $4 as "isOtherBirthDate"`,
    [
      tx.tenant,
      newId(now),
      numberKey,
      birthKey,
      person.birthDate,
      person.sex ?? null,
      person.localAuthority ?? null,
      person.responsibleLocalAuthority ?? null,
      person.gpPractice ?? null,
      person.school ?? null,
      person.ethnicCategory ?? null,
      person.sen ?? null,
      person.socialCare ?? null,
      person.interpreterLanguage ?? null,
      person.protectedAddress ?? false,
      person.confidentialFromFamily ?? [],
      now,
    ],
    PREPARED,
  );
  if (!row) throw new Error('A person was neither found nor made.');
  if (row.isOtherBirthDate) await keepOtherBirthDate(tx, row.id, person.birthDate, now);
  return row;
}

/** A child who is known already was told of with another birth date: nothing is sent until a person decides. */
export async function disputeBirthDate(tx: Tx, personId: string, birthDate: LocalDate, now: Date): Promise<void> {
  await tx.execute(`update person set identity_disputed_at = coalesce(identity_disputed_at, $3) where tenant = $1 and id = $2`, [
    tx.tenant,
    personId,
    now,
  ]);
  await keepOtherBirthDate(tx, personId, birthDate, now);
}

/** What was told is kept for the person who decides: the provider's record of who the child is keeps the first birth date it was told. */
async function keepOtherBirthDate(tx: Tx, personId: string, birthDate: LocalDate, now: Date): Promise<void> {
  await tx.execute(
    `insert into told_birth_date (tenant, person_id, provider, birth_date, told_at) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [tx.tenant, personId, tx.principal.org, birthDate, now],
  );
}

export const CONTACT_COLUMNS = `id, name, relationship, role, parental_responsibility, household, may_contact, may_know_of,
        phone, email, preferred_channel, language, format, valid_to`;
export const CONTACT_TYPES = `id uuid, name text, relationship text, role text, parental_responsibility boolean, household text, may_contact boolean,
        may_know_of text[], phone text, email text, preferred_channel text, language text, format text, valid_to date`;

/**
 * Keeps who the child is and who is around it, as this provider tells it: what it told first stays until it is mended, contacts told again are
 * the same contacts. And finds or makes the child's pathway on the line, marked as changed and locked until the transaction ends.
 * @returns the pathway's id
 */
export async function keepChild(
  tx: Tx,
  personId: string,
  { provider, service, person, contacts }: Pick<NewReferral, 'provider' | 'service' | 'person' | 'contacts'>,
  now: Date,
): Promise<string> {
  const row = await tx.one<{ id: string }>(
    `with identity as (
        insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date, nhs_number, postcode)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing),
      contacts as (
        insert into contact (tenant, person_id, provider, ${CONTACT_COLUMNS})
        select $1, $2, $3, ${CONTACT_COLUMNS} from jsonb_to_recordset($9) as c (${CONTACT_TYPES})
        on conflict do nothing)
      insert into pathway (tenant, id, person_id, line, changed_at) values ($1, $10, $2, $11, $12)
      on conflict (tenant, person_id, line) do update set changed = pathway.changed + 1, changed_at = excluded.changed_at returning id`,
    [
      tx.tenant,
      personId,
      provider,
      person.givenName,
      person.familyName,
      person.birthDate,
      person.nhsNumber ?? null,
      person.postcode ?? null,
      JSON.stringify(contactRows(tx.tenant, personId, provider, contacts ?? [])),
      newId(now),
      service,
      now,
    ],
    PREPARED,
  );
  if (!row) throw new Error('A pathway was neither found nor made.');
  return row.id;
}

/** Adds contacts in one statement. Told again, they are the same contacts. */
async function keepContacts(tx: Tx, personId: string, provider: string, contacts: readonly ContactDto[]): Promise<void> {
  if (contacts.length === 0) return;
  await tx.execute(
    `insert into contact (tenant, person_id, provider, ${CONTACT_COLUMNS})
      select $1, $2, $3, ${CONTACT_COLUMNS} from jsonb_to_recordset($4) as c (${CONTACT_TYPES})
      on conflict do nothing`,
    [tx.tenant, personId, provider, JSON.stringify(contactRows(tx.tenant, personId, provider, contacts))],
  );
}

/** Replaces the contacts a provider holds for a child. Old ones are kept, out of use: messages that went to them refer to them. */
export async function replaceContacts(
  tx: Tx,
  personId: string,
  provider: string,
  contacts: readonly ContactDto[],
  today: LocalDate,
): Promise<void> {
  const kept = contacts.map((c) => idOf(tx.tenant, personId, provider, c.name, c.phone, c.email));
  await tx.execute(
    `update contact set valid_to = $4::date - 1 where tenant = $1 and person_id = $2 and provider = $3 and not id = any($5) and (valid_to is null or valid_to >= $4)`,
    [tx.tenant, personId, provider, today, kept],
  );
  await keepContacts(tx, personId, provider, contacts);
  // A contact told again is in use again, with what is now said of it; one that stopped us stays stopped.
  await tx.execute(
    `update contact k set may_contact = c.may_contact, may_know_of = c.may_know_of, preferred_channel = c.preferred_channel, valid_to = c.valid_to,
        language = c.language, format = c.format, relationship = c.relationship, role = c.role, household = c.household
      from jsonb_to_recordset($3) as c (id uuid, relationship text, role text, household text, may_contact boolean, may_know_of text[],
        preferred_channel text, language text, format text, valid_to date)
      where k.tenant = $1 and k.person_id = $2 and k.id = c.id`,
    [tx.tenant, personId, JSON.stringify(contactRows(tx.tenant, personId, provider, contacts))],
  );
}

/** Contacts as rows, in the names of the table. */
export function contactRows(tenant: string, personId: string, provider: string, contacts: readonly ContactDto[]): object[] {
  return contacts.map((c) => ({
    id: idOf(tenant, personId, provider, c.name, c.phone, c.email),
    name: c.name,
    relationship: c.relationship,
    role: c.role ?? 'parent',
    parental_responsibility: c.parentalResponsibility ?? null,
    household: c.household ?? null,
    may_contact: c.mayContact,
    may_know_of: c.mayKnowOf ?? null,
    phone: c.phone ?? null,
    email: c.email ?? null,
    preferred_channel: c.preferredChannel ?? null,
    language: c.language ?? null,
    format: c.format ?? null,
    valid_to: c.validTo ?? null,
  }));
}
