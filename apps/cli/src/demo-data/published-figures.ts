import { dayNumber, type LocalDate } from '#kernel';
import { isWorkingWeekday } from './days.js';
import type { Random } from './random.js';

/**
 * The published figures whose shape the demo's lists have, with where and of when they are (NHS England; provider RP1).
 * The children are invented; only these numbers are not.
 */
export const PUBLISHED = {
  speechAndLanguageTherapy: {
    source: 'NHS England, Community Health Services SitRep, children’s speech and language therapy',
    on: '2023-10-31',
    measure: 'sitrep',
    waiting: 1771,
    /** Older files end in one open band; ours splits it at 104 weeks, and all 107 lie below. */
    bands: { '0-1': 15, '>1-2': 52, '>2-4': 74, '>4-12': 239, '>12-18': 196, '>18-52': 1088, '>52-104': 107, '>104': 0 },
  },
  mentalHealthFirstContact: {
    source: 'NHS England, Mental Health Services Data Set, children waiting for a first contact (MRS10, MRS14)',
    on: '2024-09-30',
    measure: 'cyp-mh-first-contact',
    waiting: 5125,
    medianDays: 454,
    p90Days: 1147,
    /** Longer than so many weeks: days above 364, 546, 728. */
    over: { 52: 3015, 78: 1960, 104: 1320 },
  },
  mentalHealthFull: {
    source: 'NHS England, Mental Health Services Data Set, children waiting for a full clock stop (MRS09)',
    on: '2024-09-30',
    measure: 'cyp-mh-full',
    waiting: 8940,
    over: { 52: 5470, 78: 3990, 104: 2850 },
    /** Full clock stops in the quarter up to the day. */
    stopsInQuarter: 25,
  },
} as const;

/** What every page, answer, export and print of tenant DEMO says beside SYNTHETIC. */
export const DEMO_SHAPE =
  'Invented children. Lists shaped after published figures: speech and language therapy, NHS England community SitRep, 31 October 2023; ' +
  'mental health, NHS England MHSDS, 30 September 2024. Specialist equipment is invented altogether.';

/** So many waits between two lengths in days, both included. `lean` above 1 draws them towards the shorter. */
export interface Span {
  count: number;
  from: number;
  to: number;
  lean?: number;
}

/** SitRep bands of the published list. Nobody waits beyond two years there: the open band is filled up to 700 days. */
export const SPEECH_WAITS: readonly Span[] = [
  { count: 15, from: 0, to: 7 },
  { count: 52, from: 8, to: 14 },
  { count: 74, from: 15, to: 28 },
  { count: 239, from: 29, to: 84 },
  { count: 196, from: 85, to: 126 },
  { count: 1088, from: 127, to: 364, lean: 1.25 },
  { count: 107, from: 365, to: 700, lean: 2 },
];

/**
 * 5,125 waits: in order of length the 2,563rd is the median, the 4,612th and 4,613th those between which the 90th percentile lies
 * (percentile_cont: position (N - 1) p). Both are pinned; the weeks between follow the published counts over 52, 78 and 104 weeks.
 */
export const FIRST_CONTACT_WAITS: readonly Span[] = [
  { count: 2110, from: 0, to: 364 },
  { count: 452, from: 365, to: 454 },
  { count: 1, from: 454, to: 454 },
  { count: 602, from: 454, to: 546 },
  { count: 640, from: 547, to: 728 },
  { count: 806, from: 729, to: 1147 },
  { count: 2, from: 1147, to: 1147 },
  { count: 512, from: 1147, to: 2190, lean: 2.2 },
];

/** The 3,815 who have been seen and lack one of the three records: full less first contact, threshold by threshold. */
export const SEEN_WAITS: readonly Span[] = [
  { count: 1360, from: 21, to: 364 },
  { count: 425, from: 365, to: 546 },
  { count: 500, from: 547, to: 728 },
  { count: 1530, from: 729, to: 2190, lean: 1.8 },
];

/** Waits of exactly these lengths as of a day, in mixed order. Starts keep to weekdays where their span leaves room. */
export function spread(random: Random, spans: readonly Span[], asOf: LocalDate): number[] {
  const today = dayNumber(asOf);
  const days = spans.flatMap(({ count, from, to, lean = 1 }) =>
    Array.from({ length: count }, () => {
      const drawn = from + Math.floor((to - from + 1) * random.next() ** lean);
      const near = [drawn, drawn + 1, drawn - 1, drawn + 2, drawn - 2].filter((d) => d >= from && d <= to);
      return near.find((d) => isWorkingWeekday(today - d)) ?? drawn;
    }),
  );
  return random.shuffle(days);
}
