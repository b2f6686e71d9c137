import type { Tx } from '#database';
import type { Escalations, NewEscalation } from '#escalations';
import { addDays, type LocalDate } from '#kernel';
import { CONTACT_COLUMNS, CONTACT_TYPES, contactRows, KNOWN_OF_PERSON, type ContactDto } from '#referrals';
import { serviceLines } from '#service-lines';
import { CAREFUL_SIDE, saidOfChildren } from './said-of-children.js';
import { detailsTable } from './staging.js';

export interface ApplyContext {
  provider: string;
  importId: string;
  extractedOn: LocalDate;
  now: Date;
  today: LocalDate;
  escalations: Escalations;
}

/** Rows of one transaction. */
export interface RowRange {
  from: number;
  to: number;
}

/** An urgent flag of a referral received longer ago is history that somebody has looked at; it is counted, and opens nothing. */
export const URGENT_FOR_DAYS = 28;

/**
 * Takes in the new referrals among some rows: people matched or made, pathways, referrals, their receipts, details and contacts, each as one
 * statement. What is known of a child stays, gaps are filled; of a referral that is held already nothing is done here.
 */
export async function applyNew(tx: Tx, rows: RowRange, ctx: ApplyContext): Promise<void> {
  await findHeld(tx, rows, ctx);
  await matchPeople(tx, rows, ctx);
  await keepIdentity(tx, rows, ctx);
  await keepContacts(tx, rows, ctx);
  await markPathways(tx, rows, ctx);
  // Somebody told the same one meanwhile: it is held.
  if ((await insertReferrals(tx, rows, ctx)) > 0) await findHeld(tx, rows, ctx, 'and s.referral_id is null');
  await keepDetails(tx, rows);
  await openEscalations(tx, rows, ctx);
}

/** The rows of a transaction that are still to be taken in. */
const NEW = 's.position between $2 and $3 and s.outcome is null';

/** A referral under the same source id: the same, older than what is held, on another service, or changed. */
async function findHeld(tx: Tx, { from, to }: RowRange, { provider, extractedOn }: ApplyContext, only = ''): Promise<void> {
  await tx.execute(
    `update staged_referral s set referral_id = r.id, pathway_id = r.pathway_id, person_id = r.person_id,
        outcome = case when r.line <> s.line then 'other-service' when r.digest = s.digest then 'same' when r.extracted_on > $5 then 'older' else 'changed' end
      from referral r where ${NEW} ${only} and r.tenant = $1 and r.provider = $4 and r.source_system = s.source_system and r.source_id = s.source_id`,
    [tx.tenant, from, to, provider, extractedOn],
  );
  await tx.execute(
    `update referral r set extracted_on = $4 from staged_referral s
      where s.position between $2 and $3 and s.outcome = 'same' and r.tenant = $1 and r.id = s.referral_id and (r.extracted_on is null or r.extracted_on < $4)`,
    [tx.tenant, from, to, extractedOn],
  );
}

/** By NHS number, or made. Another birth date under one number puts the identity in dispute: no messages until a person decides. */
async function matchPeople(tx: Tx, { from, to }: RowRange, { now, provider }: ApplyContext): Promise<void> {
  const values = KNOWN_OF_PERSON.map((c) => `s.${c}`).join(', ');
  await tx.execute(
    `insert into person as p (tenant, id, nhs_number_key, birth_date_key, birth_month, ${KNOWN_OF_PERSON.join(', ')}, protected_address, confidential_from_family)
      select $1, s.person_id, s.nhs_number_key, s.birth_date_key, date_trunc('month', s.birth_date), ${values}, s.protected_address, s.confidential_from_family
      from (select distinct on (coalesce(nhs_number_key, uuid_send(person_id))) * from staged_referral s where ${NEW}
        order by coalesce(nhs_number_key, uuid_send(person_id)), row_no) s
      on conflict (tenant, nhs_number_key) do update set
        ${KNOWN_OF_PERSON.map((c) => `${c} = coalesce(p.${c}, excluded.${c})`).join(', ')},
        protected_address = p.protected_address or excluded.protected_address,
        confidential_from_family = array(select distinct unnest(p.confidential_from_family || excluded.confidential_from_family) order by 1)
      where ${KNOWN_OF_PERSON.map((c) => `p.${c} is null and excluded.${c} is not null`).join(' or ')}
        or excluded.protected_address > p.protected_address or not excluded.confidential_from_family <@ p.confidential_from_family`,
    [tx.tenant, from, to],
  );
  await tx.execute(
    `update staged_referral s set person_id = p.id from person p
      where ${NEW} and p.tenant = $1 and p.nhs_number_key = s.nhs_number_key and p.id <> s.person_id`,
    [tx.tenant, from, to],
  );
  await fillGaps(tx, { from, to });
  // What was told is kept for the person who decides: this provider's record of the child keeps the birth date it was told first.
  await tx.execute(
    `insert into told_birth_date (tenant, person_id, provider, birth_date, told_at)
      select distinct $1, s.person_id, $5, s.birth_date, $4::timestamptz from staged_referral s join person p on p.tenant = $1 and p.id = s.person_id
      where ${NEW} and p.birth_date_key is distinct from s.birth_date_key on conflict do nothing`,
    [tx.tenant, from, to, now, provider],
  );
  await tx.execute(
    `update person p set identity_disputed_at = $4 from staged_referral s
      where ${NEW} and p.tenant = $1 and p.id = s.person_id and p.identity_disputed_at is null and p.birth_date_key is distinct from s.birth_date_key`,
    [tx.tenant, from, to, now],
  );
}

/** What further rows of a child say: the statement that makes a person sees one row of each. */
async function fillGaps(tx: Tx, { from, to }: RowRange): Promise<void> {
  const several = `${NEW} and s.person_id in (select s.person_id from staged_referral s where ${NEW} group by s.person_id having count(*) > 1)`;
  await tx.execute(
    `update person p set ${KNOWN_OF_PERSON.map((c) => `${c} = coalesce(p.${c}, said.${c})`).join(', ')}, ${CAREFUL_SIDE}
      from (${saidOfChildren(several, 'first')}) said where p.tenant = $1 and p.id = said.person_id`,
    [tx.tenant, from, to],
  );
}

/** What this provider told first of who the child is stays until it is mended. */
async function keepIdentity(tx: Tx, { from, to }: RowRange, { provider }: ApplyContext): Promise<void> {
  await tx.execute(
    `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date, nhs_number, postcode)
      select distinct on (s.person_id) $1, s.person_id, $4, s.given_name, s.family_name, s.birth_date, s.nhs_number, s.postcode
      from staged_referral s where ${NEW} order by s.person_id, s.row_no on conflict do nothing`,
    [tx.tenant, from, to, provider],
  );
}

/** A contact's id is made of whose and how it is reached, so that one told twice is one: worked out here, not in the database. */
export async function keepContacts(
  tx: Tx,
  { from, to }: RowRange,
  { provider }: ApplyContext,
  outcome: 'changed' | null = null,
): Promise<void> {
  const told = await tx.query<{ personId: string; contacts: ContactDto[] }>(
    `select person_id as "personId", contacts from staged_referral
      where position between $1 and $2 and outcome is not distinct from $3 and contacts is not null order by row_no`,
    [from, to, outcome],
  );
  if (told.length === 0) return;
  const rows = told.flatMap(({ personId, contacts }) =>
    contactRows(tx.tenant, personId, provider, contacts).map((row) => ({ ...row, person_id: personId })),
  );
  await tx.execute(
    `insert into contact (tenant, person_id, provider, ${CONTACT_COLUMNS})
      select $1, person_id, $2, ${CONTACT_COLUMNS} from jsonb_to_recordset($3) as c (person_id uuid, ${CONTACT_TYPES}) on conflict do nothing`,
    [tx.tenant, provider, JSON.stringify(rows)],
  );
}

/** The child's pathway on the line, found or made, marked as changed and locked. In the order of children, as everybody locks several. */
async function markPathways(tx: Tx, { from, to }: RowRange, { now }: ApplyContext): Promise<void> {
  await tx.execute(
    `insert into pathway as p (tenant, id, person_id, line, changed_at)
      select $1, w.pathway_id, w.person_id, w.line, $4 from (
        select distinct on (s.person_id, s.line) s.pathway_id, s.person_id, s.line from staged_referral s where ${NEW} order by s.person_id, s.line, s.row_no) w
      order by w.person_id, w.line
      on conflict (tenant, person_id, line) do update set changed = p.changed + 1, changed_at = excluded.changed_at`,
    [tx.tenant, from, to, now],
  );
  await tx.execute(
    `update staged_referral s set pathway_id = p.id from pathway p
      where ${NEW} and p.tenant = $1 and p.person_id = s.person_id and p.line = s.line and p.id <> s.pathway_id`,
    [tx.tenant, from, to],
  );
}

/**
 * The referral, its provider's right to read it, its receipt, and the death of a child who is known to have died.
 * @returns how many were not taken, which lose the id they were given
 */
async function insertReferrals(tx: Tx, { from, to }: RowRange, { provider, extractedOn, now, today }: ApplyContext): Promise<number> {
  return tx.execute(
    `with taken as (
        insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, authored_on, source_of_referral,
          need, recorded_at, recorded_by, extracted_on)
        select $1, s.referral_id, s.pathway_id, s.person_id, v.id, s.line, $4, s.source_system, s.source_id, s.digest, s.authored_on, s.source_of_referral,
          s.need, $5, $6, $7
        from staged_referral s join service v on v.tenant = $1 and v.line = s.line and v.provider = $4 where ${NEW}
        on conflict (tenant, provider, source_system, source_id) do nothing returning id),
      party as (insert into referral_party (tenant, referral_id, provider, since) select $1, id, $4, $5 from taken),
      event as (
        insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
        select $1, s.pathway_id, s.referral_id, e.seq, e.type, e.occurred_on, e.data, $5, $6, $4
        from taken join staged_referral s on s.referral_id = taken.id and ${NEW} join person p on p.tenant = $1 and p.id = s.person_id
        cross join lateral (
          select 1 as seq, 'referral-received' as type, coalesce(s.received_on, $8) as occurred_on,
            jsonb_build_object('provider', $4::text, 'receivedOn', s.received_on, 'priority', s.priority, 'facts', s.facts) as data
          union all select 2, 'died', p.died_on, '{}' where p.died_on is not null) e)
      update staged_referral s set referral_id = null where ${NEW} and not exists (select from taken where taken.id = s.referral_id)`,
    [tx.tenant, from, to, provider, now, tx.principal.subject, extractedOn, today],
  );
}

async function keepDetails(tx: Tx, { from, to }: RowRange): Promise<void> {
  for (const line of serviceLines) {
    const { name: table, flags } = detailsTable(line.details);
    // A flag that is not told is false.
    const untold = JSON.stringify(Object.fromEntries(flags.map((flag) => [flag, false])));
    await tx.execute(
      `insert into ${table} select d.* from staged_referral s
        cross join lateral jsonb_populate_record(null::${table},
          $5::jsonb || s.details || jsonb_build_object('tenant', $1::text, 'referral_id', s.referral_id)) d
        where ${NEW} and s.line = $4`,
      [tx.tenant, from, to, line.code, untold],
    );
  }
}

async function openEscalations(tx: Tx, { from, to }: RowRange, { provider, today, escalations }: ApplyContext): Promise<void> {
  const urgent = await tx.query<NewEscalation>(
    `select s.person_id as "personId", s.referral_id as "referralId", s.line, $1::text as provider, s.risk ->> 'reason' as reason, s.risk ->> 'level' as level
      from staged_referral s where ${NEW} and s.risk is not null and s.died_on is null and coalesce(s.received_on, $4) >= $5`,
    [provider, from, to, today, addDays(today, -URGENT_FOR_DAYS)],
  );
  // Few: each is somebody's to look at today.
  for (const each of urgent) await escalations.open(tx, each);
}
