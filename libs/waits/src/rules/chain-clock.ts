import { addDays, type LocalDate } from '#kernel';
import type { Clock, ClockContext, Measure, Moment } from './measure.js';
import { targetDays } from './measure.js';
import type { Progress } from './progress.js';
import { Wait } from './wait.js';

/** A referral within so many days of an untreated end goes on with the wait the family has lived. */
export const LINKS_WITHIN_DAYS = 90;

interface Chain {
  wait: Wait;
  members: Progress[];
  treated: boolean;
}

/**
 * The wait as the family lives it: from the earliest receipt in a chain of referrals of one child to one line, at whatever provider,
 * to the first treatment. It never resets and never pauses; a removal and a new referral within 90 days are one wait. Our own measure.
 */
export class ChainClock implements Clock {
  readonly waits: Wait[] = [];
  readonly #chains: Chain[] = [];

  constructor(
    private readonly measure: Measure,
    private readonly context: ClockContext,
  ) {}

  receive(m: Moment): void {
    const chain = this.#chains.findLast((c) => !c.treated && links(c, m.on));
    if (chain) {
      chain.members.push(m.progress);
      chain.wait.covers.push(m.event.referralId);
      const again = !chain.wait.isRunning;
      if (again) chain.wait.resume();
      this.#follow(chain, m);
      if (chain.wait.state === 'unknown-start' && m.progress.receivedOn !== null) {
        chain.wait.startAtLeast(m.progress.receivedOn);
        chain.wait.aim(m.on, targetDays(this.measure, this.context.choices(chain.wait.provider), m.progress.priority));
        return this.context.note(chain.wait, m, 'a further referral of a wait whose start is unknown: waiting at least since now');
      }
      return this.context.note(
        chain.wait,
        m,
        again ? 'referred again within 90 days: one wait, from its first start' : 'a further referral: one wait',
      );
    }
    const wait = new Wait(this.measure.code, m.progress.receivedOn, m.progress.provider, m.event.referralId);
    wait.aim(m.on, targetDays(this.measure, this.context.choices(wait.provider), m.progress.priority));
    this.waits.push(wait);
    this.#chains.push({ wait, members: [m.progress], treated: false });
    this.context.note(wait, m, wait.startedOn === null ? 'start unknown: on the list, no wait counted' : 'clock starts');
  }

  observe(m: Moment): void {
    const chain = this.#chains.find((c) => c.members.includes(m.progress));
    if (!chain) return;
    this.#follow(chain, m);
    if (!chain.wait.isRunning) return;
    if (m.isTreatment) {
      chain.treated = true;
      const handover = m.event.type === 'handed-over';
      chain.wait.stop(m.on, handover ? 'handover' : 'treatment', handover ? 'handover' : 'treatment');
      return this.context.note(
        chain.wait,
        m,
        handover ? 'everything prescribed is usable: the wait ends' : 'first treatment: the wait ends',
      );
    }
    if (m.isEnd) this.#end(chain, m);
  }

  /** A running wait is on the list of who has the child; one that has ended stays with the provider it ended at. */
  #follow(chain: Chain, m: Moment): void {
    if (chain.wait.isRunning) chain.wait.provider = (chain.members.find((p) => p.end === null) ?? m.progress).provider;
  }

  #end(chain: Chain, m: Moment): void {
    const { wait, members } = chain;
    if (m.event.type === 'died') {
      wait.stop(m.on, 'died', 'died');
      return this.context.note(wait, m, 'the child died: clock stops');
    }
    if (members.some((p) => p.end === null)) return this.context.note(wait, m, 'another referral is open: the wait goes on');
    if (members.every((p) => p.end?.type === 'referral-rejected')) {
      wait.setAside(m.on, 'excluded', null);
      return this.context.note(wait, m, 'rejected: never counted as a wait');
    }
    const removed = m.event.type === 'removed';
    wait.stop(m.on, removed ? 'removed' : 'no-treatment', removed ? 'removed' : 'no-treatment');
    this.context.note(wait, m, 'no referral is open: the wait ends without treatment');
  }
}

function links(chain: Chain, on: LocalDate): boolean {
  return chain.members.some(({ end }) => {
    if (end === null) return true;
    const isDuplicate = end.type === 'referral-rejected' && end.reason === 'duplicate';
    return end.untreated && !isDuplicate && on <= addDays(end.on, LINKS_WITHIN_DAYS);
  });
}
