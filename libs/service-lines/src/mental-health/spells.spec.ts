import { asOf, DAY_0, day, pathway, type Pathway, type Received } from '../../../../test/support/pathway.js';

/** Several mental-health referrals of one child: when they are one spell (same provider, gaps up to 5 days), and eating disorders. Day 0 is 2026-01-05. */
const received = (how: Received = {}): Pathway => pathway('mental-health').received(DAY_0, how);
const discharged = () => received().event('discharged', day(36), { reason: 'referred-on' });
const runs = { state: 'waiting', startedOn: DAY_0, stoppedOn: null, stopKind: null } as const;

describe('one spell or two', () => {
  const onItsOwn = (n: number, days: number) => ({ state: 'waiting', startedOn: day(n), days }) as const;
  asOf(
    day(55),
    {
      '29: five days after the first ended: one spell, from the first start': [
        discharged().received(day(41)),
        { 'cyp-mh-full': { ...runs, days: 55, period: 1 }, 'cyp-mh-first-contact': runs, 'cyp-mh-full 2': 'absent' },
      ],
      '29: six days after: a new spell': [
        discharged().received(day(42)),
        { 'cyp-mh-full': onItsOwn(42, 13), 'cyp-mh-first-contact': onItsOwn(42, 13), experienced: { ...runs, days: 55 } },
      ],
      'on the day it ended': [discharged().received(day(36)), { 'cyp-mh-full': runs }],
      'while the first is open': [received().received(day(20)), { 'cyp-mh-full': runs }],
      'five days after a removal': [received().event('removed', day(36)).received(day(41)), { 'cyp-mh-first-contact': runs }],
      'five days after a rejection': [received().event('referral-rejected', day(36)).received(day(41)), { 'cyp-mh-first-contact': runs }],
      'another provider has its own spell': [
        discharged().received(day(37), { provider: 'P2' }),
        { 'cyp-mh-full': onItsOwn(37, 18), experienced: { ...runs, days: 55 } },
      ],
      'the first was out of scope: nothing to join': [
        received({ facts: { team: 'A02' } })
          .event('discharged', day(36))
          .received(day(37)),
        { 'cyp-mh-full': onItsOwn(37, 18) },
      ],
      'the second is out of scope: it joins nothing': [
        discharged().received(day(37), { facts: { team: 'A02' } }),
        { 'cyp-mh-full': { state: 'excluded', days: null }, 'cyp-mh-first-contact': { state: 'excluded' } },
      ],
      'seen in the first: the spell was seen, and the second does not wait for a first contact again': [
        received().contact(day(10), 'assessment').event('discharged', day(36)).received(day(41)),
        {
          'cyp-mh-first-contact': { state: 'stopped', stoppedOn: day(10), days: 10 },
          'cyp-mh-full': { ...runs, missing: ['baseline-outcome', 'plan-or-intervention'] },
        },
      ],
      'the parts may come in different referrals of the spell': [
        received()
          .contact(day(10), 'assessment')
          .event('outcome-score', day(12), { tool: 'sdq', baseline: true })
          .event('discharged', day(36))
          .received(day(41))
          .event('care-plan-agreed', day(50)),
        { 'cyp-mh-full': { state: 'stopped', stoppedOn: day(50), days: 50, stopKind: 'full-clock-stop', withinTarget: false } },
      ],
      'the first had an unknown start: at least since the second was received': [
        pathway('mental-health')
          .received(null, { heardOn: day(10) })
          .received(day(20)),
        {
          'cyp-mh-first-contact': onItsOwn(20, 35),
          'cyp-mh-full': { ...onItsOwn(20, 35), targetDays: 28, breachOn: day(49) },
          experienced: onItsOwn(20, 35),
        },
      ],
      'the second had an unknown start: the first start stands': [
        received().received(null, { heardOn: day(20) }),
        { 'cyp-mh-first-contact': runs },
      ],
      'transferred, then referred again to the receiver: the spell went with the child': [
        received()
          .event('transferred', day(10), { toProvider: 'P2' })
          .event('transfer-accepted', day(12))
          .received(day(30), { provider: 'P2' }),
        { 'cyp-mh-first-contact': runs },
      ],
    },
    'b',
  );
  asOf(day(55), {
    'one of two ends: the spell runs on': [received().received(day(20)).about('a').event('discharged', day(36)), { 'cyp-mh-full': runs }],
    'both end: it ends with the last': [
      received().received(day(20)).event('removed', day(40), { reason: 'no-response' }).about('a').event('discharged', day(36)),
      {
        'cyp-mh-full': { state: 'stopped', stoppedOn: day(40), stopCode: 'closed', stopKind: 'no-treatment' },
        'cyp-mh-first-contact': { stopKind: 'removed' },
      },
    ],
    'a contact of the second stops the clock of both': [
      received().received(day(20)).contact(day(25), 'assessment'),
      { 'cyp-mh-first-contact': { state: 'stopped', days: 25 } },
    ],
    'the death is told on one: every open referral stops': [
      received().received(day(20), { provider: 'P2' }).event('died', day(30)),
      {
        'cyp-mh-first-contact': { stopKind: 'died', stoppedOn: day(30) },
        experienced: { stopKind: 'died' },
        referral: { state: 'closed' },
      },
    ],
  });
  asOf(day(30), {
    'before the second came, the first stood alone': [discharged().received(day(41)), { 'cyp-mh-full': { ...runs, days: 30 } }],
  });
  asOf(day(40), {
    'in the gap between them nobody waits': [
      discharged().received(day(41)),
      { 'cyp-mh-full': { state: 'stopped', stoppedOn: day(36), days: 36 } },
    ],
  });
  asOf(
    day(40),
    {
      'a referral told after the death was recorded ends as it begins': [
        received().event('died', day(20)).received(day(25)),
        { 'cyp-mh-first-contact': { stopKind: 'died' }, referral: { state: 'closed' } },
      ],
    },
    'b',
  );
});

describe('eating disorders: one week urgent, four weeks routine', () => {
  const referred = (how: Received = {}): Pathway => received({ ...how, facts: { reason: '12', team: 'C10' } });
  const treatedOn = (n: number, how: Received = {}) => referred(how).contact(day(n), 'treatment');
  const met = (days: number, targetDays: number) =>
    ({ state: 'stopped', stopKind: 'treatment', days, targetDays, withinTarget: true }) as const;
  const missed = (days: number, targetDays: number) => ({ ...met(days, targetDays), withinTarget: false }) as const;
  const routine = { from: DAY_0, targetDays: 28, breachOn: day(29) };
  const urgent = { from: DAY_0, targetDays: 7, breachOn: day(8) };
  const raised = (n: number) => referred().event('priority-changed', day(n), { priority: 'urgent' });

  asOf(day(60), {
    '37: routine, treated on day 28': [treatedOn(28), { 'cyp-ed': met(28, 28) }],
    '37: routine, treated on day 29': [treatedOn(29), { 'cyp-ed': missed(29, 28) }],
    '37: urgent, treated on day 7': [treatedOn(7, { priority: 'urgent' }), { 'cyp-ed': met(7, 7) }],
    '37: urgent, treated on day 8': [treatedOn(8, { priority: 'urgent' }), { 'cyp-ed': missed(8, 7) }],
    'very urgent and emergency too have one week': [treatedOn(8, { priority: 'very-urgent' }), { 'cyp-ed': missed(8, 7) }],
    'an emergency': [treatedOn(8, { priority: 'emergency' }), { 'cyp-ed': missed(8, 7) }],
    'treatment told on its own': [referred().event('treatment-started', day(5)), { 'cyp-ed': met(5, 28) }],
    'an assessment is not treatment': [referred().contact(day(5), 'assessment'), { 'cyp-ed': runs }],
    'treatment not brought to is none': [referred().contact(day(5), 'treatment', { attendance: 'not-brought' }), { 'cyp-ed': runs }],
    'an intervention is no treatment contact': [referred().event('intervention', day(5), { kind: 'medication' }), { 'cyp-ed': runs }],
    'it is measured in the school team too': [received({ facts: { reason: '12', team: 'F01' } }), { 'cyp-ed': runs, 'cyp-mh-full': runs }],
    'other reasons have no such clock': [received(), { 'cyp-ed': 'absent' }],
    'removed: no success': [
      referred().event('removed', day(3)),
      { 'cyp-ed': { stopCode: 'removed', stopKind: 'removed', withinTarget: null } },
    ],
    'rejected: no wait': [referred().event('referral-rejected', day(3)), { 'cyp-ed': { state: 'excluded', withinTarget: null } }],
    '56: raised on day 3: one week from receipt, both targets shown': [
      raised(3),
      { 'cyp-ed': { ...runs, targetDays: 7, breachOn: day(8), targets: [routine, { from: day(3), targetDays: 7, breachOn: day(8) }] } },
    ],
    '56: raised on day 20: the breach is never dated before the upgrade': [
      raised(20),
      {
        'cyp-ed': {
          startedOn: DAY_0,
          targetDays: 7,
          breachOn: day(20),
          withinTarget: false,
          targets: [routine, { from: day(20), targetDays: 7, breachOn: day(20) }],
        },
      },
    ],
    'raised again, urgent to very urgent: the target is the same, and so is its breach': [
      raised(20).event('priority-changed', day(25), { priority: 'very-urgent' }),
      { 'cyp-ed': { targetDays: 7, breachOn: day(20) } },
    ],
    'lowered on day 5: four weeks, both shown': [
      referred({ priority: 'urgent' }).event('priority-changed', day(5), { priority: 'routine' }),
      { 'cyp-ed': { targetDays: 28, breachOn: day(29), targets: [urgent, { from: day(5), targetDays: 28, breachOn: day(29) }] } },
    ],
    'raised and lowered on one day: the higher stands': [
      referred()
        .event('priority-changed', day(5), { priority: 'emergency' })
        .event('priority-changed', day(5), { priority: 'routine', reason: 'call' }),
      { 'cyp-ed': { targetDays: 7 } },
    ],
    'raised after it was treated: the stop keeps its target': [
      treatedOn(20).event('priority-changed', day(25), { priority: 'urgent' }),
      { 'cyp-ed': { days: 20, targetDays: 28, withinTarget: true } },
    ],
  });
  asOf(day(19), {
    'the day before an upgrade: routine, and in time': [
      raised(20),
      { 'cyp-ed': { targetDays: 28, breachOn: day(29), withinTarget: true } },
    ],
  });
  test('no change of priority: one target, and no list of them', () => {
    expect(referred().waits('a', day(5))['cyp-ed']).not.toHaveProperty('targets');
  });
});
