import type { LocalDate } from '#kernel';
import type { BandScheme } from './bands.js';
import type { PathwayEvent, Priority } from './events.js';
import type { Progress, ProgressRules } from './progress.js';
import type { MeasureCode, Wait } from './wait.js';

/** One thing that happened, with where its referral stood before and stands after. */
export interface Moment {
  event: PathwayEvent;
  on: LocalDate;
  progress: Progress;
  /** This event is the first definitive treatment of the referral. */
  isTreatment: boolean;
  /** This event ended the referral. */
  isEnd: boolean;
}

/** Running clocks of one measure over one pathway (one child on one line). */
export interface Clock {
  readonly waits: Wait[];
  /** A referral came onto the list. */
  receive(moment: Moment): void;
  /** Anything else happened to a referral that is on the list, or to one whose end has come. */
  observe(moment: Moment): void;
}

/** What one service (a provider's line) may choose. Versioned with the rules; printed on every report. */
export interface ServiceChoices {
  stopRule: 'first-contact' | 'first-treatment';
  /** Targets in days that differ from the line's. */
  targets: Partial<Record<MeasureCode, number>>;
}

/** Of a service that chose nothing. */
export const NO_CHOICES: ServiceChoices = { stopRule: 'first-contact', targets: {} };

export interface Measure {
  code: MeasureCode;
  /** What a reader of the report is told. */
  title: string;
  starts: string;
  stops: string;
  bands: BandScheme;
  /** Days allowed, by priority; null where there is no target. */
  target(priority: Priority): number | null;
  clock(context: ClockContext): Clock;
}

export interface ClockContext {
  choices(provider: string): ServiceChoices;
  /** Every referral of the pathway that has been received so far. */
  progressOf(referralId: string): Progress;
  /** Writes a line of the working. Costs nothing where no working was asked for. */
  note(wait: Wait, moment: Moment, effect: string): void;
}

/** Everything the clock engine needs to know of a service line. */
export interface LineRules extends ProgressRules {
  measures: readonly Measure[];
  headline: MeasureCode;
}

/** Days allowed by a measure for a provider: its own choice, else the line's. */
export const targetDays = (measure: Measure, choices: ServiceChoices, priority: Priority): number | null =>
  choices.targets[measure.code] ?? measure.target(priority);
