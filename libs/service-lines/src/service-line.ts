import type { LineRules, Priority } from '#waits';

/** The national data set in whose codes a line is reported: community services or mental health. */
export type DataSet = 'CSDS' | 'MHSDS';

export type ServiceLineCode = 'speech-and-language-therapy' | 'mental-health' | 'specialist-equipment';

/** When a family is owed a check-in, in weeks since any human contact, by stage. The policy itself is in check-ins. */
export interface CheckInPlan {
  /** Weeks between contacts while waiting, by stage; `default` for every other stage. */
  everyWeeks: Readonly<Record<string, number>> & { default: number };
  /** Weeks of waiting at which a check-in is owed whatever the cadence. */
  milestoneWeeks: readonly number[];
  /** Days of the week (0 is Sunday) and London hours in which questions may go out, so that answers meet staff. */
  questionsOn: readonly number[];
  questionsFrom: string;
  questionsUntil: string;
}

/** A worry a family can tick, in its own words. */
export interface RiskQuestion {
  concern: string;
  words: string;
}

/** The words families read. No diagnosis, no clinical detail. */
export interface FamilyWords {
  service: string;
  whileYouWait: readonly string[];
  whoReads: string;
}

/** Why a referral must be looked at today, found in the referral itself. */
export interface UrgentRisk {
  reason: string;
  level: 'red' | 'amber';
}

/**
 * One service line: everything that differs between them is said here, so that the core never asks which line it is.
 * A further line is one folder that exports one of these, and one entry in `serviceLines`.
 */
export interface ServiceLine<Details extends object = object> {
  code: ServiceLineCode;
  name: string;
  shortName: string;
  dataSet: DataSet;
  /** A class that both validates the details of a referral (class-validator) and maps their table (TypeORM). */
  details: new () => Details;
  /** The need that reports group by. */
  needOf(details: Details): string;
  /** What the clocks read of the details; recorded with the referral. */
  factsOf(details: Details): Record<string, string | number | boolean | null>;
  urgentRisk(details: Details, priority: Priority): UrgentRisk | null;
  rules: LineRules;
  /** Event types that only this line knows and that its clocks or stages read. */
  ownEvents: readonly string[];
  /** Event types that only this line knows and that never move a clock. */
  informationalEvents: readonly string[];
  checkIns: CheckInPlan;
  questions: readonly RiskQuestion[];
  words: FamilyWords;
}

/** `emergency` is red on any line: handed on the same day, never left on a list. */
export function priorityRisk(priority: Priority): UrgentRisk | null {
  if (priority === 'emergency') return { reason: 'emergency-referral', level: 'red' };
  if (priority === 'very-urgent') return { reason: 'very-urgent-referral', level: 'amber' };
  return null;
}
