import { Database } from '#database';
import { Clock, daysBetween, type LocalDate, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';

export const CHECK_IN_FILTERS = ['due', 'overdue', 'sent', 'unanswered'] as const;
export type CheckInFilter = (typeof CHECK_IN_FILTERS)[number];

/** An open check-in, as staff see it. */
export interface CheckIn {
  id: string;
  referralId: string;
  personId: string;
  service: string;
  provider: string;
  dueOn: LocalDate;
  daysOverdue: number;
  /** Why it is owed: `first`, `cadence`, `milestone-26w`, … */
  why: string;
  state: 'due' | 'sent' | 'unanswered';
  /** Why a person must call: `no-answer`, `no-route`, `wrong-contact`, `uncertain-send`, … */
  callWhy: string | null;
  sentAt: Date | null;
  reminders: number;
  nextReminderOn: LocalDate | null;
}

export interface CheckInQuery {
  state?: CheckInFilter;
  service?: string;
  limit: number;
  /** Sort key of the last one shown: [dueOn, id]. */
  after?: readonly [LocalDate, string] | null;
}

export type CheckInCounts = Record<CheckInFilter, number> & { oldestDueOn: LocalDate | null };

/** What is owed to families and not done yet. */
@Injectable()
export class CheckIns {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The provider's own that are open, the longest owed first. `overdue` is due since before today and not sent. */
  async list(principal: Principal, query: CheckInQuery): Promise<CheckIn[]> {
    const today = this.clock.today();
    const rows = await this.database.inTenant(principal, (tx) =>
      tx.query<Omit<CheckIn, 'daysOverdue'>>(
        `select id, referral_id as "referralId", person_id as "personId", line as service, provider, due_on as "dueOn", why, state,
           call_why as "callWhy", sent_at as "sentAt", reminders, next_reminder_on as "nextReminderOn"
         from check_in
         where tenant = $1 and $2 in (provider, '*') and closed_at is null and ($3::text is null or line = $3)
           and ($4::text is null or state = case $4 when 'overdue' then 'due' else $4 end) and ($4 is distinct from 'overdue' or due_on < $5)
           and ($6::date is null or (due_on, id) > ($6, $7::uuid))
         order by due_on, id limit $8`,
        [
          principal.tenant,
          principal.org,
          query.service ?? null,
          query.state ?? null,
          today,
          query.after?.[0] ?? null,
          query.after?.[1] ?? null,
          query.limit,
        ],
      ),
    );
    return rows.map((row) => ({ ...row, daysOverdue: Math.max(0, daysBetween(row.dueOn, today)) }));
  }

  /** How many of each, and since when the oldest is owed: what shows that the sweep has stopped. */
  async counts(principal: Principal, service?: string): Promise<CheckInCounts> {
    const row = await this.database.inTenant(principal, (tx) =>
      tx.one<CheckInCounts>(
        `select count(*) filter (where state = 'due') as due, count(*) filter (where state = 'due' and due_on < $3) as overdue,
           count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'unanswered') as unanswered,
           min(due_on) filter (where state = 'due') as "oldestDueOn"
         from check_in where tenant = $1 and $2 in (provider, '*') and closed_at is null and ($4::text is null or line = $4)`,
        [principal.tenant, principal.org, this.clock.today(), service ?? null],
      ),
    );
    return row ?? { due: 0, overdue: 0, sent: 0, unanswered: 0, oldestDueOn: null };
  }
}
