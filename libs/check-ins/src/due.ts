import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import { isOpen } from '#waits';

/** Rows written by one statement at most, so that no transaction of the sweep is long. */
const BATCH = 1_000;

/** Opens the check-ins that have come due in services that are live. Bounded; call again while it opens BATCH. @returns how many were opened */
export async function openDue(tx: Tx, now: Date, today: LocalDate): Promise<number> {
  return tx.execute(
    `insert into check_in (tenant, id, referral_id, pathway_id, person_id, line, provider, due_on, why, state, opened_at)
     select s.tenant, gen_random_uuid(), s.referral_id, s.pathway_id, s.person_id, s.line, s.provider,
       -- What was owed before the service went live is owed from that day.
       greatest(s.next_check_in_on, v.live_from), coalesce(s.next_check_in_why, 'cadence'), 'due', $2
     from referral_state s join service v on v.tenant = s.tenant and v.line = s.line and v.provider = s.provider
     where s.tenant = $1 and s.next_check_in_on <= $3 and v.live_from <= $3 and ${isOpen('s.state')}
       and not exists (select from check_in c where c.tenant = s.tenant and c.referral_id = s.referral_id and c.closed_at is null)
       and not exists (select from person p where p.tenant = s.tenant and p.id = s.person_id and p.died_on is not null)
     order by s.next_check_in_on, s.referral_id limit ${BATCH}
     on conflict (tenant, referral_id) where closed_at is null do nothing`,
    [tx.tenant, now, today],
  );
}

/**
 * Closes what is owed no longer: the referral ended or moved to another provider, the child died, or somebody spoke to the family meanwhile.
 * A link already sent keeps working until it expires: what a family says is never refused.
 */
export async function closeNoLongerOwed(tx: Tx, now: Date, today: LocalDate): Promise<number> {
  return tx.execute(
    `update check_in c set state = 'no-longer-owed', closed_at = $2, closed_by = 'system', next_reminder_on = null
     from referral_state s, person p
     where c.tenant = $1 and c.closed_at is null
       and s.tenant = c.tenant and s.referral_id = c.referral_id and p.tenant = c.tenant and p.id = c.person_id
       and (not ${isOpen('s.state')} or p.died_on is not null or s.provider <> c.provider
         or s.next_check_in_on is null or s.next_check_in_on > $3)`,
    [tx.tenant, now, today],
  );
}

/** Two reminders and no answer: a person calls. The child stays on the list. */
export async function handOverUnanswered(tx: Tx, today: LocalDate): Promise<number> {
  return tx.execute(
    `update check_in set state = 'unanswered', call_why = 'no-answer', next_reminder_on = null
     where tenant = $1 and closed_at is null and state = 'sent' and next_reminder_on <= $2 and reminders >= ${REMINDERS}`,
    [tx.tenant, today],
  );
}

/** How often a family is reminded, and after how many days each time (domain.md 9.1). */
export const REMINDERS = 2;
export const DAYS_TO_REMINDER = 7;

export const isFullBatch = (rows: number): boolean => rows === BATCH;
