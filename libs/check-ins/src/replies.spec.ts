import { addDays, londonInstant } from '#kernel';
import { CheckInSuite, BIRTH_DATE, heard, nurse } from './suite.fixture.js';
import { TODAY } from './waiting-child.fixture.js';

const suite = new CheckInSuite();

describe('opening a link', () => {
  it('asks for a birth date and tells nothing, however often', async () => {
    const { token } = await suite.asked();
    for (let i = 0; i < 3; i++) expect(await suite.replies.open(token)).toEqual({ kind: 'birth-date', wrong: false });
    expect(await suite.checkIn()).toMatchObject({ state: 'sent', closed: false });
  });

  it('is unknown for what no link is, whatever the tenant', async () => {
    const { token } = await suite.asked();
    const [tenant, secret] = token.split('.');
    for (const other of [`${tenant}.${'A'.repeat(43)}`, `ELSE.${secret}`, `NOBODY.${secret}`, 'x', '', `${token}x`]) {
      expect(await suite.replies.open(other)).toEqual({ kind: 'unknown' });
      expect(await suite.replies.submit(other, 'x', { change: 'worse' })).toEqual({ kind: 'unknown' });
      expect(await suite.replies.stop(other, 'not-me')).toEqual({ kind: 'unknown' });
    }
  });

  it('works for 28 days', async () => {
    const { token } = await suite.asked();
    suite.t.clock.moveTo(londonInstant(addDays(TODAY, 28), '10:29'));
    expect((await suite.replies.open(token)).kind).toBe('birth-date');
    suite.t.clock.moveTo(londonInstant(addDays(TODAY, 28), '10:30'));
    expect((await suite.replies.open(token)).kind).toBe('expired');
    expect((await suite.replies.giveBirthDate(token, BIRTH_DATE)).kind).toBe('expired');
  });
});

describe('the birth date', () => {
  it('opens the questions of the line', async () => {
    const { token } = await suite.asked();
    expect(await suite.replies.giveBirthDate(token, BIRTH_DATE)).toMatchObject({
      kind: 'questions',
      line: 'speech-and-language-therapy',
      reader: 'family',
    });
  });

  it('may be wrong four times; the fifth closes the link, also to the right one, and a person looks', async () => {
    const { token } = await suite.asked();
    for (let i = 0; i < 4; i++) expect(await suite.replies.giveBirthDate(token, '2019-05-05')).toEqual({ kind: 'birth-date', wrong: true });
    expect(await suite.replies.giveBirthDate(token, '2019-05-05')).toEqual({ kind: 'closed', why: 'wrong-birth-date' });
    expect(await suite.replies.giveBirthDate(token, BIRTH_DATE)).toEqual({ kind: 'closed', why: 'wrong-birth-date' });
    expect(await suite.checkIn()).toMatchObject({ state: 'unanswered', callWhy: 'link-locked' });
  });

  it('is counted also when wrong ones come at once', async () => {
    const { token } = await suite.asked();
    await Promise.all(Array.from({ length: 12 }, () => suite.replies.giveBirthDate(token, '2019-05-05')));
    expect(await suite.rows('select wrong_tries from message')).toEqual([{ wrong_tries: 5 }]);
  });

  it('cannot be gone round with another message’s pass', async () => {
    const one = await suite.entered();
    const other = await suite.asked();
    expect(await suite.replies.submit(other.token, one.pass, { change: 'worse' })).toEqual({ kind: 'birth-date', wrong: false });
    expect(await suite.opened()).toEqual([]);
  });
});

describe('answers', () => {
  it('are kept, close the check-in and plan the next one', async () => {
    const { child, token, pass } = await suite.entered();
    const view = heard(await suite.replies.submit(token, pass, { stillNeeded: 'yes', change: 'same', answeredBy: 'parent' }));
    expect(view).toMatchObject({ urgent: false, lookedAtBy: null, complete: true });
    expect(await suite.checkIn()).toMatchObject({ state: 'answered', level: 'green', closed: true, nextReminderOn: null });
    expect(await suite.opened()).toEqual([]);
    const [state] = await suite.rows(
      'select last_check_in_on, next_check_in_on, next_check_in_why from referral_state where referral_id = $1',
      [child.referralId],
    );
    // Listed on 1 August: 18 weeks are on 5 December.
    expect(state).toEqual({ last_check_in_on: TODAY, next_check_in_on: '2026-12-05', next_check_in_why: 'milestone-18w' });
    expect(await suite.sweep()).toMatchObject({ opened: 0, sent: 0 });
  });

  it('that say "worse" open an escalation and say by when somebody looks', async () => {
    const { token, pass } = await suite.entered();
    const view = heard(await suite.replies.submit(token, pass, { stillNeeded: 'yes', change: 'worse' }));
    expect(view.lookedAtBy).toEqual(new Date('2026-12-07T10:30:00Z'));
    expect(await suite.opened()).toEqual(['yellow worse']);
  });

  it('sent twice are one answer and one escalation', async () => {
    const { token, pass } = await suite.entered();
    const answers = { change: 'worse', concerns: ['pain'], message: 'Her leg hurts' } as const;
    const views = await Promise.all([suite.replies.submit(token, pass, answers), suite.replies.submit(token, pass, answers)]);
    await suite.replies.submit(token, pass, answers);
    expect(views.map((v) => v.kind)).toEqual(['heard', 'heard']);
    expect(await suite.rows('select message, concerns, level from reply')).toEqual([
      { message: 'Her leg hurts', concerns: ['pain'], level: 'amber' },
    ]);
    expect(await suite.opened()).toEqual(['amber pain']);
  });

  it('may be added to later, and nothing lowers what was said', async () => {
    const { token, pass } = await suite.entered();
    await suite.replies.submit(token, pass, { change: 'worse', concerns: ['pain'] });
    await suite.replies.submit(token, pass, { stillNeeded: 'yes', change: 'better' });
    expect(await suite.rows('select change, concerns, level from reply')).toEqual([
      { change: 'worse', concerns: ['pain'], level: 'amber' },
    ]);
    expect(await suite.checkIn()).toMatchObject({ level: 'amber' });
  });

  it('do not open again what a person has resolved, unless it is said again', async () => {
    const { token, pass } = await suite.entered();
    await suite.replies.choose(token, pass, 'choking');
    const [one] = await suite.escalations.list(nurse, { limit: 10 });
    await suite.escalations.resolve(nurse, one?.id ?? '', { outcome: 'seen', familyTold: 'by telephone' });
    await suite.replies.submit(token, pass, { change: 'worse' });
    expect(await suite.escalations.list(nurse, { limit: 10, state: 'open' })).toEqual([]);
    await suite.replies.choose(token, pass, 'choking');
    expect(await suite.escalations.list(nurse, { limit: 10, state: 'open' })).toMatchObject([{ level: 'red', reason: 'choking' }]);
  });

  it('that say nothing of how the child is are asked again', async () => {
    const { token, pass } = await suite.entered();
    await expect(suite.replies.submit(token, pass, { stillNeeded: 'yes' })).rejects.toMatchObject({ kind: 'rule' });
    expect(await suite.checkIn()).toMatchObject({ state: 'sent' });
  });

  it('no longer needed: nobody is removed; a person confirms', async () => {
    const { child, token, pass } = await suite.entered();
    expect(heard(await suite.replies.submit(token, pass, { stillNeeded: 'no', change: 'better' }))).toMatchObject({ noLongerNeeded: true });
    expect(await suite.checkIn()).toMatchObject({ state: 'answered', level: 'green' });
    expect(await suite.opened()).toEqual(['blue no-longer-needed']);
    expect(await suite.rows('select state from referral_state where referral_id = $1', [child.referralId])).toEqual([{ state: 'waiting' }]);
  });

  it('are taken also after the check-in was closed for another reason', async () => {
    const { token, pass } = await suite.entered();
    await suite.rows(`update check_in set state = 'no-longer-owed', closed_at = now()`);
    await suite.replies.submit(token, pass, { change: 'worse' });
    expect(await suite.opened()).toEqual(['yellow worse']);
  });
});
