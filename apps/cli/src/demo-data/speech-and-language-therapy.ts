import { dayOf, workday } from './days.js';
import { die, dischargeTreated, endUntreated, decision, reject, remove } from './endings.js';
import { COMMUNITY_TRUST, NEIGHBOUR, type DemoPathway, type Making } from './making.js';
import { SPEECH_WAITS, spread } from './published-figures.js';
import type { Random } from './random.js';
import type { Referred, Story } from './story.js';
import { contactTakenBack, madeUrgent, offerSupport, whileWaiting, type WaitingHabits } from './while-waiting.js';

const LINE = 'speech-and-language-therapy';

const CHILD = {
  line: LINE,
  minAge: 1,
  ages: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map(
    (age, i) => [age, [3, 18, 24, 18, 11, 7, 5, 4, 3, 2, 2, 1, 1, 1, 0.5][i] ?? 0] as const,
  ),
  boys: 0.67,
  sen: [
    ['none', 52],
    ['sen-support', 34],
    ['ehc-plan', 14],
  ],
} as const;

const HABITS: WaitingHabits = {
  support: [
    ['strategies-sent', 40],
    ['advice-line', 18],
    ['workshop', 14],
    ['check-in-call', 16],
    ['setting-training', 12],
  ],
  notes: ['hearing-test-awaited', 'programme-given', 'setting-visited', 'school-changed', 'interpreter-arranged'],
  triageCall: true,
  supportEveryWeeks: 16,
};

const NEEDS = [
  ['developmental-language-disorder', 32],
  ['speech-sound', 27],
  ['social-communication', 20],
  ['stammering', 6],
  ['selective-mutism', 3],
  ['hearing-impairment', 3],
  ['voice', 1.5],
  ['dysphagia', 2.5],
  ['cleft', 1],
  ['aac', 1.5],
  ['other', 2.5],
] as const;

/** Other than the children on the list, whose number is published: invented. */
const NUMBERS = {
  awaitingTreatment: 430,
  inTreatment: 850,
  monitored: 60,
  treated: 1900,
  removed: 480,
  rejected: 210,
  unknownStart: 4,
  died: 1,
};

/** Two years of speech and language therapy at the community trust. */
export function* speechAndLanguageTherapy(making: Making): Generator<DemoPathway> {
  const random = making.random(LINE);
  for (const days of spread(random, SPEECH_WAITS, making.asOf)) yield waiting(making, random, days);
  for (let i = 0; i < NUMBERS.unknownStart; i++) yield unknownStart(making, random);
  for (let i = 0; i < NUMBERS.awaitingTreatment; i++) yield seen(making, random, ago(random, 1, 460, 1.1), awaitTreatment);
  for (let i = 0; i < NUMBERS.inTreatment; i++) yield seen(making, random, ago(random, 8, 420, 1.15), inTreatment);
  for (let i = 0; i < NUMBERS.monitored; i++) yield seen(making, random, ago(random, 10, 300, 1), monitored);
  for (let i = 0; i < NUMBERS.treated; i++) yield seen(making, random, ago(random, 60, 760, 0.7), treated);
  for (let i = 0; i < NUMBERS.removed; i++) yield ended(making, random, endUntreated);
  for (let i = 0; i < NUMBERS.rejected; i++) yield ended(making, random, (story, on) => reject(story, on), 25);
  for (let i = 0; i < NUMBERS.died; i++) yield ended(making, random, die, 200, true);
}

function referred(random: Random, received: number | null, more: Partial<Referred> = {}): Omit<Referred, 'id'> {
  const need = random.weighted(NEEDS);
  return {
    received,
    provider: COMMUNITY_TRUST,
    priority: random.weighted([
      ['routine', 975],
      ['urgent', 24],
      ['very-urgent', 1],
    ] as const),
    sourceOfReferral: random.weighted([
      ['health-visitor', 34],
      ['education', 30],
      ['gp', 12],
      ['carer', 12],
      ['community-paediatrics', 9],
      ['hospital', 3],
    ]),
    details: {
      need,
      setting: random.weighted([
        ['early-years', 45],
        ['mainstream-school', 38],
        ['clinic', 10],
        ['special-school', 5],
        [null, 2],
      ]),
      dysphagiaRisk: need === 'dysphagia' && random.chance(0.25),
    },
    ...more,
  };
}

/** A child waiting for its first contact for exactly so many days. */
function waiting(making: Making, random: Random, days: number): DemoPathway {
  const { today } = making;
  const start = today - days;
  const how = random.weighted([
    ['plain', 86],
    ['referred-again', days < 400 ? 8 : 0],
    ['after-monitoring', days < 300 ? 1.5 : 0],
    ['transferred-in', days > 120 ? 1 : 0],
    ['transfer-pending', days > 60 ? 0.7 : 0],
    ['start-corrected', days > 80 ? 1.6 : 0],
    ['contact-taken-back', days > 60 ? 1 : 0],
  ] as const);
  const stories: Story[] = [];
  // A stated time before: a removal whose family came back, or the receipt before a period of monitoring.
  const before =
    how === 'referred-again'
      ? start - gapBefore(random) - random.int(40, 260)
      : how === 'after-monitoring'
        ? start - random.int(130, 300)
        : start;
  const child = making.child({ open: true, ...CHILD }, before, start);
  if (how === 'referred-again') stories.push(earlierReferral(making, random, child, before, start));
  const story = making.story(
    LINE,
    child,
    random,
    referred(random, how === 'after-monitoring' ? before : start, {
      ...(how === 'transferred-in' ? { provider: NEIGHBOUR } : {}),
      ...(how === 'start-corrected' ? { firstSaid: start + random.pick([-14, -7, 3, 7, 14]) } : {}),
      // Somebody must look at these today: the desk is never empty.
      ...(days <= 3 && random.chance(0.4) ? { details: { need: 'dysphagia', setting: 'early-years', dysphagiaRisk: true } } : {}),
    }),
  );
  stories.push(story);
  const from = Math.max(story.listed, start);
  switch (how) {
    case 'after-monitoring':
      monitorFrom(story, before + random.int(30, 60), 'family', start);
      story.tell('decision-to-treat', start, {}, 'clinician');
      break;
    case 'transferred-in':
      story.transfer(start + random.int(20, 60), COMMUNITY_TRUST, start + random.int(62, 90));
      whileWaiting(story, start + 91, today, HABITS);
      break;
    case 'transfer-pending':
      whileWaiting(story, from, today - 20, HABITS);
      story.transfer(today - random.int(1, 20), NEIGHBOUR, null);
      break;
    default:
      whileWaiting(story, from, today, HABITS);
      if (how === 'contact-taken-back') contactTakenBack(story, from, today);
      else if (how === 'plain' && days > 40 && random.chance(0.02)) madeUrgent(story, from + 30, today);
  }
  return making.pathway(LINE, child, random, stories);
}

/** Days between an end without treatment and the next referral: mostly within the 90 that make one experienced wait, some beyond. */
const gapBefore = (random: Random): number => (random.chance(0.65) ? random.int(6, 90) : random.int(91, 240));

function earlierReferral(making: Making, random: Random, child: DemoPathway['child'], before: number, start: number): Story {
  const story = making.story(LINE, child, random, referred(random, before));
  const end = start - Math.min(start - before - 20, gapBefore(random));
  whileWaiting(story, before, end, HABITS);
  remove(story, end, random.chance(0.5) ? 'no-response' : 'not-brought-after-review');
  return story;
}

function unknownStart(making: Making, random: Random): DemoPathway {
  const heard = making.today - random.int(10, 200);
  const child = making.child({ open: true, ...CHILD }, heard, heard);
  const story = making.story(LINE, child, random, referred(random, null, { heard, priority: 'routine' }));
  return making.pathway(LINE, child, random, [story]);
}

/** Days ago, drawn towards the recent by a lean above 1: so that about as many are seen in every month of the two years. */
const ago = (random: Random, from: number, to: number, lean: number): number => from + Math.floor((to - from) * random.next() ** lean);

/** Waits to first contact have grown over the two years, from about four months to nearly ten. Some never wait long. */
function waitBefore(random: Random, daysAgo: number): number {
  if (random.chance(0.14)) return random.int(4, 45);
  const usual = 290 - 165 * Math.min(1, daysAgo / 730);
  return Math.round(usual * (0.4 + random.next() * 0.9));
}

/** A child who had a first contact so many days ago, and what became of it. */
function seen(making: Making, random: Random, daysAgo: number, then: (story: Story, contact: number) => void): DemoPathway {
  const contact = workday(making.today - daysAgo);
  const start = contact - waitBefore(random, daysAgo);
  const child = making.child({ open: then !== treated, ...CHILD }, start, start);
  const story = making.story(LINE, child, random, referred(random, start));
  whileWaiting(story, start, contact - 1, HABITS);
  story.contact(contact, 'assessment');
  then(story, contact);
  return making.pathway(LINE, child, random, [story]);
}

/** Seen, and now in the second queue that no national figure shows. */
function awaitTreatment(story: Story, contact: number): void {
  if (story.random.chance(0.5)) story.tell('put-on-therapy-list', contact, {}, 'clinician');
  offerSupport(story, contact + 30, story.today, HABITS);
}

function therapy(story: Story, contact: number, until: number): number {
  const { random } = story;
  let on = Math.min(until, contact + random.int(7, 70));
  const first = on;
  for (let session = random.int(2, 7); session > 0 && on <= until; session--, on = workday(on + random.int(7, 21))) {
    story.contact(on, session === 1 && on > first ? 'review' : 'treatment');
  }
  return Math.min(until, on);
}

function inTreatment(story: Story, contact: number): void {
  therapy(story, contact, story.today - 1);
}

function treated(story: Story, contact: number): void {
  const last = therapy(story, contact, story.today - 8);
  dischargeTreated(story, story.random.int(last + 5, Math.min(story.today - 1, last + 30)));
}

function monitored(story: Story, contact: number): void {
  const { random, today } = story;
  const since = random.int(contact, Math.max(contact, Math.min(today - 1, contact + 20)));
  monitorFrom(story, since, random.chance(0.8) ? 'clinician' : 'family', Math.max(since + 14, today + random.int(-10, 120)));
}

function monitorFrom(story: Story, on: number, by: 'clinician' | 'family', review: number): void {
  story.tell('active-monitoring-started', on, { by, reviewOn: dayOf(review), ...decision(story, on) }, 'clinician');
}

/** A referral that came and went without treatment. */
function ended(making: Making, random: Random, end: (story: Story, on: number) => void, longest = 330, alone = false): DemoPathway {
  const on = workday(making.today - random.int(2, 730));
  const start = on - random.int(3, longest);
  const child = making.child({ open: false, alone, ...CHILD }, start, start);
  const story = making.story(LINE, child, random, referred(random, start));
  whileWaiting(story, start, on - 1, HABITS);
  end(story, on);
  return making.pathway(LINE, child, random, [story]);
}
