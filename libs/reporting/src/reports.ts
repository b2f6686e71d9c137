import { audit, Database, type Tx } from '#database';
import { Clock, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { planWaits, type WaitsQuery } from './waits-plan.js';
import { assembleWaits, type WaitsReport } from './waits-report.js';
import { countWaits } from './waits-statement.js';

/** Every report there is. Each is one transaction and one statement of figures; who reads it is written down in the same transaction. */
@Injectable()
export class Reports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * How many wait on a list, how long, as of a day.
   * @throws DomainError rule or forbidden, see planWaits
   */
  async waits(principal: Principal, query: WaitsQuery): Promise<WaitsReport> {
    const now = this.clock.now();
    const plan = planWaits(principal, query, this.clock.today());
    return this.database.inTenant(principal, async (tx: Tx) => {
      const counted = await countWaits(tx, plan);
      // Differences between many tables can find a child that no table shows: who asked for which is kept.
      await audit(tx, now, { action: 'report-read', purpose: 'waits report', detail: { ...query, disclosure: plan.disclosure } });
      return assembleWaits(plan, counted, now);
    });
  }
}
