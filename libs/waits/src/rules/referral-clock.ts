import type { Clock, ClockContext, Measure, Moment } from './measure.js';
import { targetDays } from './measure.js';
import { Wait, type StopKind } from './wait.js';

/** What a measure that runs once for each referral decides for itself. */
export interface ReferralClockRules {
  /** Whether a referral has this clock at all. Default: every one. */
  appliesTo?(moment: Moment): boolean;
  /** The stop this moment brings, besides the ends that stop every clock. */
  stop(moment: Moment, wait: Wait, context: ClockContext): { code: string | null; kind: StopKind; effect: string } | null;
  /** Active monitoring stops the clock; a decision to treat then starts another. */
  stopsOnMonitoring?: { byFamily: string; byClinician: string };
  /** A first appointment the child was not brought to nullifies the clock; rebooking starts another. */
  nullifiesOnFirstNotBrought?: boolean;
  /** National codes of the ends, where the measure has them. */
  endCodes?: { noTreatment: string; declined: string; removed: string; died: string };
}

/** The clock of a measure with one wait after another for each referral: SitRep, AHP RTT, eating disorders, equipment. */
export class ReferralClock implements Clock {
  readonly waits: Wait[] = [];
  readonly #current = new Map<string, Wait>();
  /** Referrals whose first appointment has been and gone, kept or not: only that one can nullify a clock, once. */
  readonly #hadFirstAppointment = new Set<string>();
  /** Referrals under active monitoring: their next decision to treat starts a clock. */
  readonly #monitored = new Set<string>();

  constructor(
    private readonly measure: Measure,
    private readonly rules: ReferralClockRules,
    private readonly context: ClockContext,
  ) {}

  receive(m: Moment): void {
    if (this.rules.appliesTo && !this.rules.appliesTo(m)) return;
    this.#begin(m, m.progress.receivedOn, 'clock starts');
  }

  observe(m: Moment): void {
    const wait = this.#current.get(m.event.referralId);
    if (!wait) return;
    // A wait that has ended stays with the provider it ended at.
    if (wait.isRunning) wait.provider = m.progress.provider;
    if (wait.isRunning) this.#run(m, wait);
    else this.#restart(m, wait);
    if (isAppointment(m)) this.#hadFirstAppointment.add(m.event.referralId);
    // Treatment ends monitoring too: a decision to treat told after it starts nothing.
    if (m.progress.monitoring) this.#monitored.add(m.event.referralId);
    else this.#monitored.delete(m.event.referralId);
  }

  #begin(m: Moment, startedOn: Wait['startedOn'], effect: string): Wait {
    const wait = new Wait(this.measure.code, startedOn, m.progress.provider, m.event.referralId);
    wait.aim(m.on, targetDays(this.measure, this.context.choices(wait.provider), m.progress.priority));
    this.waits.push(wait);
    this.#current.set(m.event.referralId, wait);
    this.context.note(wait, m, startedOn === null ? 'start unknown: on the list, no wait counted' : effect);
    return wait;
  }

  #run(m: Moment, wait: Wait): void {
    const { event, on, progress } = m;
    const stop = this.rules.stop(m, wait, this.context);
    if (stop) {
      wait.stop(on, stop.code, stop.kind);
      return this.context.note(wait, m, stop.effect);
    }
    if (m.isEnd) return this.#end(m, wait);
    if (event.type === 'priority-changed') {
      wait.aim(on, targetDays(this.measure, this.context.choices(wait.provider), progress.priority));
      return this.context.note(wait, m, `priority ${progress.priority}: the start stays`);
    }
    if (event.type === 'active-monitoring-started' && this.rules.stopsOnMonitoring) {
      const code = event.data.by === 'family' ? this.rules.stopsOnMonitoring.byFamily : this.rules.stopsOnMonitoring.byClinician;
      wait.stop(on, code, 'no-treatment');
      return this.context.note(wait, m, 'active monitoring: clock stops, not treated');
    }
    if (event.data.attendance !== 'not-brought' || !this.rules.nullifiesOnFirstNotBrought) return;
    const clearlyTold = event.data.appointmentCommunicated === true;
    if (!this.#hadFirstAppointment.has(event.referralId) && clearlyTold && progress.priority !== 'emergency') {
      wait.setAside(on, 'nullified', '33');
      this.context.note(wait, m, 'not brought to the first appointment: clock nullified');
    } else {
      this.context.note(
        wait,
        m,
        clearlyTold ? 'not brought: the clock runs on' : 'not shown to have been told of the appointment: the clock runs on',
      );
    }
  }

  #end(m: Moment, wait: Wait): void {
    const codes = this.rules.endCodes;
    switch (m.event.type) {
      case 'died':
        wait.stop(m.on, codes?.died ?? 'died', 'died');
        return this.context.note(wait, m, 'the child died: clock stops');
      case 'referral-rejected':
        wait.setAside(m.on, 'excluded', null);
        return this.context.note(wait, m, 'rejected: never counted as a wait');
      case 'removed':
        wait.stop(m.on, codes?.removed ?? 'removed', 'removed');
        return this.context.note(wait, m, 'removed without treatment: clock stops');
      case 'treatment-declined':
        wait.stop(m.on, codes?.declined ?? 'declined', 'no-treatment');
        return this.context.note(wait, m, 'treatment declined: clock stops, not treated');
      default:
        wait.stop(m.on, codes?.noTreatment ?? 'no-treatment', 'no-treatment');
        return this.context.note(wait, m, 'ended without treatment: clock stops');
    }
  }

  /** After a nullified or monitored period: what starts the next one. */
  #restart(m: Moment, before: Wait): void {
    const { event, on } = m;
    if (before.state === 'nullified' && isRebooking(m)) {
      this.#run(m, this.#begin(m, on, 'rebooked: a new clock starts'));
    } else if (before.state === 'nullified' && m.isEnd) {
      this.context.note(before, m, 'ended before it was rebooked');
    } else if (event.type === 'decision-to-treat' && this.rules.stopsOnMonitoring && this.#monitored.has(event.referralId)) {
      this.#begin(m, on, 'decision to treat: a new clock starts');
    }
  }
}

/** A held or missed appointment. One that was cancelled, by whomever, never took place and uses up nothing. */
const isAppointment = (m: Moment): boolean =>
  m.event.type === 'contact' && m.event.data.attendance !== 'cancelled-by-family' && m.event.data.attendance !== 'cancelled-by-provider';

/** A contact, even a cancelled one, had been booked. */
const isRebooking = (m: Moment): boolean => ['rebooked', 'appointment-booked', 'contact', 'treatment-started'].includes(m.event.type);
