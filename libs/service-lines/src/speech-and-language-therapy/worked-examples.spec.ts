import { asOf, DAY_0, day, pathway } from '../../../../test/support/pathway.js';

/** Worked examples of speech and language therapy: how a wait starts and what stops it. Numbers: domain reference 11. Day 0 is 2026-01-05. */
const salt = () => pathway('speech-and-language-therapy');
const received = () => salt().received(DAY_0);
const runsFromDay0 = { state: 'waiting', startedOn: DAY_0, stoppedOn: null, stopCode: null, stopKind: null } as const;

describe('days, bands and the 18-week target', () => {
  test.each([
    ['1: on the day of receipt', '2026-01-05', 0, '0-1', '0-1', true],
    ['3: on day 8', '2026-01-13', 8, '>1-2', '1-2', true],
    ['5: on day 84, over the change of clocks', '2026-03-30', 84, '>4-12', '11-12', true],
    ['5: on day 85', '2026-03-31', 85, '>12-18', '12-13', true],
    ['6: on day 126, within 18 weeks', '2026-05-11', 126, '>12-18', '17-18', true],
    ['7: on day 127, a breach', '2026-05-12', 127, '>18-52', '18-19', false],
    ['8: on day 364', '2027-01-04', 364, '>18-52', '51-52', false],
    ['8: on day 365, over 52 weeks', '2027-01-05', 365, '>52-104', '52-53', false],
    ['on day 729', day(729), 729, '>104', '104+', false],
  ])('%s', (_, on, days, band, weeklyBand, withinTarget) => {
    const { sitrep, 'ahp-rtt': ahpRtt, experienced } = received().waits('a', on);
    const runs = { ...runsFromDay0, days, targetDays: 126, breachOn: '2026-05-12', withinTarget };
    expect(sitrep).toMatchObject({ ...runs, band });
    expect(ahpRtt).toMatchObject({ ...runs, band: weeklyBand });
    expect(experienced).toMatchObject({ ...runs, band });
  });

  test('the day before receipt nothing has begun', () => expect(received().waits('a', day(-1))).toEqual({}));

  const shorter = received().choosing('P1', { targets: { sitrep: 91 } });
  asOf(day(200), {
    'seen on day 126: in time': [received().contact(day(126), 'assessment'), { sitrep: { days: 126, band: '>12-18', withinTarget: true } }],
    'seen on day 127: not': [received().contact(day(127), 'assessment'), { sitrep: { days: 127, band: '>18-52', withinTarget: false } }],
    'a service with a target of its own': [shorter, { sitrep: { targetDays: 91, breachOn: day(92) }, 'ahp-rtt': { targetDays: 126 } }],
  });
});

describe('the start', () => {
  const rejected = received().event('referral-rejected', '2026-01-12', { reason: 'inappropriate' });
  const neverAWait = { state: 'excluded', days: null, stopKind: null, withinTarget: null } as const;
  const unknown = salt().received(null, { heardOn: '2026-02-01' });
  const noWait = { state: 'unknown-start', startedOn: null, days: null, band: null, breachOn: null, withinTarget: null } as const;
  const corrected = received().event('received-on-corrected', '2026-02-01', { receivedOn: '2025-12-15', reason: 'date stamp' });
  const found = salt().received(null).event('received-on-corrected', '2026-03-01', { receivedOn: '2025-11-03', reason: 'letter found' });

  asOf('2026-03-01', {
    '10: triaged and accepted later, the clock starts on receipt': [
      received().event('triaged', '2026-01-20').event('referral-accepted', '2026-02-02'),
      { sitrep: { ...runsFromDay0, days: 55 }, 'ahp-rtt': runsFromDay0, experienced: runsFromDay0 },
    ],
    '11: rejected as inappropriate was never a wait': [
      rejected,
      { sitrep: neverAWait, 'ahp-rtt': neverAWait, experienced: neverAWait, referral: { state: 'rejected', stage: null } },
    ],
    '46: unknown start: listed, no wait': [
      unknown,
      { sitrep: noWait, 'ahp-rtt': noWait, experienced: noWait, referral: { state: 'waiting' } },
    ],
    'unknown start, then seen: stopped, neither success nor failure': [
      salt().received(null).contact('2026-02-20', 'assessment'),
      { sitrep: { state: 'stopped', stopKind: 'first-contact', days: null, withinTarget: null } },
    ],
    'received date corrected: the wait from the right day': [
      corrected,
      { sitrep: { startedOn: '2025-12-15', days: 76, breachOn: '2026-04-21' } },
    ],
    'an unknown start that was found': [
      found,
      { sitrep: { state: 'waiting', startedOn: '2025-11-03', days: 118, breachOn: '2026-03-10' } },
    ],
    'two corrections on one day: the earlier start stands, whatever their reasons': [
      received()
        .event('received-on-corrected', '2026-02-01', { receivedOn: '2025-12-15', reason: 'a' })
        .event('received-on-corrected', '2026-02-01', { receivedOn: '2025-12-20', reason: 'b' }),
      { sitrep: { startedOn: '2025-12-15' } },
    ],
  });
  asOf('2026-01-11', { '11: the day before the rejection the child was waiting': [rejected, { sitrep: { ...runsFromDay0, days: 6 } }] });
  asOf('2026-01-31', {
    'the day before a correction: as it was then believed': [corrected, { sitrep: { startedOn: DAY_0, days: 26 } }],
    'unknown start: not listed before we first heard': [unknown, { sitrep: 'absent', experienced: 'absent' }],
    'an unknown start not yet found': [found, { sitrep: noWait }],
  });
});

describe('what stops the SitRep clock, and what does not', () => {
  const on = '2026-02-02';
  const stops = { state: 'stopped', stoppedOn: on, stopKind: 'first-contact', days: 28, band: '>2-4', withinTarget: true } as const;
  const treated = { state: 'stopped', stoppedOn: on, stopKind: 'treatment', days: 28, withinTarget: true } as const;
  const runs = { ...runsFromDay0, days: 55 };
  const nothing = { sitrep: runs, 'ahp-rtt': runs, experienced: runs };
  const everySupport = ['check-in-call', 'advice-line', 'strategies-sent', 'workshop', 'duty-call', 'setting-training'].reduce(
    (p, kind) => p.event('waiting-support', on, { kind }),
    received(),
  );
  const toTreatment = () => received().choosing('P1', { stopRule: 'first-treatment' }).contact(on, 'assessment');

  asOf('2026-03-01', {
    'an assessment face to face: treatment is still waited for': [
      received().contact(on, 'assessment'),
      { sitrep: stops, 'ahp-rtt': runs, experienced: runs, referral: { state: 'waiting', stage: 'awaiting-treatment' } },
    ],
    'an assessment by telephone': [received().contact(on, 'assessment', { by: 'telephone' }), { sitrep: stops }],
    'an assessment by video': [received().contact(on, 'assessment', { by: 'video' }), { sitrep: stops }],
    'an assessment by talk-type': [received().contact(on, 'assessment', { by: 'talk-type' }), { sitrep: stops }],
    'an assessment the family came late to': [received().contact(on, 'assessment', { attendance: 'attended-late' }), { sitrep: stops }],
    'a first contact that treats stops them all': [
      received().contact(on, 'treatment'),
      { sitrep: stops, 'ahp-rtt': { ...treated, stopCode: '30' }, experienced: treated, referral: { state: 'in-treatment', stage: null } },
    ],
    'treatment told on its own': [
      received().event('treatment-started', on),
      { sitrep: stops, 'ahp-rtt': { ...treated, stopCode: '30' }, experienced: treated },
    ],
    'only the first contact counts': [received().contact(on, 'assessment').contact('2026-02-20', 'treatment'), { sitrep: stops }],
    'not a text': [received().contact(on, 'assessment', { by: 'text' }), { sitrep: runs }],
    'not an email': [received().contact(on, 'assessment', { by: 'email' }), { sitrep: runs }],
    'not a chat': [received().contact(on, 'assessment', { by: 'chat' }), { sitrep: runs }],
    'not a triage call': [received().contact(on, 'triage', { by: 'telephone' }), nothing],
    'not a review': [received().contact(on, 'review'), nothing],
    'not coming too late to be seen': [received().contact(on, 'treatment', { attendance: 'late-not-seen' }), nothing],
    'not an appointment not brought': [received().contact(on, 'treatment', { attendance: 'not-brought' }), nothing],
    'not indirect activity: that counts in mental health': [received().event('indirect-activity', on), nothing],
    'not support while waiting, of any kind': [everySupport, { ...nothing, referral: { state: 'waiting', stage: 'awaiting-triage' } }],
    'not an informational event of the line': [received().event('programme-given', on).event('block-started', on), nothing],
    'a service that counts to first treatment: not the assessment': [toTreatment(), { sitrep: runs }],
    'a service that counts to first treatment: the treatment': [
      toTreatment().contact('2026-02-23', 'treatment'),
      { sitrep: { state: 'stopped', stoppedOn: '2026-02-23', days: 49 } },
    ],
  });
  asOf('2026-02-01', {
    'the day before it was seen the child was waiting': [received().contact(on, 'assessment'), { sitrep: runsFromDay0 }],
  });
});

describe('nothing pauses or resets', () => {
  const breached = { ...runsFromDay0, days: 127, withinTarget: false };
  const all = { sitrep: breached, 'ahp-rtt': breached, experienced: breached, 'sitrep 2': 'absent', 'ahp-rtt 2': 'absent' } as const;
  const cancelledTwice = received()
    .event('appointment-booked', '2026-01-20')
    .event('appointment-cancelled', '2026-02-01', { by: 'provider' })
    .event('rebooked', '2026-02-02')
    .contact('2026-02-15', 'assessment', { attendance: 'cancelled-by-provider' })
    .event('appointment-booked', '2026-02-16');

  asOf('2026-05-12', {
    '13: the provider cancels twice': [cancelledTwice, all],
    'the family cancels': [
      received().contact('2026-02-15', 'assessment', { attendance: 'cancelled-by-family' }).event('rebooked', '2026-02-20'),
      all,
    ],
    '15: the family asks to wait eight weeks': [received().event('family-delay', '2026-02-01'), all],
    '18: not brought to a later appointment': [
      received().contact('2026-02-02', 'triage').notBrought('2026-02-20').event('rebooked', '2026-02-27'),
      all,
    ],
    'a decision to treat with no monitoring before it': [received().event('decision-to-treat', '2026-03-01'), all],
    '55: a priority raised after a worrying answer': [received().event('priority-changed', '2026-03-01', { priority: 'urgent' }), all],
  });
});
