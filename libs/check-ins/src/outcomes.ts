import type { Tx } from '#database';
import { addDays } from '#kernel';
import type { SendOutcome } from '#messages';
import type { SweepContext } from './claim.js';
import { DAYS_TO_REMINDER } from './due.js';

export interface Outcome {
  messageId: string;
  /** called-off: never left, since it was no longer to be sent. */
  outcome: SendOutcome | 'called-off';
}

/**
 * Records what became of messages, and moves their check-ins on: sent waits for an answer, uncertain is a person's to judge,
 * failed stays due and is tried another way. Of a message another sweep took over only "sent" counts, and it mends an "uncertain":
 * anything else could have the family written to twice.
 */
export async function recordOutcomes(
  tx: Tx,
  ctx: Pick<SweepContext, 'now' | 'today' | 'mark'>,
  outcomes: readonly Outcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.execute(
    `with told as (
       update message m set outcome = o.outcome, outcome_at = $4,
         state = case o.outcome when 'sent' then 'sent' when 'uncertain' then 'uncertain' when 'called-off' then 'called-off' else 'failed' end,
         sent_at = case when o.outcome = 'sent' then $4::timestamptz end
       from unnest($2::uuid[], $3::text[]) as o (id, outcome)
       where m.tenant = $1 and m.id = o.id
         and (m.state = 'claimed' and m.claimed_by = $6 or m.state in ('claimed', 'uncertain') and o.outcome = 'sent')
       returning m.check_in_id, m.template, o.outcome
     )
     update check_in c set
       state = case t.outcome when 'sent' then 'sent' else 'unanswered' end,
       call_why = case t.outcome when 'sent' then null else 'uncertain-send' end,
       sent_at = case t.outcome when 'sent' then coalesce(c.sent_at, $4) else c.sent_at end,
       reminders = c.reminders + case when t.outcome = 'sent' and t.template = 'reminder' then 1 else 0 end,
       next_reminder_on = case t.outcome when 'sent' then $5::date end
     from told t
     where c.tenant = $1 and c.id = t.check_in_id and t.outcome in ('sent', 'uncertain') and c.closed_at is null
       and (c.state in ('due', 'sent') or c.call_why = 'uncertain-send')`,
    [
      tx.tenant,
      outcomes.map((o) => o.messageId),
      outcomes.map((o) => o.outcome),
      ctx.now,
      addDays(ctx.today, DAYS_TO_REMINDER),
      ctx.mark.number,
    ],
  );
}
