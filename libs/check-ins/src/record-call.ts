import { audit, Database, type Tx } from '#database';
import { Escalations } from '#escalations';
import { Clock, DomainError, isUuid, notFound, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import type { Answers } from './answers.js';
import { closeCheckIn } from './closing.js';
import { keepReply, type AnsweredCheckIn } from './reply-store.js';
import type { ReplyLevel } from './triage.js';

export interface CallOutcome {
  reached: boolean;
  answers: Answers;
}

export interface RecordedCall {
  id: string;
  state: 'recorded' | 'unanswered';
  level: ReplyLevel | null;
  escalationIds: string[];
}

interface OpenCheckIn extends AnsweredCheckIn {
  pathwayId: string;
}

/** A check-in made by telephone. */
@Injectable()
export class RecordCall {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly escalations: Escalations,
  ) {}

  /**
   * Keeps what the family said to a person, or that nobody was reached; either way the check-in is done and the next one planned.
   * Reached, it is told to the pathway as support while waiting, never as a contact: a call does not stop a clock.
   * @throws DomainError not-found when it is not yours, conflict when it is closed
   */
  async record(principal: Principal, checkInId: string, { reached, answers }: CallOutcome): Promise<RecordedCall> {
    return this.database.inTenant(principal, async (tx) => {
      const checkIn = await lockOpen(tx, checkInId);
      const [now, today] = [this.clock.now(), this.clock.today()];
      const by = principal.subject;
      let outcome: Omit<RecordedCall, 'id'> = { state: 'unanswered', level: null, escalationIds: [] };
      if (reached) {
        const saying = { answers, complete: true, messageId: null, recordedBy: by, now };
        const kept = await keepReply(tx, this.escalations, checkIn, saying, { heardByAPerson: true });
        outcome = { state: 'recorded', level: kept.level, escalationIds: kept.escalationIds };
      }
      await closeCheckIn(tx, { checkInId, state: outcome.state, by, level: outcome.level }, now, today);
      if (reached) await tellSupport(tx, checkIn, now, today);
      await audit(tx, now, {
        action: 'check-in-recorded',
        purpose: 'check-in',
        personIds: [checkIn.personId],
        detail: { checkInId, reached },
      });
      return { id: checkInId, ...outcome };
    });
  }
}

/** Your own check-in, locked and still open. */
async function lockOpen(tx: Tx, id: string): Promise<OpenCheckIn> {
  if (!isUuid(id)) throw notFound('check-in');
  const row = await tx.one<OpenCheckIn & { closed: boolean }>(
    `select id, person_id as "personId", referral_id as "referralId", pathway_id as "pathwayId", line, provider, closed_at is not null as closed
     from check_in where tenant = $1 and id = $2 and $3 in (provider, '*') for no key update`,
    [tx.tenant, id, tx.principal.org],
  );
  if (!row) throw notFound('check-in');
  if (row.closed) throw new DomainError('conflict', 'This check-in is closed already.');
  return row;
}

/** Two statements: the first locks the pathway, so that the second numbers the event after what was told meanwhile. */
async function tellSupport(tx: Tx, { pathwayId, referralId }: OpenCheckIn, now: Date, today: string): Promise<void> {
  await tx.execute('update pathway set changed = changed + 1, changed_at = $3 where tenant = $1 and id = $2', [tx.tenant, pathwayId, now]);
  await tx.execute(
    `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
     select $1, $2, $3, coalesce(max(seq), 0) + 1, 'waiting-support', $4, '{"kind": "check-in-call"}', $5, $6, $7
     from pathway_event where tenant = $1 and pathway_id = $2 and referral_id = $3`,
    [tx.tenant, pathwayId, referralId, today, now, tx.principal.subject, tx.principal.org],
  );
}
