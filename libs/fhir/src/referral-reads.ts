import { Database } from '#database';
import { Clock, type LocalDate, type Principal } from '#kernel';
import { pathwayEvents, referralViews, type ReferralView } from '#referrals';
import type { PathwayEvent } from '#waits';
import { Injectable } from '@nestjs/common';

export interface ReferralPage {
  referrals: ReferralView[];
  /** By pathway. */
  events: Map<string, PathwayEvent[]>;
  today: LocalDate;
}

/** The referrals a provider may read, in the order of their ids, folded on request and never behind. */
@Injectable()
export class ReferralReads {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async read(principal: Principal, page: { limit: number; after: string | null }): Promise<ReferralPage> {
    const today = this.clock.today();
    return this.database.inTenant(principal, async (tx) => {
      const rows = await tx.query<{ id: string }>(
        `select y.referral_id as id from referral_party y where y.tenant = $1 and y.provider = $2 and ($3::uuid is null or y.referral_id > $3)
          order by y.referral_id limit $4`,
        [tx.tenant, principal.org, page.after, page.limit],
      );
      const referrals = await referralViews(
        tx,
        rows.map((r) => r.id),
        today,
      );
      const events = await pathwayEvents(tx, [...new Set(referrals.map((r) => r.pathwayId))]);
      return { referrals: referrals.sort((a, b) => (a.id < b.id ? -1 : 1)), events, today };
    });
  }
}
