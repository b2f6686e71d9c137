import type { Tx } from '#database';
import type { LocalDate } from '#kernel';
import { serviceLine } from '#service-lines';
import { NO_CHOICES, replay, stateOf, type ReferralStateName } from '#waits';
import { pathwayEvents, type ReferralView } from './referral-view.js';

/** Another referral of the same child to the same line, in the wait the family has lived: while this one was open, or within 90 days of its end. */
export interface LinkedReferral {
  /** Null where it is another provider's. */
  id: string | null;
  provider: string | null;
  receivedOn: LocalDate | null;
  state: ReferralStateName | null;
  /** The earliest receipt of the chain: from it the wait is counted. */
  isFirst: boolean;
}

/** Those of the experienced wait that covers the referral, itself left out, the earliest first. Of another provider's only its receipt is told. */
export async function linkedReferrals(tx: Tx, view: ReferralView, asOf: LocalDate): Promise<LinkedReferral[]> {
  const events = (await pathwayEvents(tx, [view.pathwayId])).get(view.pathwayId) ?? [];
  const { rules } = serviceLine(view.service);
  const { waits, referrals } = replay(events, rules, () => NO_CHOICES, { asOf });
  const covered = waits.findLast((wait) => wait.measure === 'experienced' && wait.covers.includes(view.id))?.covers ?? [];
  if (covered.length < 2) return [];
  const mine = await mineAmong(tx, covered);
  return covered.flatMap((id, i) => {
    const progress = referrals.get(id);
    if (id === view.id || !progress) return [];
    const isMine = mine.has(id);
    return [
      {
        id: isMine ? id : null,
        provider: isMine ? progress.provider : null,
        receivedOn: progress.receivedOn,
        state: isMine ? stateOf(progress) : null,
        isFirst: i === 0,
      },
    ];
  });
}

async function mineAmong(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select referral_id as id from referral_party where tenant = $1 and referral_id = any($2) and $3 in (provider, '*')`,
    [tx.tenant, ids, tx.principal.org],
  );
  return new Set(rows.map(({ id }) => id));
}
