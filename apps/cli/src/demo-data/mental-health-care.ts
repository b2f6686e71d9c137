import { dayOf, workday } from './days.js';
import { decision, dischargeTreated } from './endings.js';
import type { DemoPathway, Making } from './making.js';
import { CHILD, HABITS, LINE, referred } from './mental-health-referrals.js';
import { PUBLISHED } from './published-figures.js';
import type { Random } from './random.js';
import type { Story } from './story.js';
import { offerSupport, whileWaiting } from './while-waiting.js';

/** Other than the lists, whose numbers are published: invented. */
export const NUMBERS = {
  fullStopsThisQuarter: PUBLISHED.mentalHealthFull.stopsInQuarter,
  fullStopsBefore: 205,
  treated: 1350,
  removed: 700,
  rejected: 350,
  uncounted: 250,
  unknownStart: 6,
};

type Part = 'outcome' | 'plan';

/** Children who have been seen: those who lack a record, those who have all three, those whose therapy is over. */
export function mentalHealthCare(making: Making, random: Random): Record<'seen' | 'fullStop' | 'treated', (days: number) => DemoPathway> {
  const { today } = making;

  /** A referral whose first contact is on a day; before it, a wait. */
  function contacted(start: number, contact: number, open: boolean): Story {
    const child = making.child({ known: 0.03, open, ...CHILD }, start, start);
    const story = making.story(LINE, child, random, referred(random, start));
    whileWaiting(story, start, contact - 1, HABITS);
    return story;
  }

  const finish = (story: Story): DemoPathway => making.pathway(LINE, story.child, random, [story]);

  /** Days to a first contact have grown over the two years, from half a year to more than one. */
  const waitBefore = (daysAgo: number): number => Math.round((420 - 250 * Math.min(1, daysAgo / 730)) * (0.3 + random.next() * 1.3));

  return {
    /** A spell of so many days with a first contact, and without a baseline outcome, a plan or an intervention: in care, often in therapy. */
    seen(days) {
      const start = today - days;
      const contact = workday(start + random.int(Math.max(5, Math.floor(days * 0.12)), Math.floor(days * 0.9)));
      const story = contacted(start, contact, true);
      const how = random.weighted([
        ['therapy-without-outcome', 40],
        ['therapy-without-plan', 14],
        ['awaiting-therapy', 31],
        ['child-not-seen', 8],
        ['current-view-only', 5],
        ['monitored', 2],
      ] as const);
      if (how === 'child-not-seen') story.tell('indirect-activity', contact, {}, 'clinician');
      else story.contact(contact, 'assessment');
      if (how === 'therapy-without-outcome' || how === 'current-view-only') {
        record(story, 'plan', random.int(contact, Math.min(today, contact + 30)));
        if (how === 'current-view-only') story.tell('outcome-score', contact, { tool: 'current-view', baseline: true }, 'clinician');
      }
      if (how === 'therapy-without-plan') record(story, 'outcome', contact);
      if (how === 'awaiting-therapy') {
        if (random.chance(0.4)) record(story, 'outcome', contact);
        offerSupport(story, contact + 21, today, HABITS);
      }
      if (how === 'therapy-without-outcome' || how === 'therapy-without-plan') therapy(story, contact, today);
      if (how === 'monitored') {
        const reviewOn = dayOf(Math.max(contact + 28, today + random.int(-10, 100)));
        story.tell('active-monitoring-started', contact, { by: 'clinician', reviewOn, ...decision(story, contact) }, 'clinician');
      }
      return finish(story);
    },

    /** All three records, the last of them so many days ago; older ones have been discharged since. */
    fullStop(daysAgo) {
      const stop = workday(today - daysAgo);
      const contact = workday(stop - random.int(0, 60));
      const story = contacted(contact - Math.max(4, waitBefore(daysAgo)), contact, daysAgo < 300);
      story.contact(contact, 'assessment');
      const [last, other]: [Part, Part] = random.chance(0.5) ? ['outcome', 'plan'] : ['plan', 'outcome'];
      record(story, other, random.int(contact, stop));
      record(story, last, stop);
      const until = therapy(story, stop, today);
      if (daysAgo > 300) dischargeTreated(story, Math.min(today - 1, until + 14));
      return finish(story);
    },

    /** Treated and discharged so many days ago; a record was never made, so the full clock never stopped by it. */
    treated(daysAgo) {
      const end = workday(today - daysAgo);
      const contact = workday(end - random.int(60, 300));
      const story = contacted(contact - Math.max(4, waitBefore(daysAgo)), contact, false);
      story.contact(contact, 'assessment');
      if (random.chance(0.5)) record(story, random.chance(0.5) ? 'plan' : 'outcome', contact);
      therapy(story, contact, end - 6);
      dischargeTreated(story, end);
      return finish(story);
    },
  };
}

function record(story: Story, part: Part, on: number): void {
  const { random } = story;
  if (part === 'outcome') story.tell('outcome-score', on, { tool: random.pick(['rcads', 'sdq', 'ors']), baseline: true }, 'clinician');
  else if (random.chance(0.75)) story.tell('care-plan-agreed', on, {}, 'clinician');
  else story.tell('intervention', on, { kind: random.pick(['psychological', 'psychological', 'psychosocial', 'medication']) }, 'clinician');
}

/** Sessions from a day on, ending before `until`. @returns the day of the last */
function therapy(story: Story, from: number, until: number): number {
  const { random } = story;
  let last = Math.min(until, from + random.int(0, 21));
  story.contact(last, 'treatment');
  for (let sessions = random.int(1, 6); sessions > 0; sessions--) {
    const on = workday(last + random.int(10, 45));
    if (on >= until) break;
    story.contact(on, sessions === 1 ? 'review' : 'treatment');
    last = on;
  }
  return last;
}
