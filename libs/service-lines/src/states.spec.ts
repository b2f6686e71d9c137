import { asOf, DAY_0, day, pathway, type Line, type Pathway } from '../../../test/support/pathway.js';

/** State and stage after every kind of event: the table of docs/states.md, row by row. */
const salt = () => pathway('speech-and-language-therapy').received(DAY_0);
const mh = () => pathway('mental-health').received(DAY_0);
const equipment = () => pathway('specialist-equipment').received(DAY_0);
const then = (p: Pathway, ...types: string[]): Pathway => types.reduce((q, type, i) => q.event(type, day(10 + i)), p);
const waiting = (stage: string) => ({ referral: { state: 'waiting', stage } });
const after = (state: string, stage: string | null = null) => ({ referral: { state, stage } });

describe.each<Line>(['speech-and-language-therapy', 'mental-health', 'specialist-equipment'])('%s', (line) => {
  const received = () => pathway(line).received(DAY_0);
  const stages = line === 'specialist-equipment' ? 'awaiting-decision' : 'awaiting-treatment';
  asOf(day(40), {
    'referral-received': [received(), waiting('awaiting-triage')],
    'referral-accepted': [then(received(), 'referral-accepted'), waiting('awaiting-first-contact')],
    'information-requested': [then(received(), 'information-requested'), waiting('awaiting-first-contact')],
    'assessment attended': [received().contact(day(10), 'assessment'), waiting(stages)],
    'assessment not brought': [received().notBrought(day(10)), waiting('awaiting-triage')],
    'accepted after the assessment': [received().contact(day(10), 'assessment').event('referral-accepted', day(12)), waiting(stages)],
    'active-monitoring-started': [
      received().event('active-monitoring-started', day(10), { by: 'family', reviewOn: day(90) }),
      after('monitored', day(90)),
    ],
    'transferred, not yet accepted': [
      received().event('transferred', day(10), { toProvider: 'P2' }),
      { referral: { state: 'waiting', stage: 'transferring', provider: 'P1' } },
    ],
    'transfer-accepted': [
      then(received(), 'referral-accepted').event('transferred', day(20), { toProvider: 'P2' }).event('transfer-accepted', day(22)),
      { referral: { state: 'waiting', stage: 'awaiting-first-contact', provider: 'P2' } },
    ],
    'referral-rejected': [then(received(), 'referral-rejected'), after('rejected')],
    removed: [then(received(), 'removed'), after('removed')],
    'treatment-declined': [then(received(), 'treatment-declined'), after('removed')],
    'decision-not-to-treat': [then(received(), 'decision-not-to-treat'), after('removed')],
    'discharged untreated': [then(received(), 'discharged'), after('removed')],
    died: [then(received(), 'died'), after('closed')],
    'died under monitoring': [
      received()
        .event('active-monitoring-started', day(10), { reviewOn: day(90) })
        .event('died', day(20)),
      after('closed'),
    ],
    'removed while transferring': [
      received().event('transferred', day(10), { toProvider: 'P2' }).event('removed', day(20)),
      after('removed'),
    ],
    'waiting-support': [received().event('waiting-support', day(10), { kind: 'workshop' }), waiting('awaiting-triage')],
    'unknown start': [pathway(line).received(null), waiting('awaiting-triage')],
  });
});

describe('treatment', () => {
  asOf(day(40), {
    'treatment-started, therapy': [then(salt(), 'treatment-started'), after('in-treatment')],
    'treatment contact, therapy': [salt().contact(day(10), 'treatment'), after('in-treatment')],
    'treatment contact not brought': [salt().contact(day(10), 'treatment', { attendance: 'not-brought' }), waiting('awaiting-triage')],
    'treatment contact, mental health': [mh().contact(day(10), 'treatment'), after('in-treatment')],
    'intervention, mental health': [mh().event('intervention', day(10), { kind: 'psychological' }), after('in-treatment')],
    'care-plan-agreed is no treatment': [mh().event('care-plan-agreed', day(10)), waiting('awaiting-triage')],
    'treated, then assessed again': [salt().contact(day(10), 'treatment').contact(day(20), 'assessment'), after('in-treatment')],
    'treated, then monitored': [
      then(salt(), 'treatment-started').event('active-monitoring-started', day(20), { by: 'clinician', reviewOn: day(90) }),
      after('monitored', day(90)),
    ],
    'monitored, then treated': [
      salt()
        .event('active-monitoring-started', day(10), { by: 'clinician', reviewOn: day(90) })
        .contact(day(20), 'treatment'),
      after('in-treatment'),
    ],
    'monitored, then decided to treat': [
      salt()
        .event('active-monitoring-started', day(10), { by: 'clinician', reviewOn: day(90) })
        .event('decision-to-treat', day(20)),
      waiting('awaiting-treatment'),
    ],
    'treated, then discharged': [then(salt(), 'treatment-started', 'discharged'), after('closed')],
    'treated, then transferred': [
      then(salt(), 'treatment-started').event('transferred', day(20), { toProvider: 'P2' }),
      after('in-treatment'),
    ],
  });
});

describe('equipment, step by step', () => {
  const steps = ['assessed', 'prescription-decided', 'funding-approved', 'ordered', 'stock-received'];
  asOf(day(40), {
    assessed: [then(equipment(), ...steps.slice(0, 1)), waiting('awaiting-decision')],
    'prescription-decided': [then(equipment(), ...steps.slice(0, 2)), waiting('awaiting-funding')],
    'funding-approved': [then(equipment(), ...steps.slice(0, 3)), waiting('awaiting-order')],
    ordered: [then(equipment(), ...steps.slice(0, 4)), waiting('awaiting-supplier')],
    'stock-received': [then(equipment(), ...steps), waiting('awaiting-handover')],
    'handed over, not usable': [then(equipment(), ...steps).event('handed-over', day(30), { usable: false }), waiting('part-delivered')],
    'handed over, usable': [
      then(equipment(), ...steps).event('handed-over', day(30), { usable: true }),
      after('in-treatment', 'awaiting-review'),
    ],
    'all on one day': [
      ['handed-over', ...[...steps].reverse()].reduce((p, type) => p.event(type, day(10), { usable: true }), equipment()),
      after('in-treatment', 'awaiting-review'),
    ],
    'funding refused: still for funding': [
      then(equipment(), 'assessed', 'prescription-decided', 'funding-refused'),
      waiting('awaiting-funding'),
    ],
    'nothing prescribed': [then(equipment(), 'assessed').event('prescription-decided', day(12), { none: true }), after('removed')],
    'handed over, then discharged': [
      equipment().event('handed-over', day(10), { usable: true }).event('discharged', day(20)),
      after('closed'),
    ],
  });
});

describe('the last day a person spoke with the family', () => {
  const support = (kind: string) => salt().event('waiting-support', day(10), { kind });
  test.each([
    ['a check-in call', support('check-in-call'), day(10)],
    ['the advice line', support('advice-line'), day(10)],
    ['a workshop', support('workshop'), day(10)],
    ['a duty call', support('duty-call'), day(10)],
    ['strategies sent: nobody spoke', support('strategies-sent'), null],
    ['training of a nursery: not the family', support('setting-training'), null],
    ['an attended contact', salt().contact(day(10), 'review'), day(10)],
    ['one not brought', salt().notBrought(day(10)), null],
    ['one that was cancelled', salt().contact(day(10), 'review', { attendance: 'cancelled-by-provider' }), null],
    ['indirect activity: child not seen', mh().event('indirect-activity', day(10)), null],
    ['an equipment assessment', then(equipment(), 'assessed'), day(10)],
    ['an order', then(equipment(), 'ordered'), null],
    ['the latest of them, told first', salt().contact(day(10), 'review').event('waiting-support', day(4), { kind: 'duty-call' }), day(10)],
  ])('%s', (_, given, on) => expect(given.replay().referrals.get('a')?.lastHumanContactOn).toBe(on));
});
