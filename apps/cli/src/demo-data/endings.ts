import { ageOn } from '#kernel';
import { dayOf } from './days.js';
import { CLINICIANS } from './names.js';
import type { DemoEventData, Story } from './story.js';

/** Who decided, and that the family was told: no wait ends without treatment and without both. */
export function decision(story: Story, on: number): DemoEventData {
  return { decidedBy: story.random.pick(CLINICIANS[story.line]), familyToldOn: dayOf(on) };
}

const REMOVALS = [
  ['no-response', 16],
  ['moved-away', 14],
  ['declined', 22],
  ['not-brought-after-review', 16],
  ['no-longer-needed', 26],
  ['duplicate', 6],
] as const;
const NEEDS_SAFEGUARDING_CHECK: readonly string[] = ['no-response', 'not-brought-after-review', 'aged-out', 'moved-away'];

/** Removed other than by treatment. A young person of 17 and a half or more may have aged out. */
export function remove(story: Story, on: number, reason?: 'no-response' | 'not-brought-after-review'): void {
  const { random } = story;
  const oldEnough = ageOn(story.child.birthDate, dayOf(on + 180)) >= 18;
  const why = reason ?? (oldEnough && random.chance(0.6) ? 'aged-out' : random.weighted(REMOVALS));
  story.tell(
    'removed',
    on,
    {
      reason: why,
      ...decision(story, on),
      ...(NEEDS_SAFEGUARDING_CHECK.includes(why) ? { safeguardingChecked: true } : {}),
      ...(why === 'aged-out' ? (random.chance(0.6) ? { receivedBy: 'adult service' } : { noAdultService: true }) : {}),
    },
    'clinician',
  );
}

/** Any end of an untreated referral, in the mix of a real list. */
export function endUntreated(story: Story, on: number): void {
  const how = story.random.weighted([
    ['removed', 62],
    ['treatment-declined', 10],
    ['decision-not-to-treat', 13],
    ['discharged', 15],
  ] as const);
  if (how === 'removed') return remove(story, on);
  const reason = how === 'discharged' ? { reason: 'advice-given' } : {};
  story.tell(how, on, { ...reason, ...decision(story, on) }, 'clinician');
}

export function reject(story: Story, on: number, reason?: 'incomplete'): void {
  const why =
    reason ??
    story.random.weighted([
      ['inappropriate', 60],
      ['incomplete', 28],
      ['duplicate', 12],
    ] as const);
  story.tell('referral-rejected', on, { reason: why, ...decision(story, on) }, 'clinician');
}

export const dischargeTreated = (story: Story, on: number): unknown =>
  story.tell('discharged', on, { reason: 'treatment-completed' }, 'clinician');

/** The child died: recorded by the provider, known to nobody else here. */
export function die(story: Story, on: number): void {
  story.tell('died', on, {}, 'clinician');
  story.child.diedOn = dayOf(on);
}
