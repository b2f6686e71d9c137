import { addDays, systemPrincipal } from '#kernel';
import { CheckInSuite } from './suite.fixture.js';
import { CheckInSweep } from './sweep.js';
import { aPhone, goLive, MENTAL_HEALTH, TODAY } from './waiting-child.fixture.js';

const suite = new CheckInSuite();

describe('what is due', () => {
  it('is opened, written down, sent and recorded', async () => {
    await suite.child();
    expect(await suite.sweep()).toMatchObject({ opened: 1, sent: 1, failed: 0 });
    expect(await suite.checkIns()).toMatchObject([
      { state: 'sent', callWhy: null, reminders: 0, nextReminderOn: addDays(TODAY, 7), closed: false },
    ]);
    expect(await suite.messages()).toMatchObject([{ state: 'sent', template: 'check-in', attempt: 1 }]);
    expect(suite.sender.received[0]?.body).toContain('https://meanwhile.example/c/TEST.');
    expect(await suite.sweep()).toMatchObject({ opened: 0, sent: 0 });
  });

  it('is nothing tomorrow’s, and nothing of an ended referral', async () => {
    await suite.child({ nextCheckInOn: addDays(TODAY, 1) });
    await suite.child({ nextCheckInOn: null });
    await suite.child({ state: 'removed' });
    expect(await suite.sweep()).toMatchObject({ opened: 0, sent: 0 });
  });

  it('is nothing in a service that is not live: imported history sends nothing by itself', async () => {
    await goLive(suite.t.database, { from: addDays(TODAY, 1) });
    await suite.child({ listedOn: '2020-01-01', nextCheckInOn: '2020-06-01' });
    expect(await suite.sweep()).toMatchObject({ opened: 0, sent: 0 });
    suite.at(addDays(TODAY, 1));
    expect(await suite.sweep()).toMatchObject({ opened: 1, sent: 1 });
    expect(await suite.rows('select due_on from check_in')).toEqual([{ due_on: addDays(TODAY, 1) }]);
  });

  it('is closed when it is owed no longer, also after it was sent', async () => {
    const one = await suite.child();
    await suite.sweep();
    await suite.rows(`update referral_state set last_human_contact_on = $2, next_check_in_on = $3 where referral_id = $1`, [
      one.referralId,
      TODAY,
      addDays(TODAY, 84),
    ]);
    expect(await suite.sweep()).toMatchObject({ noLongerOwed: 1 });
    expect(await suite.states()).toBe('no-longer-owed');
  });
});

describe('how many', () => {
  it('one household gets one message a day, though three children wait', async () => {
    const phone = aPhone();
    for (const line of ['speech-and-language-therapy', MENTAL_HEALTH, 'speech-and-language-therapy'])
      await suite.child({ line, contacts: [{ phone }] });
    await goLive(suite.t.database, { line: MENTAL_HEALTH });
    expect(await suite.sweep()).toMatchObject({ opened: 3, sent: 1 });
    expect(await suite.sweep()).toMatchObject({ sent: 0 });
    suite.at(addDays(TODAY, 1));
    expect(await suite.sweep()).toMatchObject({ sent: 1 });
    suite.at(addDays(TODAY, 2));
    expect(await suite.sweep()).toMatchObject({ sent: 1 });
    expect((await suite.checkIns()).map((c) => c.state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('no more than the day’s cap, most at risk first and then longest waiting', async () => {
    await goLive(suite.t.database, { cap: 2 });
    const urgent = await suite.child({ priority: 'urgent', listedOn: '2026-10-01' });
    const short = await suite.child({ listedOn: '2026-08-01' });
    const long = await suite.child({ listedOn: '2025-01-01' });
    const longer = await suite.child({ listedOn: '2024-01-01' });
    expect(await suite.sweep()).toMatchObject({ opened: 4, sent: 2 });
    expect(await suite.sweep()).toMatchObject({ sent: 0 });
    suite.at(addDays(TODAY, 1));
    expect(await suite.sweep()).toMatchObject({ sent: 2 });
    const sent = await suite.rows<{ person_id: string; claimed_on: string }>('select person_id, claimed_on from message');
    const on = (id: string) => sent.find((m) => m.person_id === id)?.claimed_on;
    expect([on(urgent.personId), on(longer.personId)]).toEqual([TODAY, TODAY]);
    expect([on(long.personId), on(short.personId)]).toEqual([addDays(TODAY, 1), addDays(TODAY, 1)]);
  });

  it('counts the cap by the London day, also in summer', async () => {
    await goLive(suite.t.database, { cap: 1 });
    await suite.child({ listedOn: '2026-01-01', nextCheckInOn: '2026-05-01' });
    await suite.child({ listedOn: '2026-01-02', nextCheckInOn: '2026-05-01' });
    suite.at('2026-07-06', '08:10');
    expect(await suite.sweep()).toMatchObject({ sent: 1 });
    suite.at('2026-07-06', '17:50');
    expect(await suite.sweep()).toMatchObject({ sent: 0 });
    suite.at('2026-07-07', '08:00');
    expect(await suite.sweep()).toMatchObject({ sent: 1 });
  });

  it.each([
    ['2026-11-23', '07:59', 0],
    ['2026-11-23', '08:00', 1],
    ['2026-11-22', '12:00', 1],
    ['2026-11-23', '17:59', 1],
    ['2026-11-23', '18:00', 0],
  ])('speech and language therapy on %s at %s sends %d', async (day, time, sent) => {
    suite.at(day, time);
    await suite.child({ nextCheckInOn: '2026-11-01' });
    expect(await suite.sweep()).toMatchObject({ opened: 1, sent });
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
    await goLive(suite.t.database, { line: MENTAL_HEALTH });
    suite.at(day, time);
    await suite.child({ line: MENTAL_HEALTH, nextCheckInOn: '2026-11-01' });
    expect(await suite.sweep()).toMatchObject({ opened: 1, sent });
  });
});

describe('no answer', () => {
  it('two reminders by other ways, then a person; the child stays on the list', async () => {
    const phone = aPhone();
    await suite.child({ contacts: [{ phone, email: 'sam@family.example' }] });
    await suite.sweep();
    suite.at(addDays(TODAY, 6));
    expect(await suite.sweep()).toMatchObject({ sent: 0 });
    suite.at(addDays(TODAY, 7));
    expect(await suite.sweep()).toMatchObject({ sent: 1 });
    suite.at(addDays(TODAY, 14));
    expect(await suite.sweep()).toMatchObject({ sent: 1 });
    suite.at(addDays(TODAY, 20));
    expect(await suite.sweep()).toMatchObject({ sent: 0, handedOver: 0 });
    suite.at(addDays(TODAY, 21));
    expect(await suite.sweep()).toMatchObject({ sent: 0, handedOver: 1 });
    expect(suite.sender.received.map((m) => m.recipient)).toEqual([phone, 'sam@family.example', phone]);
    expect((await suite.messages()).map((m) => m.template)).toEqual(['check-in', 'reminder', 'reminder']);
    expect(await suite.checkIns()).toMatchObject([
      { state: 'unanswered', callWhy: 'no-answer', reminders: 2, nextReminderOn: null, closed: false },
    ]);
  });
});

it('writes down whose addresses were read, and why', async () => {
  const one = await suite.child();
  await suite.sweep();
  const read = await suite.rows<{ person_ids: string[]; purpose: string }>(
    `select person_ids, purpose from audit_entry where action = 'identity-read' and $1 = any(person_ids)`,
    [one.personId],
  );
  expect(read).toEqual([{ person_ids: [one.personId], purpose: 'sending check-ins' }]);
});

it('enters no other tenant', async () => {
  await suite.child();
  await new CheckInSweep(suite.t.database, suite.t.clock, suite.sender, suite.secrets, suite.settings).run('ELSE');
  expect(suite.sender.received).toEqual([]);
  expect(await suite.t.database.inTenant(systemPrincipal('ELSE', 'test'), (tx) => tx.query('select 1 from check_in'))).toEqual([]);
});
