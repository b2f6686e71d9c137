import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import type { CheckInFacts } from '#waits';
import { checkInPolicy } from './policy.js';
import type { ReplyLevel } from './triage.js';

export interface Closing {
  checkInId: string;
  /** unanswered: a person tried, and nobody was reached. */
  state: 'answered' | 'recorded' | 'unanswered';
  by: string;
  level: ReplyLevel | null;
}

/**
 * Ends an open check-in and plans the next one, in the transaction that has the answer: a child is never left with none owed.
 * @returns false when it was closed before: then nothing is changed
 */
export async function closeCheckIn(tx: Tx, closing: Closing, now: Date, today: LocalDate): Promise<boolean> {
  const closed = await tx.one<{ referralId: string; pathwayId: string; line: string }>(
    `update check_in set state = $3, closed_at = $4, closed_by = $5, level = coalesce($6, level), next_reminder_on = null
     where tenant = $1 and id = $2 and closed_at is null
     returning referral_id as "referralId", pathway_id as "pathwayId", line`,
    [tx.tenant, closing.checkInId, closing.state, now, closing.by, closing.level],
  );
  if (!closed) return false;
  // The fold writes the same row under this lock: neither may write over what the other has just read.
  await tx.query('select 1 from pathway where tenant = $1 and id = $2 for no key update', [tx.tenant, closed.pathwayId]);
  const facts = await factsOf(tx, closed.referralId);
  if (facts) {
    const next = checkInPolicy(closed.line, { ...facts, lastCheckInOn: today });
    await tx.execute(
      'update referral_state set last_check_in_on = $3, next_check_in_on = $4, next_check_in_why = $5 where tenant = $1 and referral_id = $2',
      [tx.tenant, closed.referralId, today, next?.dueOn ?? null, next?.why ?? null],
    );
  }
  return true;
}

/** What the policy may know of a referral, as it is stored. */
async function factsOf(tx: Tx, referralId: string): Promise<CheckInFacts | undefined> {
  return tx.one<CheckInFacts>(
    `select state, stage, listed_on as "listedOn", case when headline_stopped_on is null then headline_started_on end as "waitingSince",
       last_human_contact_on as "lastHumanContactOn", last_check_in_on as "lastCheckInOn", treated_on as "treatedOn", review_on as "reviewOn"
     from referral_state where tenant = $1 and referral_id = $2`,
    [tx.tenant, referralId],
  );
}
