import { asOf, DAY_0, day, noon, pathway } from '../../../../test/support/pathway.js';

/** How waits for speech and language therapy end, go on elsewhere, or are mended. Numbers: worked examples of domain reference 11. */
const received = () => pathway('speech-and-language-therapy').received(DAY_0);
const runs = { state: 'waiting', startedOn: DAY_0, stoppedOn: null } as const;
const noSuccess = { state: 'stopped', withinTarget: null } as const;

describe('ends without treatment never count as within target', () => {
  const on = '2026-02-16';
  const ended = (kind: 'no-treatment' | 'removed' | 'died') => ({ ...noSuccess, stoppedOn: on, stopKind: kind, days: 42 }) as const;
  const untreated = {
    sitrep: ended('no-treatment'),
    'ahp-rtt': { ...ended('no-treatment'), stopCode: '34' },
    experienced: ended('no-treatment'),
  };
  const removed = {
    sitrep: { ...ended('removed'), stopCode: 'removed' },
    'ahp-rtt': { ...ended('removed'), stopCode: '34' },
    experienced: { ...ended('removed'), stopCode: 'removed' },
  };

  asOf('2026-03-01', {
    '24: the family declines therapy: 35': [
      received().event('treatment-declined', on),
      { ...untreated, 'ahp-rtt': { ...ended('no-treatment'), stopCode: '35' }, referral: { state: 'removed', stage: null } },
    ],
    'decision not to treat: 34': [received().event('decision-not-to-treat', on), { ...untreated, referral: { state: 'removed' } }],
    'discharged before treatment: 34': [
      received().event('discharged', on, { reason: 'other' }),
      { ...untreated, referral: { state: 'removed' } },
    ],
    '26: the child dies: 36': [
      received().event('died', on),
      {
        sitrep: { ...ended('died'), stopCode: 'died' },
        'ahp-rtt': { ...ended('died'), stopCode: '36' },
        experienced: ended('died'),
        referral: { state: 'closed', stage: null },
      },
    ],
    'removed: no response': [received().event('removed', on, { reason: 'no-response' }), { ...removed, referral: { state: 'removed' } }],
    'removed: moved away': [received().event('removed', on, { reason: 'moved-away' }), removed],
    'removed: aged out': [received().event('removed', on, { reason: 'aged-out' }), removed],
    'removed: declined': [received().event('removed', on, { reason: 'declined' }), removed],
    'seen, then discharged before treatment: the contact stands, the treatment never came': [
      received().contact('2026-02-02', 'assessment').event('discharged', on, { reason: 'other' }),
      {
        sitrep: { state: 'stopped', stopKind: 'first-contact', days: 28, withinTarget: true },
        'ahp-rtt': { ...ended('no-treatment'), stopCode: '34' },
        referral: { state: 'removed' },
      },
    ],
    'treated, then discharged: a success stays one': [
      received().contact('2026-02-02', 'treatment').event('discharged', on, { reason: 'completed' }),
      {
        'ahp-rtt': { stopCode: '30', stoppedOn: '2026-02-02', withinTarget: true },
        experienced: { stopKind: 'treatment', withinTarget: true },
        referral: { state: 'closed', stage: null },
      },
    ],
    'treated and discharged on one day': [
      received().event('discharged', on, { reason: 'completed' }).contact(on, 'treatment'),
      { 'ahp-rtt': { stopCode: '30', stoppedOn: on, withinTarget: true }, referral: { state: 'closed' } },
    ],
    'what is told after the end changes nothing': [
      received().event('removed', on, { reason: 'no-response' }).contact('2026-02-20', 'treatment'),
      { ...removed, referral: { state: 'removed' } },
    ],
  });
  asOf('2026-02-15', {
    'the day before the removal the child was waiting': [received().event('removed', on), { sitrep: { ...runs, days: 41 } }],
  });
});

describe('active monitoring is a stop, and a decision to treat a new clock', () => {
  const monitored = (by: 'clinician' | 'family') =>
    received().event('active-monitoring-started', '2026-04-01', { by, reviewOn: '2026-07-01' });
  const decided = () => monitored('clinician').event('decision-to-treat', '2026-07-01');
  const stopped = { ...noSuccess, stoppedOn: '2026-04-01', stopKind: 'no-treatment', days: 86 } as const;
  const second = { state: 'waiting', startedOn: '2026-07-01', days: 31, targetDays: 126, breachOn: '2026-11-05' } as const;
  const seenFirst = received()
    .contact('2026-02-02', 'assessment')
    .event('active-monitoring-started', '2026-04-01', { by: 'clinician', reviewOn: '2026-07-01' });

  asOf('2026-08-01', {
    '21: by a clinician: 32, and not counted as treated': [
      monitored('clinician'),
      {
        'ahp-rtt': { ...stopped, stopCode: '32' },
        sitrep: stopped,
        'ahp-rtt 2': 'absent',
        experienced: { ...runs, days: 208 },
        referral: { state: 'monitored', stage: '2026-07-01' },
      },
    ],
    'by the family: 31': [monitored('family'), { 'ahp-rtt': { ...stopped, stopCode: '31' } }],
    '22: decision to treat: a second period, the first unchanged, the family has waited throughout': [
      decided(),
      {
        'ahp-rtt': { ...stopped, stopCode: '32' },
        'ahp-rtt 2': second,
        sitrep: stopped,
        'sitrep 2': second,
        experienced: { ...runs, days: 208 },
        referral: { state: 'waiting', stage: 'awaiting-treatment' },
      },
    ],
    'the second period stops like the first': [
      decided().contact('2026-07-15', 'assessment').contact('2026-07-29', 'treatment'),
      {
        'sitrep 2': { state: 'stopped', stoppedOn: '2026-07-15', days: 14, stopKind: 'first-contact', withinTarget: true },
        'ahp-rtt 2': { state: 'stopped', stoppedOn: '2026-07-29', days: 28, stopCode: '30', withinTarget: true },
        experienced: { state: 'stopped', stoppedOn: '2026-07-29', days: 205, withinTarget: false },
        referral: { state: 'in-treatment' },
      },
    ],
    'seen before monitoring: the contact stands, and the second period starts all the same': [
      seenFirst.event('decision-to-treat', '2026-07-01'),
      {
        sitrep: { stopKind: 'first-contact', days: 28 },
        'sitrep 2': second,
        'ahp-rtt': { ...stopped, stopCode: '32' },
        'ahp-rtt 2': second,
      },
    ],
    'a review under monitoring starts no clock': [
      monitored('clinician').contact('2026-07-01', 'review'),
      { 'ahp-rtt 2': 'absent', 'sitrep 2': 'absent' },
    ],
    'a second decision to treat starts nothing more': [
      decided().event('decision-to-treat', '2026-07-20'),
      { 'ahp-rtt 2': second, 'ahp-rtt 3': 'absent', 'sitrep 3': 'absent' },
    ],
    'decided and treated at one review: no clock is left running for a treated child': [
      monitored('clinician').event('decision-to-treat', '2026-07-01').contact('2026-07-01', 'treatment'),
      { 'ahp-rtt 2': 'absent', 'sitrep 2': 'absent', experienced: { state: 'stopped' }, referral: { state: 'in-treatment' } },
    ],
    'treated out of monitoring, and the decision told later: none either': [
      monitored('clinician').contact('2026-07-01', 'treatment').event('decision-to-treat', '2026-07-03'),
      { 'ahp-rtt 2': 'absent', 'sitrep 2': 'absent', referral: { state: 'in-treatment' } },
    ],
    'discharged from monitoring: removed, the stop stands': [
      monitored('clinician').event('discharged', '2026-07-01', { reason: 'no-longer-needed' }),
      {
        'ahp-rtt': { ...stopped, stopCode: '32' },
        experienced: { ...noSuccess, stopKind: 'no-treatment' },
        referral: { state: 'removed' },
      },
    ],
    'treated, monitored, and decided to treat again: a second period that treatment stops': [
      received()
        .contact('2026-02-02', 'treatment')
        .event('active-monitoring-started', '2026-04-01', { by: 'clinician', reviewOn: '2026-07-01' })
        .event('decision-to-treat', '2026-07-01')
        .contact('2026-07-29', 'treatment'),
      { 'ahp-rtt': { stopCode: '30', days: 28 }, 'ahp-rtt 2': { stopCode: '30', days: 28 }, referral: { state: 'in-treatment' } },
    ],
  });
  asOf('2026-06-30', {
    '22: the day before the decision': [decided(), { 'ahp-rtt 2': 'absent', referral: { state: 'monitored', stage: '2026-07-01' } }],
  });
});

describe('transfers carry the start', () => {
  const sent = () => received().contact(day(20), 'assessment').event('transferred', day(40), { toProvider: 'P2' });
  const accepted = () => sent().event('transfer-accepted', day(47), { toProvider: 'P2' });
  asOf(day(60), {
    '27: sent, not yet accepted: still the sender’s': [
      sent(),
      { 'ahp-rtt': { ...runs, days: 60 }, referral: { state: 'waiting', stage: 'transferring', provider: 'P1' } },
    ],
    '27: accepted: the receiver’s, from the first start, at the stage it was': [
      accepted(),
      {
        'ahp-rtt': { ...runs, days: 60 },
        experienced: runs,
        'ahp-rtt 2': 'absent',
        referral: { stage: 'awaiting-treatment', provider: 'P2' },
      },
    ],
    'acceptance of what nobody sent moves nothing': [
      received().event('transfer-accepted', day(47), { toProvider: 'P2' }),
      { referral: { provider: 'P1' } },
    ],
  });
  test('the list is the sender’s until it is accepted, then the receiver’s', () => {
    const wait = accepted()
      .replay()
      .waits.find((w) => w.measure === 'ahp-rtt');
    expect(wait?.stretches).toEqual([
      { provider: 'P1', startedOn: DAY_0, from: DAY_0, to: day(47) },
      { provider: 'P2', startedOn: DAY_0, from: day(47), to: 'infinity' },
    ]);
  });
  test('a stop stays with the provider that made it', () => {
    const { waits } = accepted().contact(day(50), 'treatment').replay();
    expect(waits.find((w) => w.measure === 'sitrep')).toMatchObject({ provider: 'P1', stoppedOn: day(20) });
    expect(waits.find((w) => w.measure === 'ahp-rtt')).toMatchObject({ provider: 'P2', stoppedOn: day(50) });
  });
});

describe('mending what was told', () => {
  const voided = received().contact('2026-02-02', 'treatment').voidedOn('2026-02-20');
  test('a voided event counts on no day, once the voiding is known', () => {
    expect(voided.waits('a', '2026-02-10').sitrep).toMatchObject({ ...runs, days: 36 });
    expect(voided.waits('a', '2026-02-10', noon('2026-02-19')).sitrep).toMatchObject({ state: 'stopped', days: 28 });
    expect(voided.waits('a', '2026-02-10', noon('2026-02-20')).sitrep).toMatchObject(runs);
  });
  test('the day a void is dated does not matter', () => {
    const dated = received().contact('2026-02-02', 'treatment').event('event-voided', '2027-01-01', { seq: 2 });
    expect(dated.waits('a', '2026-02-10').sitrep).toMatchObject(runs);
  });
  test('a death told by mistake: voiding it restores the waits', () => {
    const died = received().event('died', '2026-02-16').voidedOn('2026-02-17');
    expect(died.waits('a', '2026-03-01').sitrep).toMatchObject({ ...runs, days: 55 });
    expect(died.referral('a', '2026-03-01').state).toBe('waiting');
  });
  test('an event told late counts from the day it happened, as known from the day it was recorded', () => {
    const late = received().contact('2026-02-02', 'assessment').recordedOn('2026-03-10');
    expect(late.waits('a', '2026-02-10').sitrep).toMatchObject({ state: 'stopped', days: 28 });
    expect(late.waits('a', '2026-02-10', noon('2026-03-09')).sitrep).toMatchObject({ ...runs, days: 36 });
  });
});
