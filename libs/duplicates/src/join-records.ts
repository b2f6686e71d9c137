import { Database, withEveryRecord, type Tx } from '#database';
import { brokenRule, Clock, DomainError, newId, type LocalDate, type Principal } from '#kernel';
import { holdMessages } from '#message-holds';
import { Injectable } from '@nestjs/common';
import { decide, lockDuplicate, mustBe, type Duplicate, type DuplicateRow } from './duplicates.js';
import { birthDatesOf, moveRecords, type MovedRecords } from './move-records.js';
import { lockPathways, makePathways, moveReferrals, referralsOf, type PlacedReferral } from './move-referrals.js';
import { emptiedFacts, joinedFacts, lockPersons, writePerson, type FactsOfJoin, type PersonFacts } from './person-facts.js';
import { tellDeath, type ToldDeath } from './told-deaths.js';

/** Everything a join did, so that it can be taken back. */
export interface Moved extends FactsOfJoin {
  referrals: PlacedReferral[];
  /** The referrals the kept record had: what is in neither list came since. */
  ofKept: string[];
  pathwaysMade: string[];
  records: MovedRecords;
  deaths: ToldDeath[];
  holdsMade: string[];
}

/** Joins two records of one child, because a person says that they are: everything of one moves to the other, in one transaction. */
@Injectable()
export class JoinRecords {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * @param keep the record whose name, birth date and provider's own details stand
   * @throws DomainError not-found; conflict when it was decided, or a worry must be resolved first; rule when two NHS numbers say it is two children
   */
  async join(principal: Principal, id: string, { keep, reason }: { keep: string; reason: string }): Promise<Duplicate> {
    const now = this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      const pair = await lockDuplicate(tx, id);
      mustBe(pair, 'open');
      if (keep !== pair.a && keep !== pair.b) throw brokenRule('keep', 'must be one of the two');
      const other = keep === pair.a ? pair.b : pair.a;
      const moved = await joinInto(tx, keep, other, now);
      await recordJoin(tx, pair, { kept: keep, joined: other, moved }, now);
      const detail = { joined: other, referrals: moved.referrals.map((referral) => referral.id) };
      return decide(tx, pair, { state: 'joined', kept: keep, note: reason, action: 'records-joined', detail }, now);
    });
  }
}

async function joinInto(tx: Tx, kept: string, other: string, now: Date): Promise<Moved> {
  const before = await lockPersons(tx, [kept, other]);
  const [keptBefore, otherBefore] = [before.get(kept), before.get(other)];
  if (!keptBefore || !otherBefore) throw new Error('A record of a pair is not there.');
  await refuse(tx, kept, other, keptBefore, otherBefore);
  const [referrals, ofKept] = [await referralsOf(tx, other), await referralsOf(tx, kept)];
  const ids = referrals.map((referral) => referral.id);
  const pathwaysMade = await makePathways(tx, kept, ids, now);
  await lockPathways(tx, [kept, other], now);
  await moveReferrals(tx, ids, kept, now);
  const keptAfter = joinedFacts(keptBefore, otherBefore);
  const oneDied = (keptBefore.died_on === null) !== (otherBefore.died_on === null);
  const { records, holdsMade } = await withEveryRecord(tx, now, 'joining two records of one child', [kept, other], async () => {
    // Two birth dates, and a person has said only that it is one child: nothing is sent until a person says which is right.
    if ((await birthDatesOf(tx, [kept, other])) > 1) keptAfter.identity_disputed_at ??= now.toISOString();
    return {
      records: await moveRecords(tx, other, kept),
      holdsMade: oneDied ? await holdMessages(tx, [kept], { why: 'death in the household', now }) : [],
    };
  });
  await writePerson(tx, other, emptiedFacts(otherBefore, kept));
  await writePerson(tx, kept, keptAfter);
  const deaths = oneDied ? await tellDeath(tx, kept, keptAfter.died_on as LocalDate, now) : [];
  return {
    keptBefore,
    otherBefore,
    // As the database writes it, to see later what has changed since.
    keptAfter: (await lockPersons(tx, [kept])).get(kept) ?? keptAfter,
    referrals,
    ofKept: ofKept.map((referral) => referral.id),
    pathwaysMade,
    records,
    deaths,
    holdsMade,
  };
}

async function refuse(tx: Tx, kept: string, other: string, keptFacts: PersonFacts, otherFacts: PersonFacts): Promise<void> {
  if (keptFacts.joined_to !== null || otherFacts.joined_to !== null)
    throw new DomainError('conflict', 'One of the two was joined with another record meanwhile.');
  if (keptFacts.nhs_number_key !== null && otherFacts.nhs_number_key !== null)
    throw new DomainError('rule', 'The two have different NHS numbers: they are two children, or a number must be mended first.');
  const worries = await tx.query<{ line: string; reason: string }>(
    `select a.line, a.reason from escalation a join escalation b on b.tenant = a.tenant and b.person_id = $3 and b.line = a.line and b.reason = a.reason
      where a.tenant = $1 and a.person_id = $2 and a.state <> 'resolved' and b.state <> 'resolved' order by 1, 2`,
    [tx.tenant, kept, other],
  );
  if (worries.length > 0) {
    const names = worries.map(({ line, reason }) => `${reason} (${line})`).join(', ');
    throw new DomainError('conflict', `The same worry is open under both: ${names}. Neither is closed by a join: resolve one first.`);
  }
}

async function recordJoin(
  tx: Tx,
  pair: DuplicateRow,
  { kept, joined, moved }: { kept: string; joined: string; moved: Moved },
  now: Date,
): Promise<void> {
  await tx.execute(
    `insert into person_join (tenant, id, duplicate_id, kept, joined, ordinal, joined_at, joined_by, moved)
      select $1, $2, $3, $4, $5, coalesce(max(ordinal), 0) + 1, $6, $7, $8 from person_join where tenant = $1 and kept = $4`,
    [tx.tenant, newId(now), pair.id, kept, joined, now, tx.principal.subject, JSON.stringify(moved)],
  );
}
