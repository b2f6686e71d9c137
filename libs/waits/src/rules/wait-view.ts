import type { LocalDate } from '#kernel';
import { bandOf } from './bands.js';
import type { LineRules } from './measure.js';
import { RULES_VERSION, waitsCovering, type Replay } from './replay.js';
import { daysWaited, isWithinTarget, type MeasureCode, type Step, type StopKind, type Target, type WaitStateName } from './wait.js';

/** A wait as it is told to a reader, on one day. */
export interface WaitView {
  measure: MeasureCode;
  /** From 1 among the waits of this measure that cover the referral. */
  period: number;
  state: WaitStateName;
  startedOn: LocalDate | null;
  stoppedOn: LocalDate | null;
  stopCode: string | null;
  stopKind: StopKind | null;
  days: number | null;
  band: string | null;
  targetDays: number | null;
  breachOn: LocalDate | null;
  withinTarget: boolean | null;
  missing: string[] | null;
  /** Every target that was in force, where it changed. */
  targets?: Target[];
  working: Step[];
  rulesVersion: string;
}

/** The waits that cover one referral, as of a day. Waits not begun by then are absent. */
export function viewWaits(result: Replay, referralId: string, line: LineRules, asOf: LocalDate): WaitView[] {
  return waitsCovering(result.waits, referralId).map(({ wait, period }) => {
    const days = daysWaited(wait, asOf);
    const target = wait.targets.at(-1);
    const scheme = line.measures.find((m) => m.code === wait.measure)?.bands ?? 'sitrep';
    return {
      measure: wait.measure,
      period,
      state: wait.state,
      startedOn: wait.startedOn,
      stoppedOn: wait.stoppedOn,
      stopCode: wait.stopCode,
      stopKind: wait.stopKind,
      days,
      band: days === null ? null : bandOf(days, scheme),
      targetDays: target?.targetDays ?? null,
      breachOn: target?.breachOn ?? null,
      withinTarget: isWithinTarget(wait, asOf),
      missing: wait.missing,
      ...(wait.targets.length > 1 ? { targets: wait.targets } : {}),
      working: wait.working,
      rulesVersion: RULES_VERSION,
    };
  });
}
