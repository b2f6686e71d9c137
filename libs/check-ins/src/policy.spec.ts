import { addDays, type LocalDate } from '#kernel';
import { serviceLines } from '#service-lines';
import type { CheckInFacts } from '#waits';
import fc from 'fast-check';
import { checkInPolicy } from './policy.js';

/** Day 0 of the examples: on the list, and the headline wait begins. */
const LISTED: LocalDate = '2026-01-05';
const day = (n: number): LocalDate => addDays(LISTED, n);

const waiting: CheckInFacts = {
  state: 'waiting',
  stage: 'awaiting-first-contact',
  listedOn: LISTED,
  waitingSince: LISTED,
  lastHumanContactOn: null,
  lastCheckInOn: null,
  treatedOn: null,
  reviewOn: null,
};

const SALT = 'speech-and-language-therapy';
const MENTAL = 'mental-health';
const EQUIPMENT = 'specialist-equipment';

interface Example {
  example: string;
  line: string;
  facts: Partial<CheckInFacts>;
  then: { dueOn: LocalDate; why: string } | null;
}

const examples: Example[] = [
  { example: 'SALT: first after 12 weeks', line: SALT, facts: {}, then: { dueOn: day(84), why: 'first' } },
  { example: 'mental health: first after 4 weeks', line: MENTAL, facts: {}, then: { dueOn: day(28), why: 'first' } },
  { example: 'equipment: first after 6 weeks', line: EQUIPMENT, facts: {}, then: { dueOn: day(42), why: 'first' } },
  {
    example: 'SALT: after the check-in at 12 weeks the milestone of 18 weeks comes before 12 more',
    line: SALT,
    facts: { lastCheckInOn: day(84) },
    then: { dueOn: day(126), why: 'milestone-18w' },
  },
  {
    example: 'SALT: answered late, the milestone stays where it is',
    line: SALT,
    facts: { lastCheckInOn: day(110) },
    then: { dueOn: day(126), why: 'milestone-18w' },
  },
  {
    example: 'SALT: a check-in on the very day of a milestone is that milestone’s',
    line: SALT,
    facts: { lastCheckInOn: day(126) },
    then: { dueOn: day(182), why: 'milestone-26w' },
  },
  {
    example: 'SALT: past 52 weeks only the cadence',
    line: SALT,
    facts: { lastCheckInOn: day(400) },
    then: { dueOn: day(484), why: 'cadence' },
  },
  {
    example: 'mental health: the cadence comes before the milestone',
    line: MENTAL,
    facts: { lastCheckInOn: day(28) },
    then: { dueOn: day(56), why: 'cadence' },
  },
  {
    example: 'a call by a person counts as the last contact',
    line: MENTAL,
    facts: { lastHumanContactOn: day(40), lastCheckInOn: day(28) },
    then: { dueOn: day(68), why: 'cadence' },
  },
  {
    example: 'two years of imported history fold into one first check-in, long due',
    line: MENTAL,
    facts: {},
    then: { dueOn: day(28), why: 'first' },
  },
  {
    example: 'a running wait that began again counts its own milestones',
    line: SALT,
    facts: { waitingSince: day(300), lastHumanContactOn: day(300) },
    then: { dueOn: day(384), why: 'cadence' },
  },
  {
    example: 'no running wait (hidden second wait): milestones of the time on the list',
    line: SALT,
    facts: { stage: 'awaiting-treatment', waitingSince: null, lastHumanContactOn: day(120) },
    then: { dueOn: day(126), why: 'milestone-18w' },
  },
  {
    example: 'unknown start: from the day we first heard',
    line: SALT,
    facts: { waitingSince: null },
    then: { dueOn: day(84), why: 'first' },
  },
  { example: 'transferring: as waiting', line: SALT, facts: { stage: 'transferring' }, then: { dueOn: day(84), why: 'first' } },
  {
    example: 'in treatment: 12 weeks without contact',
    line: MENTAL,
    facts: { state: 'in-treatment', stage: null, treatedOn: day(50), lastHumanContactOn: day(70) },
    then: { dueOn: day(154), why: 'no-contact-12w' },
  },
  {
    example: 'in treatment: counted from the treatment when nothing else is known',
    line: EQUIPMENT,
    facts: { state: 'in-treatment', stage: 'awaiting-review', treatedOn: day(50) },
    then: { dueOn: day(134), why: 'no-contact-12w' },
  },
  {
    example: 'monitored: at the review',
    line: SALT,
    facts: { state: 'monitored', stage: day(200), reviewOn: day(200), lastHumanContactOn: day(90) },
    then: { dueOn: day(200), why: 'review' },
  },
  {
    example: 'monitored: a review that was kept and gave no new day is asked about 12 weeks on',
    line: SALT,
    facts: { state: 'monitored', stage: day(200), reviewOn: day(200), lastHumanContactOn: day(201) },
    then: { dueOn: day(285), why: 'no-contact-12w' },
  },
  { example: 'rejected: none', line: SALT, facts: { state: 'rejected', stage: null }, then: null },
  { example: 'removed: none', line: MENTAL, facts: { state: 'removed', stage: null }, then: null },
  { example: 'closed (treated, or died): none', line: EQUIPMENT, facts: { state: 'closed', stage: null }, then: null },
];

describe('the next check-in', () => {
  test.each(examples)('$example', ({ line, facts, then }) => expect(checkInPolicy(line, { ...waiting, ...facts })).toEqual(then));

  it('is always after the last contact, and never further away than the longest cadence', () => {
    const someDay = fc.integer({ min: 0, max: 1_500 }).map(day);
    const facts = fc.record({
      state: fc.constantFrom('waiting', 'in-treatment', 'monitored'),
      stage: fc.constantFrom('awaiting-triage', 'awaiting-treatment', 'transferring', null),
      listedOn: fc.constant(LISTED),
      waitingSince: fc.option(someDay),
      lastHumanContactOn: fc.option(someDay),
      lastCheckInOn: fc.option(someDay),
      treatedOn: fc.option(someDay),
      reviewOn: fc.constant(null),
    }) as fc.Arbitrary<CheckInFacts>;
    fc.assert(
      fc.property(fc.constantFrom(...serviceLines.map((l) => l.code)), facts, (line, f) => {
        const touched =
          [f.listedOn, f.lastHumanContactOn ?? LISTED, f.lastCheckInOn ?? LISTED, f.treatedOn ?? LISTED].sort().at(-1) ?? LISTED;
        const next = checkInPolicy(line, f);
        expect(next?.dueOn).toBeDefined();
        expect((next?.dueOn ?? '') > touched).toBe(true);
        expect((next?.dueOn ?? '') <= addDays(touched, 84)).toBe(true);
      }),
    );
  });
});
