import { dayOf, workday } from './days.js';
import { decision, die, endUntreated, reject } from './endings.js';
import { EQUIPMENT_SERVICE, type DemoPathway, type Making } from './making.js';
import type { Random } from './random.js';
import type { Referred, Story } from './story.js';
import { offerSupport, whileWaiting, type WaitingHabits } from './while-waiting.js';

const LINE = 'specialist-equipment';

const CHILD = {
  line: LINE,
  minAge: 1,
  ages: Array.from({ length: 17 }, (_, i) => [i + 1, i < 10 ? 3 : 2] as const),
  boys: 0.58,
  sen: [
    ['none', 12],
    ['sen-support', 26],
    ['ehc-plan', 62],
  ],
  // Many are on another list already.
  known: 0.4,
} as const;

const HABITS: WaitingHabits = {
  support: [
    ['check-in-call', 40],
    ['advice-line', 30],
    ['strategies-sent', 20],
    ['setting-training', 10],
  ],
  notes: ['measured', 'trialled', 'adjusted', 'school-changed'],
  triageCall: true,
  supportEveryWeeks: 14,
};

/** Every stage of the way, in order, with how many children wait there and for how long in all. Invented: published nowhere. */
const STAGES = [
  { stage: 'awaiting-triage', count: 45, from: 0, to: 20 },
  { stage: 'awaiting-first-contact', count: 190, from: 12, to: 210 },
  { stage: 'awaiting-decision', count: 85, from: 25, to: 260 },
  { stage: 'awaiting-funding', count: 120, from: 60, to: 330 },
  { stage: 'awaiting-order', count: 60, from: 80, to: 340 },
  { stage: 'awaiting-supplier', count: 180, from: 100, to: 480 },
  { stage: 'awaiting-handover', count: 70, from: 110, to: 430 },
  { stage: 'part-delivered', count: 50, from: 130, to: 520 },
] as const;
const STEPS = ['assessed', 'prescription-decided', 'funding-approved', 'ordered', 'stock-received', 'handed-over'] as const;

const NUMBERS = { unknownStart: 3, awaitingReview: 220, delivered: 800, nothingPrescribed: 60, removed: 95, rejected: 40, died: 1 };

/** Two years of specialist equipment, from referral to a handover that is usable. */
export function* specialistEquipment(making: Making): Generator<DemoPathway> {
  const random = making.random(LINE);
  for (const [done, { count, from, to }] of STAGES.entries()) {
    for (let i = 0; i < count; i++) yield onTheWay(making, random, from + Math.floor((to - from) * random.next() ** 1.3), done - 1);
  }
  for (let i = 0; i < NUMBERS.unknownStart; i++) yield unknownStart(making, random);
  for (let i = 0; i < NUMBERS.awaitingReview; i++) yield handedOver(making, random, random.int(2, 365), false);
  for (let i = 0; i < NUMBERS.delivered; i++) yield handedOver(making, random, random.int(60, 730), true);
  for (let i = 0; i < NUMBERS.nothingPrescribed; i++) yield ended(making, random, nothingPrescribed, 30, 160);
  for (let i = 0; i < NUMBERS.removed; i++) yield ended(making, random, endUntreated, 10, 250);
  for (let i = 0; i < NUMBERS.rejected; i++) yield ended(making, random, (story, on) => reject(story, on), 3, 25);
  for (let i = 0; i < NUMBERS.died; i++) yield ended(making, random, die, 30, 150, true);
}

function referred(random: Random, received: number | null, more: Partial<Referred> = {}): Omit<Referred, 'id'> {
  return {
    received,
    provider: EQUIPMENT_SERVICE,
    priority: random.weighted([
      ['routine', 93],
      ['urgent', 6.5],
      ['very-urgent', 0.2],
    ] as const),
    sourceOfReferral: random.weighted([
      ['other-ahp', 52],
      ['community-paediatrics', 22],
      ['hospital', 12],
      ['education', 9],
      ['gp', 5],
    ]),
    details: {
      category: random.weighted([
        ['wheelchair', 42],
        ['seating', 16],
        ['orthotics', 14],
        ['standing-frame', 9],
        ['walking-aid', 6],
        ['aac-device', 5],
        ['hoist', 3],
        ['bed', 3],
        ['prosthetics', 1],
        ['other', 1],
      ]),
      needLevel: random.weighted([
        ['low', 20],
        ['medium', 36],
        ['high', 31],
        ['specialist', 13],
      ]),
    },
    ...more,
  };
}

/** A child who has waited so many days and come past so many steps; -1 = not yet looked at. */
function onTheWay(making: Making, random: Random, days: number, done: number): DemoPathway {
  const { today } = making;
  const start = today - days;
  const child = making.child({ open: true, ...CHILD }, start, start);
  const story = making.story(LINE, child, random, referred(random, start));
  if (done === 0) accept(story, start, today);
  if (done >= 1) steps(story, start, today, done);
  if (done === STEPS.length) partDelivered(story, today);
  return making.pathway(LINE, child, random, [story]);
}

/** Accepted, and waiting to be assessed. */
function accept(story: Story, from: number, to: number): void {
  const accepted = from + story.random.int(1, Math.min(10, to - from));
  story.tell('referral-accepted', accepted, {}, 'clinician');
  offerSupport(story, accepted + 14, to, HABITS);
}

/** So many steps of the way between two days, each at its time; the handover is told elsewhere. @returns the day of the last */
function steps(story: Story, start: number, until: number, done: number): number {
  const { random } = story;
  const taken = STEPS.slice(0, Math.min(done, STEPS.length - 1));
  const length = until - start;
  const days = taken.map((_, i) =>
    workday(start + 3 + Math.floor(((i + 0.55 + random.next() * 0.7) * (length - 4)) / (taken.length + 0.9))),
  );
  story.tell('referral-accepted', start + random.int(1, 2), {}, 'clinician');
  taken.forEach((step, i) => {
    const on = days[i] as number;
    const next = days[i + 1] ?? until;
    if (step === 'assessed') assessed(story, on, next);
    else if (step === 'prescription-decided') story.tell(step, on, prescription(story), 'clinician');
    else story.tell(step, on);
    if (step === 'prescription-decided' && random.chance(0.25))
      story.tell(random.pick(['funding-deferred', 'quote-received']), random.int(on, next));
    if (step === 'ordered') supplier(story, on, next);
  });
  return days.at(-1) ?? start;
}

function assessed(story: Story, on: number, next: number): void {
  story.tell('assessed', on, {}, 'clinician');
  if (story.random.chance(0.4)) story.tell('measured', on, {}, 'clinician');
  if (story.random.chance(0.15)) story.tell('interim-equipment-issued', story.random.int(on, next));
}

/** A wheelchair comes with its seat: one is no use without the other. */
function prescription(story: Story): { items?: string[]; needLevel?: string } {
  const { category, needLevel } = story.referred.details;
  const items = category === 'wheelchair' && story.random.chance(0.6) ? { items: ['chair', 'seat'] } : {};
  return { ...items, needLevel: String(needLevel) };
}

function supplier(story: Story, ordered: number, next: number): void {
  const { random } = story;
  const told = random.int(ordered, Math.min(next, ordered + 14));
  const due = told + random.int(28, 120);
  story.tell('supplier-date-given', told, { dueOn: dayOf(due) });
  if (due < next) story.tell('supplier-date-missed', due);
  if (next - ordered > 120 && random.chance(0.12)) story.tell('outgrown-while-waiting', random.int(ordered + 60, next), {}, 'clinician');
}

/** Something came and the child cannot use it yet: the clock runs on. */
function partDelivered(story: Story, today: number): void {
  const on = today - story.random.int(0, 6);
  const items = story.random.chance(0.5);
  story.tell('handed-over', on, items ? { item: 'chair', usable: false } : { usable: false }, 'clinician');
}

/** Handed over usable so many days ago; half of the children waited longer than the 18 weeks. */
function handedOver(making: Making, random: Random, daysAgo: number, closed: boolean): DemoPathway {
  const on = workday(making.today - daysAgo);
  const start = on - random.int(40, random.chance(0.5) ? 126 : 330);
  const child = making.child({ open: !closed, ...CHILD }, start, start);
  const story = making.story(LINE, child, random, referred(random, start));
  const last = steps(story, start, on, STEPS.length - 1);
  story.tell('handed-over', Math.max(on, last), { usable: true }, 'clinician');
  if (closed) story.tell('discharged', random.int(on + 6, Math.min(making.today, on + 60)), { reason: 'treatment-completed' }, 'clinician');
  else if (daysAgo > 60 && random.chance(0.3)) story.tell('reviewed', random.int(on + 20, making.today), {}, 'clinician');
  return making.pathway(LINE, child, random, [story]);
}

function unknownStart(making: Making, random: Random): DemoPathway {
  const heard = making.today - random.int(10, 150);
  const child = making.child({ open: true, ...CHILD }, heard, heard);
  const story = making.story(LINE, child, random, referred(random, null, { heard }));
  return making.pathway(LINE, child, random, [story]);
}

function nothingPrescribed(story: Story, on: number): void {
  story.tell('assessed', story.random.int(on - 20, on), {}, 'clinician');
  story.tell('prescription-decided', on, { none: true, ...decision(story, on) }, 'clinician');
}

/** A referral that came and went without equipment. */
function ended(
  making: Making,
  random: Random,
  end: (story: Story, on: number) => void,
  shortest: number,
  longest: number,
  alone = false,
): DemoPathway {
  const on = workday(making.today - random.int(2, 730));
  const start = on - random.int(shortest, longest);
  const child = making.child({ open: false, alone, ...CHILD, known: alone ? 0 : CHILD.known }, start, start);
  const story = making.story(LINE, child, random, referred(random, start));
  whileWaiting(story, start, on - 1, HABITS);
  end(story, on);
  return making.pathway(LINE, child, random, [story]);
}
