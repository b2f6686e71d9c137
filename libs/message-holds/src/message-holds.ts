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
  /** Those the asking provider may read. */
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

  /** Those of children on the asking provider's lists, the longest held first. */
  async list(principal: Principal, { limit, after }: MessageHoldQuery): Promise<MessageHold[]> {
    return this.database.inTenant(principal, (tx) =>
      heldChildren(
        tx,
        `select person_id, min(since) as since, array_agg(distinct why order by why) as why from message_hold h
          where tenant = $1 and released_at is null and ${ON_OUR_LISTS('h.person_id')} group by person_id
          having $3::timestamptz is null or (min(since), person_id) > ($3, $4::uuid) order by 2, 1 limit $5`,
        [after?.[0] ?? null, after?.[1] ?? null, limit],
      ),
    );
  }

  /**
   * A person has found out what there was to find out: what falls due goes out again. A family that was handed to staff to ring is still theirs to ring.
   * @throws DomainError not-found; conflict where nothing is held
   */
  async release(principal: Principal, personId: string, { reason }: { reason: string }): Promise<MessageHold> {
    return this.database.inTenant(principal, async (tx) => {
      await lockChild(tx, personId);
      const held = await heldOf(tx, personId);
      if (!held) throw new DomainError('conflict', 'Nothing is held for this child, or somebody has released it.');
      await this.#release(tx, 'person_id = $5', personId, reason);
      return held;
    });
  }

  /**
   * A file told of deaths that were none, such as a list with some other day in that column: all that was held for it goes on, by one decision.
   * @returns of how many children @throws DomainError not-found for another provider's import
   */
  async releaseOfImport(principal: Principal, importId: string, { reason }: { reason: string }): Promise<{ released: number }> {
    if (!isUuid(importId)) throw notFound('import');
    return this.database.inTenant(principal, async (tx) => {
      const ours = await tx.one(`select id from import where tenant = $1 and id = $2 and provider = $3`, [
        tx.tenant,
        importId,
        tx.principal.org,
      ]);
      if (!ours) throw notFound('import');
      return { released: await this.#release(tx, 'import_id = $5', importId, reason) };
    });
  }

  /** Somebody must look first, or a release was a mistake. @throws DomainError not-found */
  async hold(principal: Principal, personId: string, { reason }: { reason: string }): Promise<MessageHold> {
    return this.database.inTenant(principal, async (tx) => {
      await lockChild(tx, personId);
      const now = this.clock.now();
      await holdMessages(tx, [personId], { why: 'held by staff', now, note: reason });
      await audit(tx, now, { action: 'messages-held', purpose: reason, personIds: [personId] });
      const held = await heldOf(tx, personId);
      if (!held) throw new Error('A hold that was just put is not there.');
      return held;
    });
  }

  async #release(tx: Tx, which: string, value: string, reason: string): Promise<number> {
    const now = this.clock.now();
    const released = await tx.query<{ personId: string }>(
      `update message_hold set released_at = $2, released_by = $3, release_note = $4, released_org = $6
        where tenant = $1 and ${which} and released_at is null returning person_id as "personId"`,
      [tx.tenant, now, tx.principal.name, reason, value, tx.principal.org],
    );
    const personIds = [...new Set(released.map(({ personId }) => personId))];
    if (personIds.length > 0) await audit(tx, now, { action: 'messages-released', purpose: reason, personIds });
    return personIds.length;
  }
}

/** The child has a referral that the provider $2 made, or has on its list: being offered one is not enough. */
const ON_OUR_LISTS = (personId: string): string => `exists (
  select from referral r left join referral_state s on s.tenant = r.tenant and s.referral_id = r.id
  where r.tenant = $1 and r.person_id = ${personId} and $2 in (r.provider, s.provider))`;

/** Children of a statement `held` (person_id, since, why), whose parameters begin with the tenant and the provider. */
const heldChildren = (tx: Tx, held: string, parameters: readonly unknown[]): Promise<MessageHold[]> =>
  tx.query<MessageHold>(
    `select held.person_id as "personId", held.since, held.why, p.died_on as "diedOn",
        array(select r.id from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id and y.provider = $2
          where r.tenant = $1 and r.person_id = held.person_id order by r.id) as "referralIds"
      from (${held}) held join person p on p.tenant = $1 and p.id = held.person_id order by held.since, held.person_id`,
    [tx.tenant, tx.principal.org, ...parameters],
  );

async function heldOf(tx: Tx, personId: string): Promise<MessageHold | undefined> {
  const [held] = await heldChildren(
    tx,
    `select person_id, min(since) as since, array_agg(distinct why order by why) as why from message_hold
      where tenant = $1 and person_id = $3 and released_at is null group by person_id`,
    [personId],
  );
  return held;
}

/** So that two people act one after the other. */
async function lockChild(tx: Tx, personId: string): Promise<void> {
  if (!isUuid(personId)) throw notFound('child');
  const row = await tx.one(
    `select p.id from person p where p.tenant = $1 and p.id = $3 and p.joined_to is null and ${ON_OUR_LISTS('p.id')} for no key update of p`,
    [tx.tenant, tx.principal.org, personId],
  );
  if (!row) throw notFound('child');
}
