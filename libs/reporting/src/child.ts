import { readIdentity, withEveryRecord, type Tx } from '#database';
import type { LocalDate } from '#kernel';
import { holdsOfHousehold, type HouseholdHold } from '#message-holds';
import { readFreshness, type Freshness } from './freshness.js';
import { namesOf, type ChildName } from './names.js';

/** Somebody around a child, as the asking provider recorded them. Whether they may be told of a line is said, not filtered: a person decides. */
export interface Contact {
  name: string;
  relationship: string;
  role: string;
  phone: string | null;
  email: string | null;
  language: string | null;
  format: string | null;
  mayContact: boolean;
  mayKnow: boolean;
  stoppedWhy: string | null;
  validTo: LocalDate | null;
}

/** What must be known before anybody rings. */
export interface Cautions {
  identityDisputed: boolean;
  /** Why messages to the household are held; empty where they are not. */
  messagesHeld: HouseholdHold[];
  diedOn: LocalDate | null;
  protectedAddress: boolean;
  /** The young person asked that the family is not told of this line. */
  confidential: boolean;
  interpreterLanguage: string | null;
}

export interface ChildPage {
  name: ChildName | null;
  contacts: Contact[];
  cautions: Cautions | null;
  freshness: Freshness;
}

export async function readChild(tx: Tx, personId: string, line: string, now: Date, today: LocalDate): Promise<ChildPage> {
  const names = await namesOf(tx, now, 'page of one referral', [personId]);
  // The reading was written down with the name, for the same page.
  const contacts = await readIdentity(tx, now, 'page of one referral', [], () => contactsOf(tx, personId, line, today));
  return {
    name: names.get(personId) ?? null,
    contacts,
    cautions: await cautionsOf(tx, personId, line, now),
    freshness: await readFreshness(tx, today, now),
  };
}

/** Whom one may speak to first. */
async function contactsOf(tx: Tx, personId: string, line: string, today: LocalDate): Promise<Contact[]> {
  return tx.query<Contact>(
    `select name, relationship, role, phone, email, language, format, may_contact as "mayContact",
       may_know_of is null or $4 = any (may_know_of) as "mayKnow", valid_to as "validTo",
       case when stopped_at is not null then coalesce(stopped_why, 'stopped') when valid_to < $5 then 'no longer valid' end as "stoppedWhy"
       from contact where tenant = $1 and provider = $2 and person_id = $3
      order by stopped_at is not null or coalesce(valid_to < $5, false), not may_contact, parental_responsibility desc nulls last, name limit 50`,
    [tx.tenant, tx.principal.org, personId, line, today],
  );
}

async function cautionsOf(tx: Tx, personId: string, line: string, now: Date): Promise<Cautions | null> {
  const row = await tx.one<Omit<Cautions, 'messagesHeld'>>(
    `select identity_disputed_at is not null as "identityDisputed", died_on as "diedOn", protected_address as "protectedAddress",
       $3 = any (confidential_from_family) as confidential, interpreter_language as "interpreterLanguage"
       from person where tenant = $1 and id = $2`,
    [tx.tenant, personId, line],
  );
  if (!row) return null;
  // Of a sibling whom another provider knows it is said that something is held and why, not who the sibling is.
  return { ...row, messagesHeld: await withEveryRecord(tx, now, 'page of one referral', [], () => holdsOfHousehold(tx, personId)) };
}
