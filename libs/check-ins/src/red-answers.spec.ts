import { addDays, londonInstant } from '#kernel';
import { CheckInSuite, BIRTH_DATE, heard } from './suite.fixture.js';
import { goLive, MENTAL_HEALTH, MONDAY, TODAY } from './waiting-child.fixture.js';

const suite = new CheckInSuite();

describe('a red answer', () => {
  it('acts when it is chosen, though the form is never sent', async () => {
    const { token, pass } = await suite.entered({ line: MENTAL_HEALTH });
    const view = heard(await suite.replies.choose(token, pass, 'suicidal'));
    expect(view).toMatchObject({ urgent: true, complete: false, notBefore: null, lookedAtBy: new Date('2026-11-23T11:30:00Z') });
    expect(await suite.opened()).toEqual(['red suicidal']);
    expect(await suite.checkIn()).toMatchObject({ state: 'answered', level: 'red', closed: true });
  });

  it.each([
    ['in the evening', '2026-11-23', '19:00', { on: '2026-11-24', time: '08:00' }],
    ['on a Saturday', '2026-11-28', '12:00', { on: '2026-11-30', time: '08:00' }],
    ['in the morning', '2026-11-24', '09:15', null],
  ])('%s says honestly when nobody reads it', async (_when, day, time, notBefore) => {
    const { token, pass } = await suite.entered();
    suite.t.clock.moveTo(londonInstant(day, time));
    expect(heard(await suite.replies.choose(token, pass, 'choking')).notBefore).toEqual(notBefore);
  });

  it('where a rota reads at night, says so', async () => {
    await goLive(suite.t.database, { nightRota: true });
    const { token, pass } = await suite.entered();
    suite.t.clock.moveTo(londonInstant(TODAY, '23:00'));
    expect(heard(await suite.replies.choose(token, pass, 'choking'))).toMatchObject({ notBefore: null, nightRota: true });
  });

  it('chosen twice at once opens one escalation', async () => {
    const { token, pass } = await suite.entered();
    await Promise.all([1, 2, 3].map(() => suite.replies.choose(token, pass, 'choking')));
    expect(await suite.opened()).toEqual(['red choking']);
  });

  it('of abuse goes to safeguarding, and nothing more goes to the household', async () => {
    const { child, token, pass } = await suite.entered();
    expect(heard(await suite.replies.choose(token, pass, 'abuse')).safeguarding).toBe(true);
    expect(await suite.opened()).toEqual(['red abuse safeguarding']);
    // The next visit to the link knows nothing of it.
    expect(await suite.replies.open(token)).toEqual({ kind: 'birth-date', wrong: false });
    expect(Object.keys(await suite.replies.giveBirthDate(token, BIRTH_DATE))).toEqual(['kind', 'line', 'reader', 'pass']);
    // The next check-in is a person's.
    await suite.rows('update referral_state set next_check_in_on = $2 where referral_id = $1', [child.referralId, TODAY]);
    suite.t.clock.moveTo(londonInstant(addDays(TODAY, 1), '10:30'));
    const before = suite.sender.received.length;
    await suite.sweep();
    expect(suite.sender.received).toHaveLength(before);
    expect(await suite.checkIn()).toMatchObject({ state: 'unanswered', callWhy: 'safeguarding' });
  });
});

describe('"this is not me"', () => {
  it('needs no birth date, stops messages to that contact and leaves the check-in for a call', async () => {
    const { child, token } = await suite.asked();
    expect(await suite.replies.stop(token, 'not-me')).toEqual({ kind: 'closed', why: 'not-me' });
    expect(await suite.replies.stop(token, 'not-me')).toEqual({ kind: 'closed', why: 'not-me' });
    expect(await suite.replies.open(token)).toEqual({ kind: 'closed', why: 'not-me' });
    expect(await suite.rows('select stopped_at, stopped_why from contact where id = $1', [child.contactIds[0]])).toEqual([
      { stopped_at: MONDAY, stopped_why: 'not-me' },
    ]);
    expect(await suite.checkIn()).toMatchObject({ state: 'unanswered', callWhy: 'wrong-contact', closed: false });
    suite.t.clock.moveTo(londonInstant(addDays(TODAY, 7), '10:30'));
    expect(await suite.sweep()).toMatchObject({ sent: 0 });
  });

  it('works on an expired link too', async () => {
    const { token } = await suite.asked();
    suite.t.clock.moveTo(londonInstant(addDays(TODAY, 60), '10:30'));
    expect(await suite.replies.stop(token, 'asked-to-stop')).toEqual({ kind: 'closed', why: 'asked-to-stop' });
  });
});
