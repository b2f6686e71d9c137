import { workday } from './days.js';
import { endUntreated, reject, remove } from './endings.js';
import { COMMUNITY_TRUST, NEIGHBOUR, type DemoPathway, type Making } from './making.js';
import { mentalHealthCare, NUMBERS } from './mental-health-care.js';
import { CHILD, HABITS, LINE, referred, UNCOUNTED } from './mental-health-referrals.js';
import { FIRST_CONTACT_WAITS, SEEN_WAITS, spread } from './published-figures.js';
import type { Random } from './random.js';
import type { Story } from './story.js';
import { contactTakenBack, madeUrgent, whileWaiting } from './while-waiting.js';

/** Two years of children's mental health at the community trust. */
export function* mentalHealth(making: Making): Generator<DemoPathway> {
  const random = making.random(LINE);
  for (const days of spread(random, FIRST_CONTACT_WAITS, making.asOf)) yield waiting(making, random, days);
  for (let i = 0; i < NUMBERS.unknownStart; i++) yield unknownStart(making, random);
  const care = mentalHealthCare(making, random);
  for (const days of spread(random, SEEN_WAITS, making.asOf)) yield care.seen(days);
  for (let i = 0; i < NUMBERS.fullStopsThisQuarter; i++) yield care.fullStop(random.int(3, 80));
  for (let i = 0; i < NUMBERS.fullStopsBefore; i++) yield care.fullStop(random.int(105, 730));
  for (let i = 0; i < NUMBERS.treated; i++) yield care.treated(random.int(2, 730));
  for (let i = 0; i < NUMBERS.removed; i++) yield ended(making, random, endUntreated, 500);
  for (let i = 0; i < NUMBERS.rejected; i++) yield ended(making, random, (story, on) => reject(story, on), 21);
  for (let i = 0; i < NUMBERS.uncounted; i++) yield uncounted(making, random);
}

/** A spell that waits for its first contact for exactly so many days, however many referrals it joins. */
function waiting(making: Making, random: Random, days: number): DemoPathway {
  const { today } = making;
  const start = today - days;
  const how = random.weighted([
    ['plain', 89],
    ['referred-twice', days > 30 ? 3 : 0],
    ['joined-after-end', days > 60 ? 1.2 : 0],
    ['referred-again', 3.2],
    ['transferred-in', days > 150 ? 0.25 : 0],
    ['transfer-pending', days > 90 ? 0.25 : 0],
    ['start-corrected', days > 80 ? 1.2 : 0],
    ['contact-taken-back', days > 60 ? 0.7 : 0],
  ] as const);
  const gap = random.chance(0.6) ? random.int(6, 90) : random.int(91, 300);
  const before = how === 'referred-again' ? start - gap - random.int(60, 400) : start;
  const second = how === 'referred-twice' || how === 'joined-after-end' ? start + random.int(15, days - 10) : start;
  const child = making.child({ known: 0.03, open: true, ...CHILD }, before, second);
  const stories: Story[] = [];
  if (how === 'referred-again') stories.push(earlierReferral(making, random, child, before, start - gap));
  const story = making.story(
    LINE,
    child,
    random,
    referred(random, start, {
      ...(how === 'transferred-in' ? { provider: NEIGHBOUR } : {}),
      ...(how === 'start-corrected' ? { firstSaid: start + random.pick([-14, -7, 3, 7, 14]) } : {}),
      // Somebody must look at these today: the desk is never empty.
      ...(days <= 3 && random.chance(0.2) ? { priority: 'routine', details: { reason: '15', team: 'A06', riskConcern: true } } : {}),
    }),
  );
  stories.push(story);
  const from = Math.max(story.listed, start);
  switch (how) {
    case 'referred-twice': {
      // A further referral while the first is open: one spell, one wait, from the first day.
      whileWaiting(story, start, today, HABITS);
      const further = making.story(LINE, child, random, referred(random, second));
      if (random.chance(0.5)) further.tell('referral-accepted', random.int(second, Math.min(today, second + 10)), {}, 'clinician');
      stories.push(further);
      break;
    }
    case 'joined-after-end': {
      // Ended, and referred again within 5 days: the spell goes on.
      const end = second - random.int(0, 5);
      whileWaiting(story, start, end - 1, HABITS);
      if (random.chance(0.4)) reject(story, end, 'incomplete');
      else remove(story, end, 'no-response');
      const further = making.story(LINE, child, random, referred(random, second));
      whileWaiting(further, second, today, HABITS);
      stories.push(further);
      break;
    }
    case 'transferred-in':
      story.transfer(start + random.int(20, 60), COMMUNITY_TRUST, start + random.int(62, 100));
      whileWaiting(story, start + 101, today, HABITS);
      break;
    case 'transfer-pending':
      whileWaiting(story, from, today - 20, HABITS);
      story.transfer(today - random.int(1, 20), NEIGHBOUR, null);
      break;
    default:
      whileWaiting(story, from, today, HABITS);
      if (how === 'contact-taken-back') contactTakenBack(story, from, today);
      else if (how === 'plain' && days > 40) inTheMeantime(story, from + 30, today);
  }
  return making.pathway(LINE, child, random, stories);
}

function inTheMeantime(story: Story, from: number, to: number): void {
  const { random } = story;
  // A team that took urgent work from the single point of access would fall out of the measure.
  if (random.chance(0.02) && story.referred.details['team'] !== 'A18') madeUrgent(story, from, to);
  // A text conversation is kind, and counts as no contact.
  if (random.chance(0.02)) story.contact(random.int(from, to), 'triage', { mechanism: 'text', attendance: 'attended' });
  if (random.chance(0.012))
    story.tell(random.pick(['ed-attended', 'crisis-contact', 'safety-plan-agreed']), random.int(from, to), {}, 'clinician');
}

function earlierReferral(making: Making, random: Random, child: DemoPathway['child'], before: number, end: number): Story {
  const story = making.story(LINE, child, random, referred(random, before));
  whileWaiting(story, before, end - 1, HABITS);
  remove(story, end, random.chance(0.5) ? 'no-response' : 'not-brought-after-review');
  return story;
}

function unknownStart(making: Making, random: Random): DemoPathway {
  const heard = making.today - random.int(10, 300);
  const child = making.child({ open: true, ...CHILD }, heard, heard);
  const story = making.story(LINE, child, random, referred(random, null, { heard, priority: 'routine' }));
  return making.pathway(LINE, child, random, [story]);
}

/** A referral that came and went without treatment. */
function ended(making: Making, random: Random, end: (story: Story, on: number) => void, longest: number): DemoPathway {
  const on = workday(making.today - random.int(8, 730));
  const start = on - random.int(3, longest);
  const child = making.child({ open: false, ...CHILD }, start, start);
  const story = making.story(LINE, child, random, referred(random, start));
  whileWaiting(story, start, on - 1, HABITS);
  end(story, on);
  return making.pathway(LINE, child, random, [story]);
}

/** Referrals the national spells leave out: eating disorders, early psychosis, crisis teams, urgent work at the single point of access. */
function uncounted(making: Making, random: Random): DemoPathway {
  const { reason, team, priority } = random.pick(UNCOUNTED);
  const ago = random.int(1, 500);
  const start = making.today - ago;
  const child = making.child(
    { ...CHILD, ages: [12, 13, 14, 15, 16, 17].map((age) => [age, 1] as const), boys: 0.3, open: ago < 60 },
    start,
    start,
  );
  const story = making.story(LINE, child, random, referred(random, start, { priority, details: { reason, team, riskConcern: false } }));
  const first = start + random.int(1, priority === 'routine' ? 40 : 9);
  if (first >= making.today) return making.pathway(LINE, child, random, [story]);
  story.contact(first, 'assessment');
  const treated = first + random.int(0, 14);
  if (treated < making.today) story.contact(treated, 'treatment');
  if (treated + 90 < making.today)
    story.tell('discharged', random.int(treated + 60, making.today), { reason: 'treatment-completed' }, 'clinician');
  return making.pathway(LINE, child, random, [story]);
}
