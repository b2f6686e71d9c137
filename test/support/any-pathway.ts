import { addDays, type LocalDate } from '#kernel';
import type { EventData, PathwayEvent } from '#waits';
import fc from 'fast-check';
import { LINES, type Line } from './pathway.js';

/** Random pathways for property tests: several referrals, two providers, every kind of event, told in any order. */
export interface Story {
  line: Line;
  events: PathwayEvent[];
}

export const LAST_DAY = 130;
export const dayOf = (n: number): LocalDate => addDays('2026-01-05', n);
export const at = (n: number): Date => new Date(`${dayOf(n)}T12:00:00Z`);

/** Half of all days lie close together, so that much happens on one day, just after an end, or in the wrong order. */
export const someDay = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: LAST_DAY }));

const toProvider = fc.constantFrom('P1', 'P2');
const priority = fc.constantFrom('routine', 'urgent', 'very-urgent', 'emergency');
const reason = fc.constantFrom('duplicate', 'inappropriate', 'incomplete', 'no-response');
const usable = fc.boolean();

/** What can be told of a referral: first what moves clocks, more often; then what ends them; then what needs no data. */
const TOLD: Record<string, fc.Arbitrary<EventData>> = {
  contact: fc.record({
    attendance: fc.constantFrom(
      'attended',
      'attended-late',
      'late-not-seen',
      'not-brought',
      'cancelled-by-family',
      'cancelled-by-provider',
    ),
    mechanism: fc.constantFrom('face-to-face', 'telephone', 'video', 'talk-type', 'text', 'email', 'chat'),
    purpose: fc.constantFrom('triage', 'assessment', 'treatment', 'review'),
    appointmentCommunicated: fc.boolean(),
  }),
  'priority-changed': fc.record({ priority }),
  'active-monitoring-started': fc.record({ by: fc.constantFrom('clinician', 'family'), reviewOn: fc.constant(dayOf(LAST_DAY)) }),
  'decision-to-treat': fc.constant({}),
  transferred: fc.record({ toProvider }),
  'transfer-accepted': fc.record({ toProvider }),
  'handed-over': fc.oneof(fc.record({ item: fc.constantFrom('chair', 'seat'), usable }), fc.record({ usable })),
  'prescription-decided': fc.constantFrom<EventData>({ items: ['chair', 'seat'] }, { items: ['chair'] }, {}, { none: true }),
  'outcome-score': fc.record({ tool: fc.constantFrom('rcads', 'current-view'), baseline: fc.boolean() }),
};
const ENDS = ['removed', 'referral-rejected', 'discharged', 'treatment-declined', 'decision-not-to-treat', 'died'];
const OTHERS = `
  referral-accepted information-requested appointment-booked appointment-cancelled rebooked indirect-activity care-plan-agreed
  intervention treatment-started family-delay assessed funding-approved funding-refused ordered
  supplier-date-given stock-received interim-equipment-issued outgrown-while-waiting hearing-test-awaited
`
  .trim()
  .split(/\s+/);
const happening = fc.oneof(
  ...Object.entries(TOLD).map(([type, data]) => ({ weight: 4, arbitrary: fc.tuple(fc.constant(type), data) })),
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...ENDS), fc.record({ reason })) },
  { weight: 20, arbitrary: fc.tuple(fc.constantFrom(...OTHERS), fc.constant<EventData>({})) },
);

const receipt = fc.record({
  isKnown: fc.constantFrom(true, true, true, false),
  provider: toProvider,
  priority,
  facts: fc.record({
    ageAtReferral: fc.constantFrom(10, 17, 18, null),
    localAuthority: fc.constantFrom('E06000061', 'E06000062', 'W06000015', null),
    reason: fc.constantFrom('05', '12', '01'),
    team: fc.constantFrom('A06', 'A18', 'C10', 'A14', 'A02'),
  }),
});
/** On which day it happened, and how many days later it was recorded. */
const when = fc.record({ on: someDay, late: fc.integer({ min: 0, max: 40 }) });
const correction = fc.record({ when, to: someDay, isKnown: fc.boolean(), isYounger: fc.boolean() });
const referral = fc.record({
  when,
  receipt,
  happenings: fc.array(fc.tuple(when, happening), { maxLength: 8 }),
  corrections: fc.array(correction, { maxLength: 2 }),
});

/** A pathway nothing of which was voided. A corrected start is never after the day of the correction. */
export const anyPathway = ({ corrected }: { corrected: boolean }): fc.Arbitrary<Story> =>
  fc
    .record({ line: fc.constantFrom(...(Object.keys(LINES) as Line[])), referrals: fc.array(referral, { minLength: 1, maxLength: 4 }) })
    .map(({ line, referrals }) => ({
      line,
      events: referrals.flatMap(({ when, receipt: { isKnown, ...data }, happenings, corrections }, i) => {
        const events: PathwayEvent[] = [];
        const tell = (type: string, { on, late }: { on: number; late: number }, data: EventData): void => {
          events.push({
            referralId: 'abcd'.charAt(i),
            seq: events.length + 1,
            type,
            occurredOn: dayOf(on),
            data,
            recordedAt: at(on + late),
          });
        };
        tell('referral-received', when, { ...data, receivedOn: isKnown ? dayOf(when.on) : null });
        for (const [w, [type, data]] of happenings) tell(type, w, data);
        for (const c of corrected ? corrections : []) {
          const facts = c.isYounger ? { facts: { ageAtReferral: 9, localAuthority: 'E06000061' } } : {};
          const receivedOn = c.isKnown ? dayOf(Math.min(c.to, c.when.on)) : null;
          tell('received-on-corrected', c.when, { receivedOn, reason: 'date stamp', ...facts });
        }
        return events;
      }),
    }));

/** The event that voids another, recorded on a day. */
export const voiding = (e: PathwayEvent, on: number): PathwayEvent => ({
  referralId: e.referralId,
  seq: 100 + e.seq,
  type: 'event-voided',
  occurredOn: dayOf(on),
  data: { seq: e.seq, reason: 'told by mistake' },
  recordedAt: at(on),
});

/** A pathway some of whose events may have been voided. */
export const anyPathwayWithVoids = (told: { corrected: boolean }): fc.Arbitrary<Story> =>
  fc.tuple(anyPathway(told), fc.array(fc.nat(), { maxLength: 2 }), someDay).map(([story, picks, on]) => {
    const mistakes = new Set(picks.flatMap((n) => pick(story, n) ?? []));
    return { ...story, events: [...story.events, ...[...mistakes].map((e) => voiding(e, on))] };
  });

/** One of the events that can be voided: undefined where nothing but receipts was told. */
export function pick({ events }: Story, n: number): PathwayEvent | undefined {
  const others = events.filter((e) => e.type !== 'referral-received' && e.type !== 'event-voided');
  return others[n % others.length];
}

export const without = (story: Story, event: PathwayEvent): Story => ({ ...story, events: story.events.filter((e) => e !== event) });
