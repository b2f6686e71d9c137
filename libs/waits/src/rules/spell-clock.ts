import { addDays, type LocalDate } from '#kernel';
import { wasAttended, wasInRealTime } from './events.js';
import type { Clock, ClockContext, Measure, Moment } from './measure.js';
import { targetDays } from './measure.js';
import type { Progress } from './progress.js';
import { Wait, type StopKind } from './wait.js';

export type SpellPart = 'first-contact' | 'baseline-outcome' | 'plan-or-intervention';

export interface SpellClockRules {
  /** Parts that must all have happened; the last of them stops the clock. */
  parts: readonly SpellPart[];
  stopKind: StopKind;
  /** Referrals outside the measure's scope are shown as excluded, with the reason. Null = in scope. */
  outOfScope(progress: Progress): string | null;
}

/** A referral that starts within so many days of the end of a spell belongs to it (MHSDS referral spells, MRS measures). */
const JOINS_WITHIN_DAYS = 5;

interface Spell {
  wait: Wait;
  members: Progress[];
  had: Map<SpellPart, LocalDate>;
  /** First of these was in scope when it came: out-of-scope referrals are never joined. */
  inScope: boolean;
}

/**
 * Children's mental-health referral spells: referrals of one child to one provider that overlap or follow within 5 days are one wait.
 * Source: NHS England, mental-health-monthly-statistics, measures MRS08 to MRS14 (domain reference 3.2).
 */
export class SpellClock implements Clock {
  readonly waits: Wait[] = [];
  readonly #spells: Spell[] = [];

  constructor(
    private readonly measure: Measure,
    private readonly rules: SpellClockRules,
    private readonly context: ClockContext,
  ) {}

  receive(m: Moment): void {
    const reason = this.rules.outOfScope(m.progress);
    const joined = reason === null ? this.#spells.findLast((s) => s.inScope && joins(s, m)) : undefined;
    if (joined) return this.#join(joined, m);
    const wait = new Wait(this.measure.code, m.progress.receivedOn, m.progress.provider, m.event.referralId);
    wait.aim(m.on, targetDays(this.measure, this.context.choices(wait.provider), m.progress.priority));
    const spell: Spell = { wait, members: [m.progress], had: new Map(), inScope: reason === null };
    this.#spells.push(spell);
    this.waits.push(wait);
    if (reason !== null) this.#exclude(spell, m, reason);
    else
      this.context.note(wait, m, wait.startedOn === null ? 'start unknown: on the list, no wait counted' : 'clock starts with the spell');
    this.#nameMissing(spell);
  }

  observe(m: Moment): void {
    const spell = this.#spells.find((s) => s.members.includes(m.progress));
    if (!spell) return;
    this.#follow(spell, m);
    if (m.event.type === 'priority-changed') this.#rescope(spell, m);
    const part = partOf(m);
    if (part && this.rules.parts.includes(part) && !spell.had.has(part)) this.#have(spell, m, part);
    if (m.isEnd && spell.wait.isRunning) this.#end(spell, m);
  }

  /** A running wait is on the list of who has the child; one that has ended stays with the provider it ended at. */
  #follow(spell: Spell, m: Moment): void {
    if (spell.wait.isRunning) spell.wait.provider = (spell.members.find((p) => p.end === null) ?? m.progress).provider;
  }

  #join(spell: Spell, m: Moment): void {
    spell.members.push(m.progress);
    spell.wait.covers.push(m.event.referralId);
    if (endedByTheEndOfCare(spell.wait)) {
      spell.wait.resume();
      this.#nameMissing(spell);
    }
    this.#follow(spell, m);
    if (spell.wait.state === 'unknown-start' && m.progress.receivedOn !== null) {
      spell.wait.startAtLeast(m.progress.receivedOn);
      spell.wait.aim(m.on, targetDays(this.measure, this.context.choices(spell.wait.provider), m.progress.priority));
      return this.context.note(spell.wait, m, 'joins a spell whose start is unknown: waiting at least since now');
    }
    this.context.note(spell.wait, m, 'joins the spell: the start stays');
  }

  #have(spell: Spell, m: Moment, part: SpellPart): void {
    spell.had.set(part, m.on);
    this.#nameMissing(spell);
    // Out of scope: kept for the day it comes back into it.
    if (!spell.wait.isRunning) return;
    if (spell.had.size < this.rules.parts.length) return this.context.note(spell.wait, m, `${part} done: the clock runs on`);
    this.#stop(spell, m.on);
    this.context.note(spell.wait, m, `${part} done: clock stops`);
  }

  #stop(spell: Spell, on: LocalDate): void {
    spell.wait.stop(on, this.rules.stopKind === 'full-clock-stop' ? 'full-stop' : this.rules.stopKind, this.rules.stopKind);
  }

  #end(spell: Spell, m: Moment): void {
    if (m.event.type === 'died') {
      spell.wait.stop(m.on, 'died', 'died');
      return this.context.note(spell.wait, m, 'the child died: clock stops');
    }
    if (spell.members.some((p) => p.end === null))
      return this.context.note(spell.wait, m, 'another referral of the spell is open: the clock runs on');
    if (spell.members.every((p) => p.end?.type === 'referral-rejected')) {
      spell.wait.setAside(m.on, 'excluded', null);
      return this.context.note(spell.wait, m, 'rejected: never counted as a wait');
    }
    const removed = m.event.type === 'removed' && this.rules.stopKind !== 'full-clock-stop';
    spell.wait.stop(m.on, removed ? 'removed' : 'closed', removed ? 'removed' : 'no-treatment');
    this.context.note(spell.wait, m, 'the spell ended before: clock stops');
  }

  #rescope(spell: Spell, m: Moment): void {
    const reason =
      spell.members.map((p) => this.rules.outOfScope(p)).find((r, _, all) => r !== null && all.every((x) => x !== null)) ?? null;
    if (reason !== null && spell.wait.isRunning) this.#exclude(spell, m, reason);
    if (reason === null && spell.wait.state === 'excluded' && spell.members.some((p) => p.end === null)) {
      spell.wait.resume();
      spell.inScope = true;
      this.#follow(spell, m);
      this.context.note(spell.wait, m, 'in scope again: the clock runs from its start');
      const last = [...spell.had.values()].sort().at(-1);
      if (last === undefined || spell.had.size < this.rules.parts.length) return;
      this.#stop(spell, last);
      this.context.note(spell.wait, m, `all done on ${last} already: clock stopped then`);
    }
  }

  #exclude(spell: Spell, m: Moment, reason: string): void {
    spell.wait.setAside(m.on, 'excluded', null);
    spell.inScope = false;
    this.context.note(spell.wait, m, `out of scope: ${reason}`);
  }

  #nameMissing(spell: Spell): void {
    if (this.rules.parts.length < 2) return;
    const missing = this.rules.parts.filter((p) => !spell.had.has(p));
    spell.wait.missing = missing.length > 0 ? missing : null;
  }
}

function joins(spell: Spell, { progress, on }: Moment): boolean {
  const here = spell.members.filter((p) => p.provider === progress.provider);
  return here.some((p) => p.end === null || on <= addDays(p.end.on, JOINS_WITHIN_DAYS));
}

const endedByTheEndOfCare = (wait: Wait): boolean =>
  wait.state === 'excluded' || (wait.state === 'stopped' && (wait.stopKind === 'no-treatment' || wait.stopKind === 'removed'));

function partOf(m: Moment): SpellPart | null {
  const { event } = m;
  if (event.type === 'indirect-activity' || (wasAttended(event) && wasInRealTime(event))) return 'first-contact';
  if (event.type === 'outcome-score' && event.data.baseline === true && event.data.tool !== 'current-view') return 'baseline-outcome';
  if (event.type === 'care-plan-agreed' || event.type === 'intervention') return 'plan-or-intervention';
  return null;
}
