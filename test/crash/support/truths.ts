import { checkInPolicy } from '#check-ins';
import { serviceLine } from '#service-lines';
import { Rebuild, ThresholdPass, WaitFold, WaitRules } from '#waits';
import type { TestDatabase } from '../../support/database.js';
import { asSystem, TENANT, TODAY } from './children.js';

class Rules extends WaitRules {
  override readonly checkInPolicy = checkInPolicy;
  override line(code: string): ReturnType<WaitRules['line']> {
    return serviceLine(code).rules;
  }
}

/** In these lists a family can be written to when it may be and has an address; nothing else stands in the way. */
const ROUTE = (check: string): string => `select coalesce(k.phone, k.email) as address from contact k
  where k.tenant = ${check}.tenant and k.person_id = ${check}.person_id and k.may_contact`;

/** Addresses of the messages of today, by the contact each was for. */
const WRITTEN = `select m.*, coalesce(k.phone, k.email) as address from message m join contact k on k.tenant = m.tenant and k.id = m.contact_id`;

const OWED = `s.state in ('waiting', 'in-treatment', 'monitored') and s.next_check_in_on <= $2`;

/** What the workers have left to do, in words of the data alone: nothing of ours but the tables. */
export async function leftToDo(t: TestDatabase): Promise<Record<string, number>> {
  const [row] = await query<Record<string, number>>(
    t,
    `select
       (select count(*) from pathway where tenant = $1 and folded < changed) as "not computed",
       (select count(*) from message where tenant = $1 and state = 'claimed') as "claimed and not settled",
       (select count(*) from referral_state s where s.tenant = $1 and ${OWED}
          and not exists (select from check_in c where c.tenant = $1 and c.referral_id = s.referral_id and c.closed_at is null)) as "owed and not opened",
       (select count(*) from check_in c join referral_state s on s.tenant = c.tenant and s.referral_id = c.referral_id
          where c.tenant = $1 and c.closed_at is null and not (${OWED})) as "owed no longer and not closed",
       (select count(*) from check_in c where c.tenant = $1 and c.closed_at is null and c.state = 'due'
          and not exists (select from (${ROUTE('c')}) r)) as "without a way and not handed over",
       (select count(*) from check_in c where c.tenant = $1 and c.closed_at is null and c.state = 'due'
          and exists (select from (${ROUTE('c')}) r where not exists (
            select from (${WRITTEN}) m where m.tenant = $1 and m.address = r.address and m.claimed_on = $2 and m.state = 'sent'))) as "due and not sent"`,
    [TENANT, TODAY],
  );
  return row ?? {};
}

export async function query<Row>(t: TestDatabase, sql: string, params: unknown[] = [TENANT]): Promise<Row[]> {
  return asSystem(t, (tx) => tx.query<Row>(sql, params));
}

const everything = async (t: TestDatabase): Promise<Record<string, unknown[]>> => ({
  waits: await query(t, 'select * from wait where tenant = $1 order by pathway_id, measure, ordinal'),
  covers: await query(t, 'select * from wait_referral where tenant = $1 order by pathway_id, measure, period, referral_id'),
  states: await query(t, 'select * from referral_state where tenant = $1 order by referral_id'),
});

/** What is stored is what the events say: by computing over it, which finds nothing to write, and by computing it again from nothing. */
export async function expectWaitsToEqualARebuild(t: TestDatabase): Promise<void> {
  const fold = new WaitFold(t.database, t.clock, new Rules());
  const pass = new ThresholdPass(t.database, t.clock);
  await pass.run(TENANT);
  const stored = await everything(t);
  const marked = await new Rebuild(t.database, t.clock).mark(TENANT);
  expect(await fold.run(TENANT)).toMatchObject({ pathways: marked, written: 0 });
  expect(await everything(t)).toEqual(stored);

  await asSystem(t, async (tx) => {
    for (const table of ['wait', 'wait_referral', 'referral_state']) await tx.execute(`delete from ${table} where tenant = $1`, [TENANT]);
  });
  await new Rebuild(t.database, t.clock).mark(TENANT);
  expect(await fold.run(TENANT)).toMatchObject({ pathways: marked });
  // The nightly pass alone moves on when a wait crosses next.
  await pass.run(TENANT);
  const again = await everything(t);
  expect(again['waits']).toEqual(stored['waits']);
  expect(again['covers']).toEqual(stored['covers']);
  expect(again['states']).toEqual(stored['states']);
}

/** Every family that is owed a question and can be reached was asked once; nobody twice, nobody who must not be. */
export async function expectEveryOwedCheckInSentOnce(t: TestDatabase): Promise<void> {
  const twice = await query(
    t,
    `select check_in_id, attempt, count(*) from sandbox_message x join message m on m.tenant = x.tenant and m.reference = x.reference
     where x.tenant = $1 group by check_in_id, attempt having count(*) > 1`,
  );
  expect(twice).toEqual([]);
  // The clock stands still, so no reminder is due: one message a check-in, one an address.
  const sentTwice = await query(
    t,
    `select check_in_id from message where tenant = $1 and state = 'sent' group by 1 having count(*) > 1
     union all select null from sandbox_message where tenant = $1 group by recipient having count(*) > 1`,
  );
  expect(sentTwice).toEqual([]);

  const sent = await query(t, `select reference from message where tenant = $1 and state = 'sent' order by 1`);
  expect(await query(t, 'select reference from sandbox_message where tenant = $1 order by 1')).toEqual(sent);
  expect(await query(t, `select distinct state from message where tenant = $1 and state not in ('sent', 'called-off')`)).toEqual([]);

  const forbidden = await query(
    t,
    `select x.reference from sandbox_message x join contact k on k.tenant = x.tenant and x.recipient in (k.phone, k.email) where x.tenant = $1 and not k.may_contact`,
  );
  expect(forbidden).toEqual([]);

  // Owed, with a way: sent, or its household was written to about another child today.
  const missed = await query(
    t,
    `select c.id, c.state from check_in c
     where c.tenant = $1 and c.closed_at is null and exists (select from (${ROUTE('c')}) r)
       and (select count(*) from message m where m.tenant = $1 and m.check_in_id = c.id and m.state = 'sent') <> 1
       and not (c.state = 'due' and exists (
         select from (${ROUTE('c')}) r join (${WRITTEN}) m on m.tenant = $1 and m.address = r.address and m.check_in_id <> c.id and m.state = 'sent'))`,
  );
  expect(missed).toEqual([]);
  const unlike = await query(
    t,
    `select c.id, c.state, c.call_why, m.state from check_in c join message m on m.tenant = c.tenant and m.check_in_id = c.id
     where c.tenant = $1 and c.closed_at is null and (m.state = 'sent') <> (c.state = 'sent') and m.state <> 'called-off'`,
  );
  expect(unlike).toEqual([]);
  const handedOver = await query(
    t,
    `select c.id, c.state, c.call_why from check_in c
     where c.tenant = $1 and c.closed_at is null and not exists (select from (${ROUTE('c')}) r) and (c.state <> 'unanswered' or c.call_why is distinct from 'no-route')`,
  );
  expect(handedOver).toEqual([]);
}
