import { addDays, daysBetween, FOREVER, type LocalDate } from '#kernel';

export type WaitStateName = 'waiting' | 'stopped' | 'nullified' | 'excluded' | 'unknown-start';
export type StopKind = 'first-contact' | 'treatment' | 'full-clock-stop' | 'handover' | 'no-treatment' | 'removed' | 'died';
export type MeasureCode = 'sitrep' | 'ahp-rtt' | 'cyp-mh-full' | 'cyp-mh-first-contact' | 'cyp-ed' | 'equipment-handover' | 'experienced';

/** Stops that are no success of the service: never within target, and counted apart. */
const UNSUCCESSFUL: readonly (StopKind | null)[] = ['no-treatment', 'removed', 'died', null];

/** A target in force from a day. `breachOn` is the first day the wait is over it. */
export interface Target {
  from: LocalDate;
  targetDays: number;
  breachOn: LocalDate;
}

/** A line of the working: what happened on a day, and what it did to this clock. */
export interface Step {
  on: LocalDate;
  event: string;
  effect: string;
}

/** Days for which a wait stood on one provider's list: from its first day to the day it was there no more. */
export interface Stretch {
  provider: string;
  startedOn: LocalDate | null;
  from: LocalDate;
  to: LocalDate;
}

/** One wait of one measure: one period of a clock. */
export class Wait {
  state: WaitStateName = 'waiting';
  stoppedOn: LocalDate | null = null;
  stopCode: string | null = null;
  stopKind: StopKind | null = null;
  targets: Target[] = [];
  /** Parts of a full clock stop that have not happened. */
  missing: string[] | null = null;
  readonly working: Step[] = [];
  readonly stretches: Stretch[] = [];
  /** Referrals this wait covers; the first is its anchor. */
  readonly covers: string[] = [];
  /** From 1 among the waits of this measure in the pathway. */
  period = 0;

  constructor(
    readonly measure: MeasureCode,
    public startedOn: LocalDate | null,
    public provider: string,
    anchor: string,
  ) {
    this.covers.push(anchor);
    if (startedOn === null) this.state = 'unknown-start';
  }

  get anchor(): string {
    return this.covers[0] ?? '';
  }

  get isRunning(): boolean {
    return this.state === 'waiting' || this.state === 'unknown-start';
  }

  /** Sets the target in force from a day on. A shorter target never dates a breach before the day it was set. */
  aim(from: LocalDate, targetDays: number | null): void {
    if (targetDays === null || this.startedOn === null) return;
    const natural = addDays(this.startedOn, targetDays + 1);
    const before = this.targets.at(-1);
    let breachOn = natural;
    if (before?.targetDays === targetDays) breachOn = before.breachOn;
    else if (before && targetDays < before.targetDays && natural < from) breachOn = from;
    this.targets.push({ from, targetDays, breachOn });
  }

  /** An unknown start joined by a referral whose receipt is known: the child has waited at least since then. */
  startAtLeast(on: LocalDate): void {
    this.startedOn = on;
    this.resume();
  }

  stop(on: LocalDate, code: string | null, kind: StopKind): void {
    this.state = 'stopped';
    [this.stoppedOn, this.stopCode, this.stopKind] = [on, code, kind];
  }

  /** Ends a wait that by the rules of its measure does not count as one: nullified or never a wait. */
  setAside(on: LocalDate, state: 'nullified' | 'excluded', code: string | null): void {
    this.state = state;
    [this.stoppedOn, this.stopCode, this.stopKind] = [on, code, null];
  }

  /** Goes on from its first start, as if it had not ended. */
  resume(): void {
    this.state = this.startedOn === null ? 'unknown-start' : 'waiting';
    [this.stoppedOn, this.stopCode, this.stopKind] = [null, null, null];
  }

  /** Notes whose list this wait stands on at the end of a day. Called once a day on which anything happened, in order. */
  markList(day: LocalDate): void {
    const last = this.stretches.at(-1);
    const open = last?.to === FOREVER ? last : undefined;
    if (open && this.isRunning && open.provider === this.provider && open.startedOn === this.startedOn) return;
    if (open) open.to = day;
    if (this.isRunning) this.stretches.push({ provider: this.provider, startedOn: this.startedOn, from: day, to: FOREVER });
  }
}

/** Days waited at the end of a day: the stop, or the day asked about, less the start. The day of the start is day 0. */
export function daysWaited(w: Wait, asOf: LocalDate): number | null {
  if (w.startedOn === null || w.state === 'excluded') return null;
  return daysBetween(w.startedOn, w.stoppedOn ?? asOf);
}

/** Null where the question has no answer: no target, unknown start, or a stop that is no success. */
export function isWithinTarget(w: Wait, asOf: LocalDate): boolean | null {
  const target = w.targets.at(-1);
  if (!target || (w.state !== 'waiting' && w.state !== 'stopped')) return null;
  if (w.state === 'stopped' && UNSUCCESSFUL.includes(w.stopKind)) return null;
  return (w.stoppedOn ?? asOf) < target.breachOn;
}
