import { addDays, type LocalDate } from '#kernel';
import { serviceLine } from '#service-lines';
import type { MeasureCode } from '#waits';
import { NO_CHOICES, pathway, type Line, type Pathway } from '../../../../test/support/pathway.js';
import { ALTERNATIVES } from './alternatives.js';
import { ListCount } from './counting.js';

const AS_OF: LocalDate = '2026-11-22';
const ago = (days: number): LocalDate => addDays(AS_OF, -days);
const salt = (): Pathway => pathway('speech-and-language-therapy');

/** Where the one child stands by our rules, and where each rule that moves it would put it. `-` is no band. */
function counted(
  story: Pathway,
  { measure = 'sitrep' as MeasureCode, authoredOn = null as LocalDate | null, provider = 'P1' } = {},
): {
  ours: string;
  moves: Record<string, string>;
} {
  const { rules } = serviceLine(story.line satisfies Line);
  const asked = rules.measures.filter((m) => m.code === measure);
  const count = new ListCount(
    {
      question: { measure, bands: asked[0]?.bands ?? 'sitrep', provider, asOf: AS_OF },
      rules: { ...rules, measures: asked },
      choices: () => NO_CHOICES,
    },
    ALTERNATIVES,
  );
  count.add({ events: story.events, authoredOn: new Map(authoredOn === null ? [] : [['a', authoredOn]]) });
  const moves = count.moves.map((each, i) => [ALTERNATIVES[i]?.code, each.map((m) => m.to ?? '-').join()] as const);
  return { ours: [...count.bands.keys()].join() || '-', moves: Object.fromEntries(moves.filter(([, to]) => to !== '')) };
}

/** In most of these stories nobody was triaged or accepted: those rules leave the child out, which is shown below. */
const NOT_TOLD = ['starts-at-triage', 'starts-at-acceptance'];
const without = (moves: Record<string, string>, left: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(moves).filter(([code]) => !left.includes(code)));

test.each<[string, Pathway, string, Record<string, string>]>([
  ['waits, and nothing else happened', salt().received(ago(200)), '>18-52', {}],
  ['was assessed', salt().received(ago(200)).contact(ago(50), 'assessment'), '-', { 'stops-at-first-treatment': '>18-52' }],
  ['was treated', salt().received(ago(200)).contact(ago(50), 'treatment'), '-', {}],
  [
    'was not brought, and rebooked',
    salt().received(ago(200)).notBrought(ago(100)).event('rebooked', ago(90)),
    '>18-52',
    { 'not-brought-restarts': '>12-18' },
  ],
  ['was not brought, and not rebooked', salt().received(ago(200)).notBrought(ago(100)), '>18-52', { 'not-brought-restarts': '-' }],
  ['was not brought, as was told by mistake', salt().received(ago(200)).notBrought(ago(100)).voidedOn(ago(99)), '>18-52', {}],
  [
    'was rejected',
    salt().received(ago(200)).event('referral-rejected', ago(190), { reason: 'inappropriate' }),
    '-',
    { 'rejected-kept': '>18-52' },
  ],
  [
    'is under active monitoring',
    salt()
      .received(ago(200))
      .event('active-monitoring-started', ago(30), { by: 'clinician', reviewOn: ago(-30) }),
    '-',
    { 'monitored-kept': '>18-52' },
  ],
  [
    'waits again after monitoring',
    salt()
      .received(ago(200))
      .event('active-monitoring-started', ago(60), { by: 'clinician', reviewOn: ago(-30) })
      .event('decision-to-treat', ago(10)),
    '>1-2',
    { 'monitored-kept': '>18-52' },
  ],
  ['was received on an unknown day', salt().received(null, { heardOn: ago(40) }), '-', { 'unknown-starts-counted': '>4-12' }],
  ['is at its 364th day', salt().received(ago(364)), '>18-52', { 'day-after': '>52-104', 'first-day-is-day-one': '>52-104' }],
  ['is at its 365th day', salt().received(ago(365)), '>52-104', { 'day-before': '>18-52', 'day-365-is-52-weeks': '>18-52' }],
  ['is at its 366th day', salt().received(ago(366)), '>52-104', {}],
  ['was received today', salt().received(AS_OF), '0-1', { 'day-before': '-' }],
  ['was seen today', salt().received(ago(200)).contact(AS_OF, 'treatment'), '-', { 'day-before': '>18-52' }],
])('a child who %s', (_, story, ours, moves) => {
  const found = counted(story);
  expect({ ours: found.ours, moves: without(found.moves, NOT_TOLD) }).toEqual({ ours, moves });
});

test('a clock may have started when the referral was written, triaged or accepted', () => {
  const story = salt().received(ago(200)).event('triaged', ago(120)).event('referral-accepted', ago(80));
  expect(counted(story, { authoredOn: ago(400) })).toEqual({
    ours: '>18-52',
    moves: { 'starts-when-written': '>52-104', 'starts-at-triage': '>12-18', 'starts-at-acceptance': '>4-12' },
  });
  expect(counted(salt().received(ago(200))).moves).toEqual({ 'starts-at-triage': '-', 'starts-at-acceptance': '-' });
  // Booked in, so accepted, though nobody said when: that explains nothing.
  expect(counted(salt().received(ago(200)).event('appointment-booked', ago(20))).moves).toEqual({});
  expect(counted(salt().received(ago(200)).event('referral-accepted', ago(80))).moves).toEqual({ 'starts-at-acceptance': '>4-12' });
});

test('a child taken over may have been counted from that day, and by the sender not at all', () => {
  const story = salt()
    .received(ago(200))
    .event('referral-accepted', ago(200))
    .event('triaged', ago(200))
    .event('transferred', ago(50), { toProvider: 'P2' })
    .event('transfer-accepted', ago(40));
  expect(counted(story, { provider: 'P2' })).toEqual({ ours: '>18-52', moves: { 'transfer-restarts': '>4-12' } });
  expect(counted(story, { provider: 'P1' })).toEqual({ ours: '-', moves: {} });
});

test('a child outside the scope of the measure may have been counted until it was seen', () => {
  const crisis = (): Pathway => pathway('mental-health').received(ago(200), { facts: { team: 'A02' } });
  const measure = 'cyp-mh-first-contact';
  expect(counted(crisis(), { measure })).toEqual({ ours: '-', moves: { 'out-of-scope-kept': '>18-52' } });
  expect(counted(crisis().contact(ago(100), 'assessment'), { measure })).toEqual({ ours: '-', moves: {} });
  expect(counted(crisis().event('removed', ago(9), { reason: 'declined' }), { measure })).toEqual({ ours: '-', moves: {} });
  const rejected = pathway('mental-health').received(ago(200)).event('referral-rejected', ago(9), { reason: 'inappropriate' });
  expect(counted(rejected, { measure })).toEqual({ ours: '-', moves: { 'rejected-kept': '>18-52' } });
});

test('every rule has a name of its own', () => {
  expect(new Set(ALTERNATIVES.map((a) => a.code)).size).toBe(ALTERNATIVES.length);
});
