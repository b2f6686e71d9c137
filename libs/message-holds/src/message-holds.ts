import { audit, Database, type Tx } from '#database';
import { Clock, DomainError, isUuid, notFound, type LocalDate, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { holdMessages, type HoldReason } from './hold-messages.js';

/** A child to whose household nothing is sent. */
export interface MessageHold {
  personId: string;
  /** Of the first one in force. */
  since: Date;
  why: HoldReason[];
  /** Where it is known. The child itself is never written to again; a release lets messages about others of the household go. */
  diedOn: LocalDate | null;
  /** The asking provider's. */
  referralIds: string[];
}

export interface MessageHoldQuery {
  limit: number;
  /** Sort key of the last one shown: [since, personId]. */
  after?: readonly [string, string] | null;
}

/** Holds are put by the machine and by people, and released by people only. */
@Injectable()
export class MessageHolds {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Those of children the asking provider knows, the longest held first. */
  async list(principal: Principal, { limit, after }: MessageHoldQuery): Promise<MessageHold[]> {
    return this.database.inTenant(principal, (tx) =>
      tx.query<MessageHold>(
        `select * from (${HELD} group by p.tenant, p.id) as held
          where $3::timestamptz is null or (since, "personId") > ($3, $4::uuid) order by since, "personId" limit $5`,
        [tx.tenant, principal.org, after?.[0] ?? null, after?.[1] ?? null, limit],
      ),
    );
  }

  /**
   * A person has found out what there was to find out: messages go on from the next sweep.
   * @throws DomainError not-found; conflict where nothing is held
   */
  async release(principal: Principal, personId: string, { reason }: { reason: string }): Promise<MessageHold> {
    return this.database.inTenant(principal, async (tx) => {
      await known(tx, personId);
      const held = await heldOf(tx, personId);
      if (!held) throw new DomainError('conflict', 'Nothing is held for this child, or somebody has released it.');
      const now = this.clock.now();
      await tx.execute(
        `update message_hold set released_at = $3, released_by = $4, release_note = $5 where tenant = $1 and person_id = $2 and released_at is null`,
        [tx.tenant, personId, now, principal.name, reason],
      );
      await audit(tx, now, { action: 'messages-released', purpose: reason, personIds: [personId], detail: { why: held.why } });
      return held;
    });
  }

  /** Somebody must look first, or a release was a mistake. @throws DomainError not-found */
  async hold(principal: Principal, personId: string, { reason }: { reason: string }): Promise<MessageHold> {
    return this.database.inTenant(principal, async (tx) => {
      await known(tx, personId);
      const now = this.clock.now();
      await holdMessages(tx, [personId], 'held by staff', now, reason);
      await audit(tx, now, { action: 'messages-held', purpose: reason, personIds: [personId] });
      const held = await heldOf(tx, personId);
      if (!held) throw new Error('A hold that was just put is not there.');
      return held;
    });
  }
}

/** The provider $2 has, or has had, a referral of the child. */
const KNOWN = `exists (select from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id and y.provider = $2
  where r.tenant = p.tenant and r.person_id = p.id)`;

const HELD = `select p.id as "personId", min(h.since) as since, array_agg(distinct h.why order by h.why) as why, p.died_on as "diedOn",
    array(select r.id from referral r where r.tenant = p.tenant and r.person_id = p.id and r.provider = $2 order by r.id) as "referralIds"
  from message_hold h join person p on p.tenant = h.tenant and p.id = h.person_id
  where h.tenant = $1 and h.released_at is null and ${KNOWN}`;

/** Locks the child, so that two people act one after the other. */
async function known(tx: Tx, personId: string): Promise<void> {
  if (!isUuid(personId)) throw notFound('child');
  const row = await tx.one(
    `select p.id from person p where p.tenant = $1 and p.id = $3 and p.joined_to is null and ${KNOWN} for update of p`,
    [tx.tenant, tx.principal.org, personId],
  );
  if (!row) throw notFound('child');
}

const heldOf = (tx: Tx, personId: string): Promise<MessageHold | undefined> =>
  tx.one<MessageHold>(`${HELD} and p.id = $3 group by p.tenant, p.id`, [tx.tenant, tx.principal.org, personId]);
