import { asOf, DAY_0, day, pathway, type Line, type Pathway } from '../../../test/support/pathway.js';

/** The wait as the family lives it: one chain of referrals to one line, at any provider. It never resets and never pauses. */
const END = 20;
const received = (line: Line = 'speech-and-language-therapy'): Pathway => pathway(line).received(DAY_0);
const ended = (type: string, reason?: string): Pathway => received().event(type, day(END), reason ? { reason } : {});
const linked = { state: 'waiting', startedOn: DAY_0, period: 1 } as const;
const apart = (n: number) => ({ state: 'waiting', startedOn: day(n), period: 1 }) as const;

describe('referred again after an end without treatment', () => {
  asOf(
    day(200),
    {
      '19: 90 days after a removal: one wait': [
        ended('removed', 'not-brought-after-review').received(day(END + 90)),
        { experienced: { ...linked, days: 200 }, sitrep: { startedOn: day(END + 90), days: 90 } },
      ],
      '91 days after a removal: another wait': [
        ended('removed').received(day(END + 91)),
        { experienced: { ...apart(END + 91), days: 89 } },
      ],
      'on the day of the removal': [ended('removed').received(day(END)), { experienced: linked }],
      '90 days after a rejection as inappropriate': [
        ended('referral-rejected', 'inappropriate').received(day(END + 90)),
        { experienced: { ...linked, days: 200 } },
      ],
      '90 days after a rejection as incomplete': [
        ended('referral-rejected', 'incomplete').received(day(END + 90)),
        { experienced: linked },
      ],
      '91 days after a rejection': [ended('referral-rejected', 'inappropriate').received(day(END + 91)), { experienced: apart(END + 91) }],
      'after a rejection as a duplicate: not linked': [
        ended('referral-rejected', 'duplicate').received(day(END + 1)),
        { experienced: apart(END + 1) },
      ],
      '90 days after an untreated discharge': [ended('discharged').received(day(END + 90)), { experienced: linked }],
      'after therapy was declined': [ended('treatment-declined').received(day(END + 90)), { experienced: linked }],
      'after a decision not to treat': [ended('decision-not-to-treat').received(day(END + 90)), { experienced: linked }],
      'to another provider': [ended('removed').received(day(END + 30), { provider: 'P2' }), { experienced: linked }],
      'after treatment: a new wait': [
        received()
          .contact(day(10), 'treatment')
          .event('discharged', day(END))
          .received(day(END + 1)),
        { experienced: apart(END + 1) },
      ],
      'removed after treatment began: a new wait': [
        received()
          .contact(day(10), 'treatment')
          .event('removed', day(END))
          .received(day(END + 1)),
        { experienced: apart(END + 1) },
      ],
      'while the first is being treated: a new wait': [
        received().contact(day(10), 'treatment').received(day(END)),
        { experienced: apart(END) },
      ],
      'the removal was voided: the first is open, one wait': [
        ended('removed')
          .voidedOn(day(END + 5))
          .received(day(END + 120)),
        { experienced: linked },
      ],
    },
    'b',
  );
});

describe('a chain of more than two', () => {
  const thrice = () => ended('removed').received(day(100)).event('removed', day(150)).received(day(240));
  asOf(
    day(300),
    {
      'each within 90 days of the end before: one wait from the very first receipt': [thrice(), { experienced: { ...linked, days: 300 } }],
      'treated in the third: the whole of it': [
        thrice().contact(day(260), 'treatment'),
        { experienced: { state: 'stopped', startedOn: DAY_0, stoppedOn: day(260), days: 260, withinTarget: false } },
      ],
    },
    'c',
  );
  asOf(day(300), { 'and the first referral shows the same wait': [thrice(), { experienced: { ...linked, days: 300 } }] });
  asOf(day(50), {
    'in the gap nobody waits': [thrice(), { experienced: { state: 'stopped', stopKind: 'removed', stoppedOn: day(END), days: END } }],
  });
});

describe('referrals that overlap', () => {
  const both = () => received().received(day(10), { provider: 'P2' });
  asOf(
    day(60),
    {
      'are one wait from the earlier receipt': [both(), { experienced: { ...linked, days: 60 } }],
      'told in the other order too': [
        pathway('speech-and-language-therapy').received(day(10), { provider: 'P2' }).received(DAY_0),
        { experienced: linked },
      ],
      'one is rejected as a duplicate: the other goes on': [
        both().event('referral-rejected', day(12), { reason: 'duplicate' }),
        { experienced: linked, sitrep: { state: 'excluded' } },
      ],
      'one is removed: the other goes on': [both().about('a').event('removed', day(30)), { experienced: { ...linked, days: 60 } }],
      'both are removed: it ends with the last': [
        both().event('removed', day(40)).about('a').event('removed', day(30)),
        { experienced: { state: 'stopped', stoppedOn: day(40), stopKind: 'removed', withinTarget: null } },
      ],
      'both are rejected: never a wait': [
        both().event('referral-rejected', day(12)).about('a').event('referral-rejected', day(13)),
        { experienced: { state: 'excluded' } },
      ],
      'treated at one of the two': [
        both().about('a').contact(day(30), 'treatment'),
        { experienced: { state: 'stopped', stopKind: 'treatment', days: 30 } },
      ],
      'the child dies': [both().event('died', day(30)), { experienced: { state: 'stopped', stopKind: 'died', withinTarget: null } }],
    },
    'b',
  );
  test('stand on one list at a time, without a gap', () => {
    const { waits } = both().about('a').event('removed', day(30)).replay();
    expect(waits.find((w) => w.measure === 'experienced')?.stretches).toEqual([
      { provider: 'P1', startedOn: DAY_0, from: DAY_0, to: day(30) },
      { provider: 'P2', startedOn: DAY_0, from: day(30), to: 'infinity' },
    ]);
  });
});

describe('on every line', () => {
  const mh = () => received('mental-health');
  const equipment = () => received('specialist-equipment');
  asOf(day(40), {
    'mental health: an intervention is the first treatment': [
      mh().event('intervention', day(20), { kind: 'psychological' }),
      { experienced: { state: 'stopped', stopKind: 'treatment', days: 20, targetDays: 28, withinTarget: true } },
    ],
    'mental health: so is a treatment contact': [
      mh().contact(day(29), 'treatment'),
      { experienced: { days: 29, targetDays: 28, withinTarget: false } },
    ],
    'mental health: an assessment is not': [mh().contact(day(20), 'assessment'), { experienced: linked }],
    'equipment: a usable handover': [
      equipment().event('handed-over', day(20), { usable: true }),
      { experienced: { state: 'stopped', stopKind: 'handover', days: 20, targetDays: 126 } },
    ],
    'equipment: an unusable one is not': [equipment().event('handed-over', day(20), { usable: false }), { experienced: linked }],
  });
  asOf(
    day(110),
    {
      'equipment: referred again after nothing was prescribed': [
        equipment().event('prescription-decided', day(20), { none: true }).received(day(110)),
        { experienced: { ...linked, days: 110 } },
      ],
    },
    'b',
  );
  asOf(
    day(60),
    {
      'an unknown start, then a known one: at least since then': [
        pathway('speech-and-language-therapy').received(null).received(day(30)),
        { experienced: { state: 'waiting', startedOn: day(30), days: 30, breachOn: day(157) } },
      ],
      'an unknown start after a known one: the known one': [
        received().received(null, { heardOn: day(30) }),
        { experienced: { ...linked, days: 60 } },
      ],
    },
    'b',
  );
});
