import { readSecrets, readSettings, type Secrets, type Settings } from '#config';
import { addDays, londonInstant, systemPrincipal } from '#kernel';
import { SandboxSender, type MessageSender } from '#messages';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { CheckInSweep, type SweepResult } from './sweep.js';
import {
  aPhone,
  emptyLists,
  FakeSender,
  goLive,
  MENTAL_HEALTH,
  MONDAY,
  PROVIDER,
  rows,
  TENANT,
  TODAY,
  waitingChild,
  type ContactOf,
  type WaitingChildOf,
} from './waiting-child.fixture.js';

let t: TestDatabase;
let settings: Settings;
let secrets: Secrets;
let sender: FakeSender;

beforeAll(async () => {
  t = await testDatabase();
  settings = readSettings({ DATABASE_URL: t.url, MEANWHILE_DATA: t.dataFolder, PUBLIC_URL: 'https://meanwhile.example' });
  secrets = readSecrets(settings);
});
afterAll(() => t.close());
beforeEach(async () => {
  sender = new FakeSender();
  t.clock.moveTo(MONDAY);
  await emptyLists(t.database);
  await goLive(t.database);
});

const sweep = (by: MessageSender = sender): Promise<SweepResult> => new CheckInSweep(t.database, t.clock, by, secrets, settings).run(TENANT);
const child = (of?: WaitingChildOf) => waitingChild(t.database, of);
const at = (day: string, time = '10:30'): void => t.clock.moveTo(londonInstant(day, time));
const checkIns = () =>
  rows<{ state: string; callWhy: string | null; reminders: number; nextReminderOn: string | null; closed: boolean }>(
    t.database,
    `select state, call_why as "callWhy", reminders, next_reminder_on as "nextReminderOn", closed_at is not null as closed from check_in order by opened_at, id`,
  );
const messages = () => rows<{ state: string; template: string; attempt: number; outcome: string }>(t.database, 'select * from message order by claimed_at, attempt');
const stateOf = async (): Promise<string> => (await checkIns()).map((c) => [c.state, c.callWhy].filter(Boolean).join(' ')).join();

describe('what is due', () => {
  it('is opened, written down, sent and recorded', async () => {
    await child();
    expect(await sweep()).toMatchObject({ opened: 1, sent: 1, failed: 0 });
    expect(await checkIns()).toEqual([{ state: 'sent', callWhy: null, reminders: 0, nextReminderOn: addDays(TODAY, 7), closed: false }]);
    expect(await messages()).toMatchObject([{ state: 'sent', template: 'check-in', attempt: 1 }]);
    expect(sender.received[0]?.body).toContain('https://meanwhile.example/c/TEST.');
    expect(await sweep()).toMatchObject({ opened: 0, sent: 0 });
  });

  it('is nothing tomorrow’s, and nothing of an ended referral', async () => {
    await child({ nextCheckInOn: addDays(TODAY, 1) });
    await child({ nextCheckInOn: null });
    await child({ state: 'removed' });
    expect(await sweep()).toMatchObject({ opened: 0, sent: 0 });
  });

  it('is nothing in a service that is not live: imported history sends nothing by itself', async () => {
    await goLive(t.database, { from: addDays(TODAY, 1) });
    await child({ listedOn: '2020-01-01', nextCheckInOn: '2020-06-01' });
    expect(await sweep()).toMatchObject({ opened: 0, sent: 0 });
    at(addDays(TODAY, 1));
    expect(await sweep()).toMatchObject({ opened: 1, sent: 1 });
    expect(await rows(t.database, 'select due_on from check_in')).toEqual([{ due_on: addDays(TODAY, 1) }]);
  });

  it('is closed when it is owed no longer, also after it was sent', async () => {
    const one = await child();
    await sweep();
    await rows(t.database, `update referral_state set last_human_contact_on = $2, next_check_in_on = $3 where referral_id = $1`, [one.referralId, TODAY, addDays(TODAY, 84)]);
    expect(await sweep()).toMatchObject({ noLongerOwed: 1 });
    expect(await stateOf()).toBe('no-longer-owed');
  });
});

describe('who is written to', () => {
  const people: { example: string; of: WaitingChildOf; then: string }[] = [
    { example: 'a parent with a mobile', of: {}, then: 'sent' },
    { example: 'nobody there', of: { contacts: [] }, then: 'unanswered no-route' },
    { example: 'may not be contacted', of: { contacts: [{ mayContact: false }] }, then: 'unanswered no-route' },
    { example: 'no longer valid', of: { contacts: [{ validTo: addDays(TODAY, -1) }] }, then: 'unanswered no-route' },
    { example: 'valid until today', of: { contacts: [{ validTo: TODAY }] }, then: 'sent' },
    { example: 'may know of another line only', of: { contacts: [{ mayKnowOf: [MENTAL_HEALTH] }] }, then: 'unanswered no-route' },
    { example: 'may know of this line', of: { contacts: [{ mayKnowOf: ['speech-and-language-therapy'] }] }, then: 'sent' },
    { example: 'a professional', of: { contacts: [{ role: 'professional' }] }, then: 'unanswered no-route' },
    { example: 'a landline only', of: { contacts: [{ phone: '+441536555000' }] }, then: 'unanswered no-route' },
    { example: 'an email only', of: { contacts: [{ phone: null, email: 'sam@family.example' }] }, then: 'sent' },
    { example: 'prefers the telephone', of: { contacts: [{ preferredChannel: 'phone' }] }, then: 'unanswered prefers-a-person' },
    { example: 'reads another language', of: { contacts: [{ language: 'pl' }] }, then: 'unanswered language-or-format' },
    { example: 'needs an interpreter', of: { interpreterLanguage: 'ro' }, then: 'unanswered language-or-format' },
    { example: 'needs an interpreter, but this contact reads English', of: { interpreterLanguage: 'ro', contacts: [{ language: 'en' }] }, then: 'sent' },
    { example: 'needs easy read', of: { contacts: [{ format: 'easy-read' }] }, then: 'unanswered language-or-format' },
    { example: 'confidential from the family: a parent', of: { birthDate: '2011-05-04', confidential: ['speech-and-language-therapy'] }, then: 'unanswered no-route' },
    {
      example: 'confidential from the family: the young person',
      of: { birthDate: '2011-05-04', confidential: ['speech-and-language-therapy'], contacts: [{}, { role: 'young-person' }] },
      then: 'sent',
    },
    { example: 'confidential for another line', of: { confidential: [MENTAL_HEALTH] }, then: 'sent' },
    { example: 'a child of 12 is not asked about itself', of: { birthDate: '2014-05-04', contacts: [{ role: 'young-person' }] }, then: 'unanswered no-route' },
    { example: 'a parent of somebody of 18', of: { birthDate: '2008-11-20' }, then: 'unanswered no-route' },
    { example: 'somebody of 18', of: { birthDate: '2008-11-20', contacts: [{ role: 'young-person' }] }, then: 'sent' },
  ];
  it.each(people)('$example: $then', async ({ of, then }) => {
    await child(of);
    await sweep();
    expect(await stateOf()).toBe(then);
    expect(sender.received).toHaveLength(then === 'sent' ? 1 : 0);
  });

  const order: { example: string; of: WaitingChildOf; contacts: ContactOf[]; first: string }[] = [
    { example: 'the preferred channel', of: {}, contacts: [{ phone: '+447700900001', email: 'a@x.example', preferredChannel: 'email' }], first: 'a@x.example' },
    { example: 'a text, when nothing is preferred', of: {}, contacts: [{ phone: '+447700900002', email: 'a@x.example' }], first: '+447700900002' },
    { example: 'parental responsibility', of: {}, contacts: [{ phone: '+447700900003', parentalResponsibility: false }, { phone: '+447700900004', parentalResponsibility: true }], first: '+447700900004' },
    { example: 'the young person from 16', of: { birthDate: '2010-05-04' }, contacts: [{ phone: '+447700900005' }, { role: 'young-person', phone: '+447700900006' }], first: '+447700900006' },
    { example: 'a parent before 16', of: { birthDate: '2012-05-04' }, contacts: [{ role: 'young-person', phone: '+447700900007' }, { phone: '+447700900008' }], first: '+447700900008' },
    { example: 'the social worker of a looked-after child', of: { socialCare: 'looked-after' }, contacts: [{ phone: '+447700900009' }, { role: 'social-worker', phone: '+447700900010' }], first: '+447700900010' },
  ];
  it.each(order)('$example comes first', async ({ of, contacts, first }) => {
    await child({ ...of, contacts });
    await sweep();
    expect(sender.received.map((m) => m.recipient)).toEqual([first]);
  });

  it('is nobody while an address, the child or its identity is held', async () => {
    const [address, held, disputed] = [await child({ contacts: [{ phone: '+447700900100' }] }), await child(), await child()];
    const hold = (personId: string, to: string) =>
      rows(t.database, `insert into message_hold (tenant, id, person_id, address, why, since) values ('TEST', gen_random_uuid(), $1, $2, 'died', now())`, [personId, to]);
    await hold(held.personId, 'elsewhere');
    // A brother died: his hold is on the family's number.
    await hold((await child({ nextCheckInOn: null })).personId, '+447700900100');
    await rows(t.database, `update person set identity_disputed_at = now() where id = $1`, [disputed.personId]);
    await sweep();
    expect(sender.received).toEqual([]);
    const found = await rows<{ person_id: string; call_why: string }>(t.database, 'select person_id, call_why from check_in');
    expect(Object.fromEntries(found.map((f) => [f.person_id, f.call_why]))).toEqual({
      [address.personId]: 'no-route',
      [held.personId]: 'held',
      [disputed.personId]: 'identity-disputed',
    });
  });

  it('is nobody while a disclosure is looked into', async () => {
    const one = await child();
    await rows(
      t.database,
      `insert into escalation (tenant, id, person_id, referral_id, line, provider, level, reason, safeguarding, state, opened_at, due_at)
       values ('TEST', gen_random_uuid(), $1, $2, 'mental-health', $3, 'red', 'abuse', true, 'acknowledged', now(), now())`,
      [one.personId, one.referralId, PROVIDER],
    );
    await sweep();
    expect(await stateOf()).toBe('unanswered safeguarding');
  });

  it('is no number that another provider knows must not be contacted, or that said "this is not me"', async () => {
    const [refuge, wrong] = [aPhone(), aPhone()];
    await child({ contacts: [{ phone: refuge }, { phone: refuge, provider: 'ZZ998', mayContact: false, name: 'Other record' }] });
    const sibling = await child({ nextCheckInOn: null, contacts: [{ phone: wrong }] });
    await rows(t.database, `update contact set stopped_at = now(), stopped_why = 'not-me' where id = $1`, [sibling.contactIds[0]]);
    await child({ contacts: [{ phone: wrong }] });
    await sweep();
    expect(sender.received).toEqual([]);
    expect(await stateOf()).toBe('unanswered no-route,unanswered no-route');
  });

  it('is nobody after a death recorded a moment ago, though the state was not folded yet', async () => {
    const one = await child();
    await rows(t.database, `update person set died_on = $2 where id = $1`, [one.personId, TODAY]);
    expect(await sweep()).toMatchObject({ opened: 0, sent: 0 });
  });
});

describe('how many', () => {
  it('one household gets one message a day, though three children wait', async () => {
    const phone = aPhone();
    for (const line of ['speech-and-language-therapy', MENTAL_HEALTH, 'speech-and-language-therapy']) await child({ line, contacts: [{ phone }] });
    await goLive(t.database, { line: MENTAL_HEALTH });
    expect(await sweep()).toMatchObject({ opened: 3, sent: 1 });
    expect(await sweep()).toMatchObject({ sent: 0 });
    at(addDays(TODAY, 1));
    expect(await sweep()).toMatchObject({ sent: 1 });
    at(addDays(TODAY, 2));
    expect(await sweep()).toMatchObject({ sent: 1 });
    expect((await checkIns()).map((c) => c.state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('no more than the day’s cap, most at risk first and then longest waiting', async () => {
    await goLive(t.database, { cap: 2 });
    const urgent = await child({ priority: 'urgent', listedOn: '2026-10-01' });
    const short = await child({ listedOn: '2026-08-01' });
    const long = await child({ listedOn: '2025-01-01' });
    const longer = await child({ listedOn: '2024-01-01' });
    expect(await sweep()).toMatchObject({ opened: 4, sent: 2 });
    expect(await sweep()).toMatchObject({ sent: 0 });
    at(addDays(TODAY, 1));
    expect(await sweep()).toMatchObject({ sent: 2 });
    const sent = await rows<{ person_id: string; claimed_on: string }>(t.database, 'select person_id, claimed_on from message');
    const on = (id: string) => sent.find((m) => m.person_id === id)?.claimed_on;
    expect([on(urgent.personId), on(longer.personId)]).toEqual([TODAY, TODAY]);
    expect([on(long.personId), on(short.personId)]).toEqual([addDays(TODAY, 1), addDays(TODAY, 1)]);
  });

  it('counts the cap by the London day, also in summer', async () => {
    await goLive(t.database, { cap: 1 });
    await child({ listedOn: '2026-01-01', nextCheckInOn: '2026-05-01' });
    await child({ listedOn: '2026-01-02', nextCheckInOn: '2026-05-01' });
    at('2026-07-06', '08:10');
    expect(await sweep()).toMatchObject({ sent: 1 });
    at('2026-07-06', '17:50');
    expect(await sweep()).toMatchObject({ sent: 0 });
    at('2026-07-07', '08:00');
    expect(await sweep()).toMatchObject({ sent: 1 });
  });

  it.each([
    ['2026-11-23', '07:59', 0],
    ['2026-11-23', '08:00', 1],
    ['2026-11-22', '12:00', 1],
    ['2026-11-23', '17:59', 1],
    ['2026-11-23', '18:00', 0],
  ])('speech and language therapy on %s at %s sends %d', async (day, time, sent) => {
    at(day, time);
    await child({ nextCheckInOn: '2026-11-01' });
    expect(await sweep()).toMatchObject({ opened: 1, sent });
  });

  it.each([
    ['Sunday', '2026-11-22', '12:00', 0],
    ['Monday before nine', '2026-11-23', '08:59', 0],
    ['Monday', '2026-11-23', '09:00', 1],
    ['Thursday', '2026-11-26', '14:59', 1],
    ['Thursday at three', '2026-11-26', '15:00', 0],
    ['Friday', '2026-11-27', '10:00', 0],
    ['a bank holiday Monday', '2026-12-28', '10:00', 0],
  ])('mental health on %s (%s %s) sends %d', async (_name, day, time, sent) => {
    await goLive(t.database, { line: MENTAL_HEALTH });
    at(day, time);
    await child({ line: MENTAL_HEALTH, nextCheckInOn: '2026-11-01' });
    expect(await sweep()).toMatchObject({ opened: 1, sent });
  });
});

describe('no answer', () => {
  it('two reminders by other ways, then a person; the child stays on the list', async () => {
    const phone = aPhone();
    await child({ contacts: [{ phone, email: 'sam@family.example' }] });
    await sweep();
    at(addDays(TODAY, 6));
    expect(await sweep()).toMatchObject({ sent: 0 });
    at(addDays(TODAY, 7));
    expect(await sweep()).toMatchObject({ sent: 1 });
    at(addDays(TODAY, 14));
    expect(await sweep()).toMatchObject({ sent: 1 });
    at(addDays(TODAY, 20));
    expect(await sweep()).toMatchObject({ sent: 0, handedOver: 0 });
    at(addDays(TODAY, 21));
    expect(await sweep()).toMatchObject({ sent: 0, handedOver: 1 });
    expect(sender.received.map((m) => m.recipient)).toEqual([phone, 'sam@family.example', phone]);
    expect((await messages()).map((m) => m.template)).toEqual(['check-in', 'reminder', 'reminder']);
    expect(await checkIns()).toEqual([{ state: 'unanswered', callWhy: 'no-answer', reminders: 2, nextReminderOn: null, closed: false }]);
  });
});

describe('when sending fails', () => {
  it('a dead address is never tried again, another way is', async () => {
    sender.answer = (m) => (m.channel === 'sms' ? 'refused' : 'sent');
    await child({ contacts: [{ email: 'sam@family.example' }] });
    expect(await sweep()).toMatchObject({ failed: 1, sent: 1 });
    expect((await messages()).map((m) => `${m.attempt} ${m.state} ${m.outcome}`)).toEqual(['1 failed refused', '2 sent sent']);
  });

  it('no other way: a person calls', async () => {
    sender.answer = () => 'refused';
    await child();
    await sweep();
    await sweep();
    expect(await stateOf()).toBe('unanswered no-route');
  });

  it('a sender that takes nothing is left alone until later, and nothing is lost or counted', async () => {
    await goLive(t.database, { cap: 1 });
    sender.answer = () => 'unavailable';
    await child();
    expect(await sweep()).toMatchObject({ failed: 1, sent: 0 });
    expect(await sweep()).toMatchObject({ failed: 0, sent: 0 });
    sender.answer = () => 'sent';
    at(TODAY, '10:46');
    expect(await sweep()).toMatchObject({ sent: 1 });
  });

  it('an uncertain send is shown to a person and never sent again by the machine', async () => {
    sender.answer = () => 'uncertain';
    await child();
    expect(await sweep()).toMatchObject({ uncertain: 1 });
    sender.answer = () => 'sent';
    at(addDays(TODAY, 1));
    expect(await sweep()).toMatchObject({ sent: 0 });
    expect(await stateOf()).toBe('unanswered uncertain-send');
  });
});

describe('any number of sweeps', () => {
  it('at once send nothing twice and keep the cap', async () => {
    await goLive(t.database, { cap: 50 });
    for (let i = 0; i < 80; i++) await child();
    const sandbox = new SandboxSender(t.database, t.clock);
    const results = await Promise.all([sweep(sandbox), sweep(sandbox), sweep(sandbox)]);
    expect(results.reduce((n, r) => n + r.sent, 0)).toBe(50);
    expect(await rows(t.database, 'select count(*) as n, count(distinct recipient) as people from sandbox_message')).toEqual([{ n: 50, people: 50 }]);
    expect(await rows(t.database, 'select check_in_id from message group by 1 having count(*) > 1')).toEqual([]);
  });

  /** A sweep that dies: what it claimed is there, its mark is not. */
  const dies = async (reaching: 'nobody' | 'everybody'): Promise<void> => {
    sender.answer = (m) => {
      if (reaching === 'everybody') sender.received.push(m);
      throw new Error('killed');
    };
    // Left claimed, as after kill -9: a sweep that ends without knowing releases its mark.
    const canBeAsked = sender.canBeAsked;
    sender.canBeAsked = true;
    await sweep();
    sender.canBeAsked = canBeAsked;
    sender.answer = () => 'sent';
    expect((await messages()).map((m) => m.state)).toEqual(['claimed', 'claimed']);
  };

  it('asks about what a dead one sent, and sends nothing again', async () => {
    await child();
    await child();
    sender.canBeAsked = true;
    await dies('everybody');
    expect(await sweep()).toMatchObject({ settled: 2, sent: 2 });
    expect(sender.received).toHaveLength(2);
    expect(await stateOf()).toBe('sent,sent');
  });

  it('sends what a dead one did not, under the same reference', async () => {
    await child();
    await child();
    sender.canBeAsked = true;
    await dies('nobody');
    const before = await rows<{ reference: string }>(t.database, 'select reference from message order by reference');
    expect(await sweep()).toMatchObject({ settled: 2, sent: 2 });
    expect(sender.received.map((m) => m.reference).sort()).toEqual(before.map((m) => m.reference));
    expect(await messages()).toHaveLength(2);
  });

  it('calls off what must no longer be sent', async () => {
    const [stopped] = [await child(), await child()];
    sender.canBeAsked = true;
    await dies('nobody');
    await rows(t.database, `update contact set stopped_at = now() where id = $1`, [stopped.contactIds[0]]);
    expect(await sweep()).toMatchObject({ settled: 2, sent: 1 });
    expect((await messages()).map((m) => m.state).sort()).toEqual(['called-off', 'sent']);
  });

  it('out of hours calls off and sends anew when the hour comes', async () => {
    await child();
    await child();
    sender.canBeAsked = true;
    await dies('nobody');
    at(TODAY, '19:00');
    expect(await sweep()).toMatchObject({ settled: 2, sent: 0 });
    at(addDays(TODAY, 1), '08:00');
    expect(await sweep()).toMatchObject({ sent: 2 });
  });

  it('marks what cannot be asked about uncertain', async () => {
    await child();
    await child();
    await dies('everybody');
    expect(await sweep()).toMatchObject({ settled: 2, uncertain: 2, sent: 0 });
    expect(sender.received).toHaveLength(2);
    expect(await stateOf()).toBe('unanswered uncertain-send,unanswered uncertain-send');
  });

  it('leaves alone what a living one is sending', async () => {
    await child();
    sender.canBeAsked = true;
    let arrive = (): void => undefined;
    let go = (): void => undefined;
    const arrived = new Promise<void>((done) => (arrive = done));
    const mayGo = new Promise<void>((done) => (go = done));
    sender.answer = async () => {
      arrive();
      await mayGo;
      return 'sent';
    };
    const first = sweep();
    await arrived;
    expect(await sweep()).toMatchObject({ settled: 0, sent: 0, opened: 0 });
    go();
    expect(await first).toMatchObject({ sent: 1 });
    expect(sender.received).toHaveLength(1);
  });
});

it('writes down whose addresses were read, and why', async () => {
  const one = await child();
  await sweep();
  const read = await rows<{ person_ids: string[]; purpose: string }>(t.database, `select person_ids, purpose from audit_entry where action = 'identity-read' and $1 = any(person_ids)`, [one.personId]);
  expect(read).toEqual([{ person_ids: [one.personId], purpose: 'sending check-ins' }]);
});

it('enters no other tenant', async () => {
  await child();
  await new CheckInSweep(t.database, t.clock, sender, secrets, settings).run('ELSE');
  expect(sender.received).toEqual([]);
  expect(await t.database.inTenant(systemPrincipal('ELSE', 'test'), (tx) => tx.query('select 1 from check_in'))).toEqual([]);
});
