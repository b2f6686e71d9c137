import { audit, Database } from '#database';
import { brokenRule, Clock, notFound, type LocalDate, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';

export interface GoLive {
  line: string;
  provider: string;
  /** The first day on which families are asked by machine; null switches it off again. */
  from: LocalDate | null;
  /** Messages a day at most: how many answers there are people to read. */
  dailyCap: number;
}

export interface Backlog {
  /** Families who would be owed a check-in on that day. */
  owed: number;
  /** Days until every one of them has had its first message, at the cap; null when it allows none. */
  daysToFirstMessages: number | null;
}

/** The switch by which a service begins to ask families. Until then imported history sends nothing. Risk goes first, then the longest wait. */
@Injectable()
export class GoingLive {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError not-found for a service that is not the asking provider's, rule for a cap below none */
  async switchOn(principal: Principal, { line, provider, from, dailyCap }: GoLive): Promise<Backlog> {
    if (!Number.isInteger(dailyCap) || dailyCap < 0) throw brokenRule('dailyCap', 'must be a whole number, 0 or more');
    return this.database.inTenant(principal, async (tx) => {
      const changed = await tx.execute(
        `update service set live_from = $4, daily_cap = $5 where tenant = $1 and line = $2 and provider = $3 and $6 in (provider, '*')`,
        [tx.tenant, line, provider, from, dailyCap, principal.org],
      );
      if (changed === 0) throw notFound('service');
      await audit(tx, this.clock.now(), { action: 'service-live', purpose: 'check-ins', detail: { line, provider, from, dailyCap } });
      const row = await tx.one<{ owed: number }>(
        'select count(*) as owed from referral_state where tenant = $1 and line = $2 and provider = $3 and next_check_in_on <= $4',
        [tx.tenant, line, provider, from ?? this.clock.today()],
      );
      const owed = row?.owed ?? 0;
      return { owed, daysToFirstMessages: dailyCap === 0 ? null : Math.ceil(owed / dailyCap) };
    });
  }
}
