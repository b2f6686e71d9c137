/** What a family can answer; the words of the API. */
export const STILL_NEEDED = ['yes', 'no', 'unsure'] as const;
export const CHANGES = ['better', 'same', 'worse'] as const;
export const CONCERNS = [
  'self-harm',
  'suicidal',
  'abuse',
  'choking',
  'not-eating',
  'weight-loss',
  'pain',
  'pressure-damage',
  'equipment-unsafe',
  'outgrown',
  'not-attending',
  'excluded',
  'reduced-timetable',
  'carer-not-coping',
  'other',
] as const;
export const ANSWERED_BY = ['parent', 'young-person', 'carer', 'professional'] as const;
export const MESSAGE_LENGTH = 4_000;

export type StillNeeded = (typeof STILL_NEEDED)[number];
export type Change = (typeof CHANGES)[number];
export type Concern = (typeof CONCERNS)[number];
export type AnsweredBy = (typeof ANSWERED_BY)[number];

/** The answers to one check-in, as far as they were given. */
export interface Answers {
  stillNeeded?: StillNeeded | null;
  change?: Change | null;
  concerns?: readonly Concern[];
  answeredBy?: AnsweredBy | null;
  message?: string | null;
}

export const isConcern = (value: unknown): value is Concern => (CONCERNS as readonly unknown[]).includes(value);

/** Says how the child is: "still needed: yes" alone does not, and silence is not taken for good news. */
export const saysHowThingsAre = (a: Answers): boolean =>
  Boolean(a.change) || (a.concerns?.length ?? 0) > 0 || Boolean(a.message) || a.stillNeeded === 'no' || a.stillNeeded === 'unsure';

/** Two sayings on one check-in as one. Nothing that was said is taken back: concerns add up, worse stays worse, the same words twice are once. */
export function together(before: Answers, now: Answers): Answers {
  const said = before.message ?? '';
  const message = now.message && !said.includes(now.message) ? [said, now.message].filter(Boolean).join('\n\n') : said;
  return {
    stillNeeded: now.stillNeeded ?? before.stillNeeded ?? null,
    change: before.change === 'worse' ? 'worse' : (now.change ?? before.change ?? null),
    concerns: CONCERNS.filter((c) => before.concerns?.includes(c) || now.concerns?.includes(c)),
    answeredBy: now.answeredBy ?? before.answeredBy ?? null,
    message: message === '' ? null : message.slice(0, 4 * MESSAGE_LENGTH),
  };
}
