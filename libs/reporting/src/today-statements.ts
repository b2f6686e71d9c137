import type { Tx } from '#database';
import type { LocalDate } from '#kernel';

/** Rows of a list shown at once; how many there are in all is always said. */
export const LIST_LIMIT = 200;
/** Reviews are shown this many days ahead, so that they can be booked. */
export const REVIEW_AHEAD_DAYS = 14;

interface Counted {
  total: number;
  late: number;
}

export interface EscalationRow extends Counted {
  id: string;
  personId: string;
  referralId: string;
  line: string;
  level: string;
  reason: string;
  safeguarding: boolean;
  state: string;
  openedAt: Date;
  dueAt: Date;
  owner: string | null;
}

/** Worries of the provider's children that are not resolved, the soonest deadline first. */
export async function openEscalations(tx: Tx, provider: string, now: Date): Promise<EscalationRow[]> {
  return tx.query(
    `select id, person_id as "personId", referral_id as "referralId", line, level, reason, safeguarding, state, opened_at as "openedAt", due_at as "dueAt",
       owner, count(*) over () as total, count(*) filter (where due_at < $3) over () as late
       from escalation where tenant = $1 and provider = $2 and state <> 'resolved' order by due_at, id limit ${LIST_LIMIT}`,
    [tx.tenant, provider, now],
  );
}

export interface CallRow extends Counted {
  id: string;
  personId: string;
  referralId: string;
  line: string;
  dueOn: LocalDate;
  why: string;
  callWhy: string | null;
  interpreterLanguage: string | null;
}

/** Check-ins that a person has to make: the machine has no way to the family, or had no answer. */
export async function callsToMake(tx: Tx, provider: string, today: LocalDate): Promise<CallRow[]> {
  return tx.query(
    `select c.id, c.person_id as "personId", c.referral_id as "referralId", c.line, c.due_on as "dueOn", c.why, c.call_why as "callWhy",
       p.interpreter_language as "interpreterLanguage", count(*) over () as total, count(*) filter (where c.due_on < $3) over () as late
       from check_in c join person p on p.tenant = c.tenant and p.id = c.person_id
      where c.tenant = $1 and c.provider = $2 and c.closed_at is null and (c.state = 'unanswered' or c.call_why is not null)
      order by c.due_on, c.id limit ${LIST_LIMIT}`,
    [tx.tenant, provider, today],
  );
}

export interface WaitingRow extends Counted {
  personId: string;
  referralId: string;
  line: string;
  provider: string;
  since: LocalDate;
  priority: string;
  waitingSince: LocalDate | null;
}

/** Referrals another provider has sent here, and which stay on its list until they are accepted. The oldest first. */
export async function transfersToAccept(tx: Tx, provider: string): Promise<WaitingRow[]> {
  return tx.query(
    `select person_id as "personId", referral_id as "referralId", line, provider, stage_since as since, priority, headline_started_on as "waitingSince",
       count(*) over () as total, 0 as late
       from referral_state where tenant = $1 and transfer_to = $2 and state = 'waiting' order by stage_since, referral_id limit ${LIST_LIMIT}`,
    [tx.tenant, provider],
  );
}

export interface ReviewRow extends Counted {
  personId: string;
  referralId: string;
  line: string;
  reviewOn: LocalDate;
}

/** Children in active monitoring whose review has come or comes soon. */
export async function reviewsDue(tx: Tx, provider: string, today: LocalDate): Promise<ReviewRow[]> {
  return tx.query(
    `select person_id as "personId", referral_id as "referralId", line, review_on as "reviewOn",
       count(*) over () as total, count(*) filter (where review_on < $3) over () as late
       from referral_state where tenant = $1 and provider = $2 and state = 'monitored' and review_on <= $3::date + ${REVIEW_AHEAD_DAYS}
      order by review_on, referral_id limit ${LIST_LIMIT}`,
    [tx.tenant, provider, today],
  );
}
