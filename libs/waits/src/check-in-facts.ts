import type { LocalDate } from '#kernel';
import type { ReferralStateName } from './rules/index.js';

/** What the check-in policy may know of a referral. */
export interface CheckInFacts {
  state: ReferralStateName;
  /** As in the states table; for `monitored` see reviewOn. */
  stage: string | null;
  listedOn: LocalDate;
  /** Start of the running headline wait; null when none runs or its start is unknown. */
  waitingSince: LocalDate | null;
  lastHumanContactOn: LocalDate | null;
  /** Day the last check-in ended, answered or not. */
  lastCheckInOn: LocalDate | null;
  treatedOn: LocalDate | null;
  reviewOn: LocalDate | null;
}

export interface NextCheckIn {
  dueOn: LocalDate;
  /** `first`, `cadence`, `milestone-26w`, `review`, `no-contact-12w`. */
  why: string;
}

/** When the next check-in is owed, or null. Pure; written in check-ins, called wherever a referral's state is stored. */
export type CheckInPolicy = (line: string, facts: CheckInFacts) => NextCheckIn | null;
