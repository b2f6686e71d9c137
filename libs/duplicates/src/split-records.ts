import { Database, withEveryRecord, type Tx } from '#database';
import { brokenRule, Clock, DomainError, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { decide, lockDuplicate, type Duplicate } from './duplicates.js';
import type { Moved } from './join-records.js';
import { moveTheseRecords, recordsThatFollow } from './move-records.js';
import { lockPathways, makePathways, moveReferrals, referralsOf } from './move-referrals.js';
import { lockPersons, splitFacts, writePerson } from './person-facts.js';
import { holdBoth, releaseHolds, takeBackDeaths } from './told-deaths.js';

export interface Undoing {
  reason: string;
  /** Of the referrals that came since the join, those of the child whose record was joined. Asked for only where some came. */
  ofOther?: string[] | undefined;
}

interface Join {
  id: string;
  kept: string;
  other: string;
  moved: Moved;
}

/** Takes a decision back: records kept apart may be one again, and records that were joined are two again, each with what was its own. */
@Injectable()
export class SplitRecords {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError not-found; conflict when nothing was decided, or a later join stands; rule when it is not said whose a later referral is */
  async undo(principal: Principal, id: string, { reason, ofOther }: Undoing): Promise<Duplicate> {
    const now = this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      const pair = await lockDuplicate(tx, id);
      const decision = { state: 'open', kept: null, note: reason } as const;
      if (pair.state === 'open') throw new DomainError('conflict', 'Nothing was decided about these two.');
      if (pair.state === 'apart') return decide(tx, pair, { ...decision, action: 'records-perhaps-one-again' }, now);
      const join = await joinOf(tx, pair.id);
      const back = await this.#split(tx, join, ofOther, now);
      const detail = { kept: join.kept, joined: join.other, referrals: back };
      return decide(tx, pair, { ...decision, action: 'join-undone', detail }, now);
    });
  }

  /** @returns the referrals that went back */
  async #split(tx: Tx, { id, kept, other, moved }: Join, ofOther: string[] | undefined, now: Date): Promise<string[]> {
    const current = (await lockPersons(tx, [kept, other])).get(kept);
    if (!current) throw new Error('A record of a pair is not there.');
    await refuseOutOfTurn(tx, id, kept);
    const back = [...moved.referrals.map((referral) => referral.id), ...(await saidOf(tx, kept, moved, ofOther))];
    await makePathways(tx, other, back, now);
    await lockPathways(tx, [kept, other], now);
    await moveReferrals(tx, back, other, now);
    await withEveryRecord(tx, now, 'taking a join of two records back', [kept, other], async () => {
      await moveTheseRecords(tx, kept, other, moved.records);
      // After the referrals: a provider that has none left of the one child told of the other only.
      if (ofOther?.length) await moveTheseRecords(tx, kept, other, await recordsThatFollow(tx, kept, other, ofOther));
    });
    const facts = splitFacts(moved, current);
    await writePerson(tx, kept, facts.kept);
    await writePerson(tx, other, facts.other);
    if (current.died_on === moved.keptAfter.died_on) {
      await takeBackDeaths(tx, moved.deaths, this.clock.today(), now);
      await releaseHolds(tx, moved.holdsMade, now);
    }
    await holdBoth(tx, { id, kept, other }, now);
    await dropEmptyPathways(tx, moved.pathwaysMade);
    await tx.execute(`update person_join set undone_at = $3, undone_by = $4 where tenant = $1 and id = $2`, [
      tx.tenant,
      id,
      now,
      tx.principal.subject,
    ]);
    return back;
  }
}

async function joinOf(tx: Tx, duplicateId: string): Promise<Join> {
  const join = await tx.one<Join>(
    `select id, kept, joined as other, moved from person_join where tenant = $1 and duplicate_id = $2 and undone_at is null`,
    [tx.tenant, duplicateId],
  );
  if (!join) throw new Error('A pair is joined by no join.');
  return join;
}

/** The last join into a record is taken back first: each remembers the record as the one before left it. */
async function refuseOutOfTurn(tx: Tx, id: string, kept: string): Promise<void> {
  const later = await tx.one<{ duplicateId: string }>(
    `select l.duplicate_id as "duplicateId" from person_join l join person_join j on j.tenant = l.tenant and j.id = $2
      where l.tenant = $1 and l.undone_at is null and ((l.kept = $3 and l.ordinal > j.ordinal) or l.joined = $3) order by l.ordinal desc limit 1`,
    [tx.tenant, id, kept],
  );
  if (later) throw new DomainError('conflict', `A later join stands on this one: undo ${later.duplicateId} first.`);
}

/** Referrals that came since the join: nobody but a person can say of which child they are. */
async function saidOf(tx: Tx, kept: string, moved: Moved, ofOther: string[] | undefined): Promise<string[]> {
  const known = new Set([...moved.ofKept, ...moved.referrals.map((referral) => referral.id)]);
  const since = (await referralsOf(tx, kept)).map((referral) => referral.id).filter((id) => !known.has(id));
  if (since.length > 0 && ofOther === undefined)
    throw brokenRule(
      'ofOther',
      `must say which of the referrals since the join are of the child that was joined, or none: ${since.join(', ')}`,
    );
  if (ofOther?.some((id) => !since.includes(id))) throw brokenRule('ofOther', 'must name only referrals that came since the join');
  return ofOther ?? [];
}

/** Pathways the join had made. One that has crossed a threshold keeps its history. */
async function dropEmptyPathways(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.execute(
    `delete from pathway p where p.tenant = $1 and p.id = any($2)
      and not exists (select from referral r where r.tenant = p.tenant and r.pathway_id = p.id)
      and not exists (select from wait w where w.tenant = p.tenant and w.pathway_id = p.id)
      and not exists (select from threshold_crossing c where c.tenant = p.tenant and c.pathway_id = p.id)`,
    [tx.tenant, ids],
  );
}
