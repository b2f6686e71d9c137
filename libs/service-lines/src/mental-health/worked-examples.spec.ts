import { asOf, DAY_0, day, pathway, type Pathway, type Received } from '../../../../test/support/pathway.js';

/** Worked examples of children's mental health: referral spells and their clock stops. Numbers: domain reference 11. Day 0 is 2026-01-05. */
const received = (how: Received = {}): Pathway => pathway('mental-health').received(DAY_0, how);
const runs = { state: 'waiting', startedOn: DAY_0, stoppedOn: null, stopCode: null, stopKind: null } as const;
const baseline = { tool: 'rcads', baseline: true };

describe('first contact', () => {
  const stops = {
    state: 'stopped',
    stoppedOn: day(10),
    stopKind: 'first-contact',
    days: 10,
    band: '>1-2',
    targetDays: null,
    withinTarget: null,
  } as const;
  const waits = { ...runs, days: 27, targetDays: null, breachOn: null, withinTarget: null };
  asOf(day(27), {
    'nothing yet': [
      received(),
      { 'cyp-mh-first-contact': waits, 'cyp-mh-full': { ...runs, targetDays: 28, breachOn: day(29) }, 'cyp-ed': 'absent' },
    ],
    'face to face': [received().contact(day(10), 'assessment'), { 'cyp-mh-first-contact': stops }],
    'by telephone': [received().contact(day(10), 'assessment', { by: 'telephone' }), { 'cyp-mh-first-contact': stops }],
    'by video': [received().contact(day(10), 'assessment', { by: 'video' }), { 'cyp-mh-first-contact': stops }],
    'by talk-type': [received().contact(day(10), 'assessment', { by: 'talk-type' }), { 'cyp-mh-first-contact': stops }],
    'attended late': [received().contact(day(10), 'assessment', { attendance: 'attended-late' }), { 'cyp-mh-first-contact': stops }],
    'for whatever purpose': [received().contact(day(10), 'triage'), { 'cyp-mh-first-contact': stops }],
    'indirect activity counts as a contact': [received().event('indirect-activity', day(10)), { 'cyp-mh-first-contact': stops }],
    'treatment told on its own': [received().event('treatment-started', day(10)), { 'cyp-mh-first-contact': stops }],
    'not by text': [received().contact(day(10), 'assessment', { by: 'text' }), { 'cyp-mh-first-contact': waits }],
    'not by email': [received().contact(day(10), 'assessment', { by: 'email' }), { 'cyp-mh-first-contact': waits }],
    'not by chat': [received().contact(day(10), 'assessment', { by: 'chat' }), { 'cyp-mh-first-contact': waits }],
    'not when it came too late to be seen': [
      received().contact(day(10), 'assessment', { attendance: 'late-not-seen' }),
      { 'cyp-mh-first-contact': waits },
    ],
    'not when cancelled': [
      received().contact(day(10), 'assessment', { attendance: 'cancelled-by-provider' }),
      { 'cyp-mh-first-contact': waits },
    ],
    '16: not brought changes nothing in mental health': [
      received().notBrought(day(10)).event('rebooked', day(12)),
      { 'cyp-mh-first-contact': waits, 'cyp-mh-first-contact 2': 'absent', 'cyp-mh-full': runs, experienced: runs },
    ],
    'a welfare call while waiting is no contact': [
      received().event('waiting-support', day(10), { kind: 'duty-call' }).event('waiting-support', day(11), { kind: 'check-in-call' }),
      { 'cyp-mh-first-contact': waits, experienced: runs },
    ],
    'active monitoring stops no spell': [
      received().event('active-monitoring-started', day(10), { by: 'clinician', reviewOn: day(60) }),
      { 'cyp-mh-first-contact': waits, 'cyp-mh-full': runs, experienced: runs, referral: { state: 'monitored', stage: day(60) } },
    ],
  });
});

describe('full clock stop: the latest of contact, baseline outcome, and plan or intervention', () => {
  const contacted = () => received().contact(day(10), 'assessment');
  const scored = () => contacted().event('outcome-score', day(12), baseline);
  const stopped = (days: number) =>
    ({ state: 'stopped', stoppedOn: day(days), stopCode: 'full-stop', stopKind: 'full-clock-stop', days, missing: null }) as const;
  const missing = (...missing: string[]) => ({ ...runs, missing });
  asOf(day(40), {
    '30: contact day 10, outcome day 12, intervention day 20': [
      scored().event('intervention', day(20), { kind: 'psychological' }),
      { 'cyp-mh-full': { ...stopped(20), targetDays: 28, withinTarget: true }, experienced: { stoppedOn: day(20), stopKind: 'treatment' } },
    ],
    'a care plan does as well, though it is no treatment': [
      scored().event('care-plan-agreed', day(20)),
      { 'cyp-mh-full': stopped(20), experienced: runs, referral: { state: 'waiting', stage: 'awaiting-treatment' } },
    ],
    'in whatever order they come: the plan first': [
      received().event('care-plan-agreed', day(3)).event('outcome-score', day(12), baseline).contact(day(20), 'assessment'),
      { 'cyp-mh-full': stopped(20) },
    ],
    'the first of each counts': [
      scored()
        .event('intervention', day(20), { kind: 'medication' })
        .event('outcome-score', day(30), baseline)
        .contact(day(31), 'treatment'),
      { 'cyp-mh-full': stopped(20) },
    ],
    '32: Current View is no baseline outcome': [
      contacted().event('outcome-score', day(12), { tool: 'current-view', baseline: true }).event('care-plan-agreed', day(20)),
      { 'cyp-mh-full': missing('baseline-outcome') },
    ],
    'a later score is no baseline': [
      contacted().event('outcome-score', day(12), { tool: 'sdq', baseline: false }).event('care-plan-agreed', day(20)),
      { 'cyp-mh-full': missing('baseline-outcome') },
    ],
    'nothing done yet': [received(), { 'cyp-mh-full': missing('first-contact', 'baseline-outcome', 'plan-or-intervention') }],
    'contact only': [contacted(), { 'cyp-mh-full': missing('baseline-outcome', 'plan-or-intervention') }],
    'treated and never scored: still missing one of three, and in treatment': [
      contacted().event('intervention', day(20), { kind: 'psychosocial' }),
      { 'cyp-mh-full': missing('baseline-outcome'), referral: { state: 'in-treatment', stage: null } },
    ],
    '33: on day 28: within four weeks': [
      scored().event('care-plan-agreed', day(28)),
      { 'cyp-mh-full': { ...stopped(28), withinTarget: true } },
    ],
    '33: on day 29: not': [scored().event('care-plan-agreed', day(29)), { 'cyp-mh-full': { ...stopped(29), withinTarget: false } }],
  });
});

describe('the spell ended before', () => {
  const closed = { state: 'stopped', stoppedOn: day(20), stopCode: 'closed', stopKind: 'no-treatment', withinTarget: null } as const;
  const removed = { state: 'stopped', stoppedOn: day(20), stopCode: 'removed', stopKind: 'removed', withinTarget: null } as const;
  const died = { state: 'stopped', stoppedOn: day(20), stopKind: 'died', withinTarget: null } as const;
  const neverAWait = { state: 'excluded', days: null, withinTarget: null } as const;
  asOf(day(40), {
    discharged: [
      received().event('discharged', day(20), { reason: 'referred-on' }),
      { 'cyp-mh-full': closed, 'cyp-mh-first-contact': { ...closed, stopCode: expect.any(String) }, referral: { state: 'removed' } },
    ],
    'removed: the full measure is closed, the first contact removed': [
      received().event('removed', day(20), { reason: 'moved-away' }),
      { 'cyp-mh-full': closed, 'cyp-mh-first-contact': removed, experienced: removed, referral: { state: 'removed' } },
    ],
    declined: [
      received().event('treatment-declined', day(20)),
      { 'cyp-mh-full': closed, 'cyp-mh-first-contact': { stopKind: 'no-treatment' } },
    ],
    'decision not to treat': [received().event('decision-not-to-treat', day(20)), { 'cyp-mh-full': closed }],
    'discharged after treatment, one of three parts missing': [
      received().contact(day(10), 'treatment').event('discharged', day(20), { reason: 'completed' }),
      {
        'cyp-mh-full': { ...closed, missing: ['baseline-outcome', 'plan-or-intervention'] },
        'cyp-mh-first-contact': { days: 10 },
        referral: { state: 'closed' },
      },
    ],
    '26: the child dies': [
      received().event('died', day(20)),
      { 'cyp-mh-full': died, 'cyp-mh-first-contact': died, experienced: died, referral: { state: 'closed' } },
    ],
    'rejected: never a wait': [
      received().event('referral-rejected', day(20), { reason: 'incomplete' }),
      { 'cyp-mh-full': neverAWait, 'cyp-mh-first-contact': neverAWait, experienced: neverAWait, referral: { state: 'rejected' } },
    ],
  });
});

describe('what is out of scope of the spells, and still lived by the family', () => {
  const outOfScope = { state: 'excluded', days: null, withinTarget: null } as const;
  const out = { 'cyp-mh-full': outOfScope, 'cyp-mh-first-contact': outOfScope, experienced: { ...runs, days: 40 } };
  const within = { 'cyp-mh-full': { ...runs, days: 40 }, 'cyp-mh-first-contact': runs };
  const details = (facts: NonNullable<Received['facts']>, how: Received = {}) => received({ ...how, facts });
  asOf(day(40), {
    '36: aged 17 at referral': [details({ ageAtReferral: 17 }), within],
    'aged 18 at referral': [details({ ageAtReferral: 18 }), out],
    'age unknown': [details({ ageAtReferral: null }), within],
    'living in Wales': [details({ localAuthority: 'W06000015' }), out],
    'council unknown': [details({ localAuthority: null }), within],
    'a digital-only provider, DFC': [received({ provider: 'DFC' }), out],
    'a digital-only provider, S9X2N': [received({ provider: 'S9X2N' }), out],
    'single point of access, routine': [details({ team: 'A18' }), within],
    'single point of access, urgent': [details({ team: 'A18' }, { priority: 'urgent' }), out],
    'single point of access, very urgent': [details({ team: 'A18' }, { priority: 'very-urgent' }), out],
    'single point of access, emergency': [details({ team: 'A18' }, { priority: 'emergency' }), out],
    'another team, urgent': [received({ priority: 'urgent' }), within],
    'eating disorder to its own team': [details({ reason: '12', team: 'C10' }), out],
    'eating disorder to the single point of access': [details({ reason: '12', team: 'A18' }), within],
    'eating disorder to a school team': [details({ reason: '12', team: 'F01' }), within],
    'first-episode psychosis to early intervention': [details({ reason: '01', team: 'A14' }), out],
    'first-episode psychosis to another team': [details({ reason: '01' }), within],
    'neurodevelopmental and suspected autism are in': [details({ reason: '24', team: 'C04' }), within],
    'suspected autism': [details({ reason: '25', team: 'C01' }), within],
    ...Object.fromEntries(
      ['A02', 'A03', 'A04', 'A11', 'A19', 'A20', 'A21', 'A22', 'A23', 'A24', 'A25', 'C05', 'E02', 'E03', 'E04'].map(
        (team) => [`crisis or other excluded team ${team}`, [details({ team }), out]] as const,
      ),
    ),
    'an excluded child who is treated has no spell, and the family’s wait ends': [
      details({ team: 'A02' }).contact(day(3), 'treatment'),
      { 'cyp-mh-first-contact': outOfScope, experienced: { state: 'stopped', days: 3 } },
    ],
    'age at referral mended: in scope after all': [
      details({ ageAtReferral: 18 }).event('received-on-corrected', day(20), {
        receivedOn: day(-10),
        reason: 'date stamp',
        facts: { ageAtReferral: 17, localAuthority: 'E06000061' },
      }),
      { 'cyp-mh-full': { state: 'waiting', startedOn: day(-10), days: 50 } },
    ],
    'single point of access, made routine: in scope from its start': [
      details({ team: 'A18' }, { priority: 'urgent' }).event('priority-changed', day(20), { priority: 'routine' }),
      within,
    ],
    'single point of access, seen while urgent and made routine: seen when it was seen': [
      details({ team: 'A18' }, { priority: 'urgent' })
        .contact(day(4), 'triage')
        .event('priority-changed', day(20), { priority: 'routine' }),
      {
        'cyp-mh-first-contact': { state: 'stopped', stoppedOn: day(4), days: 4 },
        'cyp-mh-full': { ...runs, missing: ['baseline-outcome', 'plan-or-intervention'] },
      },
    ],
    'single point of access, made urgent: out of scope': [
      details({ team: 'A18' }).event('priority-changed', day(20), { priority: 'urgent' }),
      out,
    ],
    'single point of access, made urgent after it was seen: the stop stands': [
      details({ team: 'A18' }).contact(day(10), 'triage').event('priority-changed', day(20), { priority: 'urgent' }),
      { 'cyp-mh-first-contact': { state: 'stopped', stoppedOn: day(10), days: 10 } },
    ],
  });
});
