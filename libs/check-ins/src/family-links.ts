import { readIdentity, type Tx } from '#database';
import type { LocalDate } from '#kernel';
import type { Reader } from '#messages';
import type { AnsweredCheckIn } from './reply-store.js';

/** Birth dates that may be wrong before the link is dead until a person looks. */
export const WRONG_TRIES = 5;

/** What is behind a family's link. */
export interface FamilyLink {
  messageId: string;
  contactId: string;
  expiresAt: Date;
  closedWhy: 'not-me' | 'asked-to-stop' | 'wrong-birth-date' | null;
  wrongTries: number;
  nightRota: boolean;
  checkIn: AnsweredCheckIn;
}

interface LinkRow extends Omit<FamilyLink, 'checkIn'>, Omit<AnsweredCheckIn, 'id'> {
  checkInId: string;
}

const LINK = `select m.id as "messageId", m.contact_id as "contactId", m.link_expires_at as "expiresAt", m.link_closed_why as "closedWhy",
    m.wrong_tries as "wrongTries", v.night_rota as "nightRota", c.id as "checkInId", c.person_id as "personId", c.referral_id as "referralId",
    c.line, c.provider
  from message m join check_in c on c.tenant = m.tenant and c.id = m.check_in_id
  join service v on v.tenant = c.tenant and v.line = c.line and v.provider = c.provider
  where m.tenant = $1 and m.link_hash = $2`;

/** Looking does not use a link up, nor leave a trace: previews and scanners open links too. */
export async function findLink(tx: Tx, hash: Buffer): Promise<FamilyLink | undefined> {
  return asLink(await tx.one<LinkRow>(LINK, [tx.tenant, hash]));
}

/** The same, and nobody else acts on it or its check-in until we are done. */
export async function lockLink(tx: Tx, hash: Buffer): Promise<FamilyLink | undefined> {
  return asLink(await tx.one<LinkRow>(`${LINK} for no key update of m, c`, [tx.tenant, hash]));
}

function asLink(row: LinkRow | undefined): FamilyLink | undefined {
  if (!row) return undefined;
  const { checkInId, personId, referralId, line, provider, ...link } = row;
  return { ...link, checkIn: { id: checkInId, personId, referralId, line, provider } };
}

/** Whether this is the child's birth date, by the record of the provider that wrote; where it keeps none, by any. */
export async function isBirthDate(tx: Tx, now: Date, { checkIn }: FamilyLink, given: LocalDate): Promise<boolean> {
  const rows = await readIdentity(tx, now, 'checking a birth date given by link', [checkIn.personId], () =>
    tx.query<{ birthDate: LocalDate; own: boolean }>(
      `select birth_date as "birthDate", provider = $3 as own from person_identity where tenant = $1 and person_id = $2`,
      [tx.tenant, checkIn.personId, checkIn.provider],
    ),
  );
  const own = rows.filter((r) => r.own);
  return (own.length > 0 ? own : rows).some((r) => r.birthDate === given);
}

/** Counts a wrong birth date. The last one closes the link, and a person must look. @returns how many tries are left */
export async function countWrongTry(tx: Tx, link: FamilyLink): Promise<number> {
  const row = await tx.one<{ tries: number }>(
    `update message set wrong_tries = wrong_tries + 1,
       link_closed_why = case when wrong_tries + 1 >= ${WRONG_TRIES} then 'wrong-birth-date' else link_closed_why end
     where tenant = $1 and id = $2 returning wrong_tries as tries`,
    [tx.tenant, link.messageId],
  );
  const left = Math.max(0, WRONG_TRIES - (row?.tries ?? WRONG_TRIES));
  if (left === 0) await handToAPerson(tx, link.checkIn.id, 'link-locked');
  return left;
}

/** Whether the child itself reads, or somebody about it. */
export async function readerOf(tx: Tx, now: Date, link: FamilyLink): Promise<Reader> {
  const row = await readIdentity(tx, now, 'wording of the family’s page', [link.checkIn.personId], () =>
    tx.one<{ role: string }>('select role from contact where tenant = $1 and id = $2', [tx.tenant, link.contactId]),
  );
  return row?.role === 'young-person' ? 'young-person' : 'family';
}

/** Nothing more goes to this contact, and none of its links opens anything; its check-in is a person's to make. */
export async function stopContact(tx: Tx, now: Date, link: FamilyLink, why: 'not-me' | 'asked-to-stop'): Promise<void> {
  await readIdentity(tx, now, 'stopping messages to a contact', [link.checkIn.personId], () =>
    tx.execute(
      'update contact set stopped_at = coalesce(stopped_at, $3), stopped_why = coalesce(stopped_why, $4) where tenant = $1 and id = $2',
      [tx.tenant, link.contactId, now, why],
    ),
  );
  await tx.execute('update message set link_closed_why = $3 where tenant = $1 and contact_id = $2 and link_closed_why is null', [
    tx.tenant,
    link.contactId,
    why,
  ]);
  await handToAPerson(tx, link.checkIn.id, why === 'not-me' ? 'wrong-contact' : 'asked-to-stop');
}

async function handToAPerson(tx: Tx, checkInId: string, why: string): Promise<void> {
  await tx.execute(
    `update check_in set state = 'unanswered', call_why = $3, next_reminder_on = null where tenant = $1 and id = $2 and closed_at is null`,
    [tx.tenant, checkInId, why],
  );
}
