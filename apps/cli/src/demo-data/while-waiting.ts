import { dayOf } from './days.js';
import type { Random } from './random.js';
import type { Story } from './story.js';

/** What one line's waits are filled with. */
export interface WaitingHabits {
  support: readonly (readonly [string, number])[];
  /** Informational types of the line, told once in a while. */
  notes: readonly string[];
  /** A first call that sorts referrals is no clock event here. */
  triageCall: boolean;
  /** Weeks between two offers of support, on average. */
  supportEveryWeeks: number;
}

/**
 * What happens to a child between the days `from` and `to` without its being seen: acceptance, offers of support,
 * appointments that came to nothing. No event here stops a first-contact clock.
 */
export function whileWaiting(story: Story, from: number, to: number, habits: WaitingHabits): void {
  const { random } = story;
  const wait = to - from;
  if (wait < 3 || (wait < 40 && random.chance(0.35))) return;
  const accepted = from + random.int(2, Math.min(24, wait - 1));
  if (random.chance(0.12)) {
    const asked = from + random.int(1, accepted - from);
    story.tell('information-requested', asked);
    story.tell('information-received', random.int(asked, accepted));
  }
  if (habits.triageCall && random.chance(0.15)) story.contact(accepted, 'triage', { mechanism: 'telephone', attendance: 'attended' });
  else if (random.chance(0.4)) story.tell('triaged', accepted, {}, 'clinician');
  story.tell('referral-accepted', accepted, {}, 'clinician');
  if (random.chance(0.25)) story.tell('opt-in-sent', random.int(accepted, Math.min(to, accepted + 10)));

  offerSupport(story, accepted + 14, to, habits);
  if (wait > 50 && random.chance(0.16)) appointmentThatCameToNothing(story, random, accepted, to);
  if (wait > 30 && random.chance(0.08)) story.tell(random.pick(habits.notes), random.int(accepted, to));
  if (wait > 90 && random.chance(0.03)) {
    const asked = random.int(accepted, to - 30);
    story.tell('family-delay', asked, { from: dayOf(asked), to: dayOf(Math.min(to, asked + random.int(20, 60))) });
  }
}

/** Support while waiting: never a clock event. */
export function offerSupport(story: Story, from: number, to: number, { support, supportEveryWeeks }: WaitingHabits): void {
  const { random } = story;
  const pause = (): number => random.int(supportEveryWeeks * 4, supportEveryWeeks * 10);
  for (let on = from + random.int(0, 50); on < to; on += pause()) story.tell('waiting-support', on, { kind: random.weighted(support) });
}

/** Booked, then cancelled by either side, or not brought: rebooked, and still waiting. */
function appointmentThatCameToNothing(story: Story, random: Random, from: number, to: number): void {
  const booked = random.int(from, to - 20);
  const due = random.int(booked + 5, Math.min(to - 5, booked + 60));
  story.tell('appointment-booked', booked);
  const how = random.weighted([
    ['provider', 35],
    ['family', 25],
    ['not-brought', 40],
  ] as const);
  if (how === 'not-brought') {
    story.contact(due, 'assessment', {
      attendance: 'not-brought',
      mechanism: 'face-to-face',
      ...(random.chance(0.6) ? { appointmentCommunicated: true } : {}),
    });
    story.tell('not-brought-followed-up', Math.min(to, due + random.int(1, 7)));
  } else if (random.chance(0.5)) {
    story.tell('appointment-cancelled', due, { by: how });
  } else {
    story.contact(due, 'assessment', {
      attendance: how === 'provider' ? 'cancelled-by-provider' : 'cancelled-by-family',
      mechanism: 'face-to-face',
    });
  }
  if (random.chance(0.8)) story.tell('rebooked', Math.min(to, due + random.int(3, 20)));
}

/** A contact entered for the wrong child, taken back: it never counted. */
export function contactTakenBack(story: Story, from: number, to: number): void {
  const { random } = story;
  if (to - from < 20) return;
  story.takeBack(story.contact(random.int(from + 5, to - 1), 'assessment'), 'entered on the wrong child');
}

/** Referrals are looked at again when something changed: the start stays. */
export function madeUrgent(story: Story, from: number, to: number): void {
  story.tell('priority-changed', story.random.int(from, to), { priority: 'urgent', reason: 'needs have grown while waiting' }, 'clinician');
}
