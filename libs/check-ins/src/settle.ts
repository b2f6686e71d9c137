import { audit, readIdentity, type Tx } from '#database';
import type { ClaimedMessage, SweepContext } from './claim.js';
import { DEAD_SWEEPS } from './sweep-mark.js';
import { CHECK_IN_OF_CHILD, CHILD_NOT_HELD, routes, STILL_OWED } from './routes.js';

/** A message somebody claimed and, being dead, never settled. */
export interface OrphanedMessage {
  id: string;
  reference: string;
  sender: string;
}

const BATCH = 100;

/** Makes the unsettled messages of dead sweeps ours. Bounded. Nobody else takes the same ones: a sweep's number is read before it is replaced. */
export async function adoptOrphans(tx: Tx, ctx: SweepContext): Promise<OrphanedMessage[]> {
  const dead = await tx.query<{ number: number }>(DEAD_SWEEPS, [tx.tenant]);
  if (dead.length === 0) return [];
  return tx.query<OrphanedMessage>(
    `with orphan as (
       select id from message where tenant = $1 and state = 'claimed' and claimed_by = any($2::integer[])
       order by claimed_at, id limit ${BATCH} for no key update skip locked
     )
     update message m set claimed_by = $3 from orphan where m.tenant = $1 and m.id = orphan.id
     returning m.id, m.reference, m.sender`,
    [tx.tenant, dead.map((d) => d.number), ctx.mark.number],
  );
}

/**
 * Of messages that never left, those that may still go: the same contact, channel and address, with everything rechecked.
 * They keep their rows and references, so that a provider that does get one twice knows it for the same.
 */
export async function stillToBeSent(
  tx: Tx,
  ctx: SweepContext,
  messageIds: readonly string[],
): Promise<(ClaimedMessage & { line: string })[]> {
  if (messageIds.length === 0) return [];
  return readIdentity(tx, ctx.now, 'sending check-ins', [], async () => {
    const found = await tx.query<ClaimedMessage & { line: string }>(
      `select m.id, m.reference, c.id as "checkInId", c.person_id as "personId", c.line, m.channel, m.template, r.role, r.address
       from message m join ${CHECK_IN_OF_CHILD} on c.tenant = m.tenant and c.id = m.check_in_id
       cross join lateral (
         select r.role, r.address from (${routes()}) r
         where r.contact_id = m.contact_id and r.channel = m.channel and r.address_key = m.address_key
         -- Looked up for each message: joined, without statistics, it was every contact with every message.
         offset 0
       ) r
       where m.tenant = $1 and m.id = any($6::uuid[]) and m.state = 'claimed' and m.claimed_by = $7 and m.link_closed_why is null
         and c.state in ('due', 'sent') and ${STILL_OWED} and ${CHILD_NOT_HELD} and $5::timestamptz < m.link_expires_at`,
      [tx.tenant, ctx.today, ctx.channels, ctx.addressSalt, ctx.now, messageIds, ctx.mark.number],
    );
    if (found.length > 0) {
      const personIds = [...new Set(found.map((m) => m.personId))];
      await audit(tx, ctx.now, { action: 'identity-read', purpose: 'sending check-ins', personIds });
    }
    return found;
  });
}
