import type { LocalDate } from '#kernel';
import { purposeOf, wasAttended, wasHumanContact, type PathwayEvent, type Priority, type ReferralFacts } from './events.js';

export const REFERRAL_STATES = ['waiting', 'in-treatment', 'monitored', 'rejected', 'removed', 'closed'] as const;
export type ReferralStateName = (typeof REFERRAL_STATES)[number];

/** Somebody still has to do something about the referral. */
export const OPEN_STATES = ['waiting', 'in-treatment', 'monitored'] as const satisfies ReferralStateName[];

/** How a referral came to its end. `untreated` ends never count as a success of the service. */
export interface ReferralEnd {
  type: string;
  on: LocalDate;
  reason: string;
  untreated: boolean;
}

/** Where one referral has got to, replayed event by event. */
export interface Progress {
  referralId: string;
  /** Who has the child on its list: changes when a transfer is accepted. */
  provider: string;
  receivedOn: LocalDate | null;
  /** The day it came onto the list: receipt, or for an unknown start the day we first heard. */
  listedOn: LocalDate;
  priority: Priority;
  facts: ReferralFacts;
  stage: string;
  stageSince: LocalDate;
  transferTo: string | null;
  seenOn: LocalDate | null;
  treatedOn: LocalDate | null;
  monitoring: { since: LocalDate; reviewOn: LocalDate | null } | null;
  end: ReferralEnd | null;
  /** Prescribed items, and those handed over usable (equipment). */
  items: readonly string[];
  usable: ReadonlySet<string>;
  lastHumanContactOn: LocalDate | null;
}

/** What a line says about how its referrals move on. */
export interface ProgressRules {
  /** The stage an event leads to while the child still waits. */
  stageAfter: Readonly<Record<string, string>>;
  stageAfterAssessment: string;
  stageInTreatment: string | null;
  /** True when this event is the first definitive treatment. */
  treats(event: PathwayEvent, progress: Progress): boolean;
}

export function received(event: PathwayEvent, receivedOn: LocalDate | null, facts: ReferralFacts, listedOn: LocalDate): Progress {
  return {
    referralId: event.referralId,
    provider: event.data.provider ?? '',
    receivedOn,
    listedOn,
    priority: event.data.priority ?? 'routine',
    facts,
    stage: 'awaiting-triage',
    stageSince: listedOn,
    transferTo: null,
    seenOn: null,
    treatedOn: null,
    monitoring: null,
    end: null,
    items: [],
    usable: new Set(),
    lastHumanContactOn: null,
  };
}

/** Every prescribed item is usable; where no items were named, one usable handover is the whole prescription. */
export const isFullyHandedOver = (p: Progress): boolean =>
  p.usable.has(WHOLE) || (p.items.length > 0 ? p.items.every((item) => p.usable.has(item)) : p.usable.size > 0);
const WHOLE = '*';

/** Moves a referral on by one event. Events after its end change nothing: a reopening is a new referral, or the end voided. */
export function moveOn(p: Progress, e: PathwayEvent, rules: ProgressRules): void {
  if (p.end) return;
  if (wasHumanContact(e)) p.lastHumanContactOn = e.occurredOn;
  const to = (stage: string): void => {
    if (p.stage !== stage) [p.stage, p.stageSince] = [stage, e.occurredOn];
  };
  const end = (reason: string, untreated: boolean): void => void (p.end = { type: e.type, on: e.occurredOn, reason, untreated });

  switch (e.type) {
    case 'priority-changed':
      p.priority = e.data.priority ?? p.priority;
      break;
    case 'referral-accepted':
    case 'information-requested':
      if (p.stage === 'awaiting-triage') to('awaiting-first-contact');
      break;
    case 'transferred':
      p.transferTo = e.data.toProvider ?? null;
      break;
    case 'transfer-accepted':
      if (p.transferTo) [p.provider, p.transferTo] = [p.transferTo, null];
      break;
    case 'prescription-decided':
      if (e.data.none) return end('nothing-prescribed', p.treatedOn === null);
      p.items = e.data.items ?? p.items;
      break;
    case 'outgrown-while-waiting':
      p.usable = new Set();
      break;
    case 'handed-over':
      p.usable = withItem(p.usable, e);
      break;
    case 'active-monitoring-started':
      p.monitoring = { since: e.occurredOn, reviewOn: e.data.reviewOn ?? null };
      break;
    case 'decision-to-treat':
      // After monitoring this is a new decision, whose own treatment is still to come; what an earlier one handed over does not count for it.
      if (p.monitoring) {
        if (p.treatedOn) p.usable = new Set();
        [p.monitoring, p.treatedOn] = [null, null];
      }
      if (!p.treatedOn) to(rules.stageAfterAssessment);
      break;
    case 'referral-rejected':
      return end(e.data.reason ?? 'inappropriate', true);
    case 'treatment-declined':
      return end('declined', p.treatedOn === null);
    case 'decision-not-to-treat':
      return end('decision-not-to-treat', p.treatedOn === null);
    case 'removed':
      return end(e.data.reason ?? 'removed', p.treatedOn === null);
    case 'discharged':
      return end(e.data.reason ?? 'discharged', p.treatedOn === null);
    case 'died':
      return end('died', false);
  }
  if (wasAttended(e)) p.seenOn ??= e.occurredOn;
  if (rules.treats(e, p)) {
    p.treatedOn ??= e.occurredOn;
    p.monitoring = null;
  }
  if (p.treatedOn) return;
  const next = rules.stageAfter[e.type];
  if (next) to(next);
  else if (e.type === 'handed-over') to('part-delivered');
  else if (wasAttended(e) && purposeOf(e) === 'assessment') to(rules.stageAfterAssessment);
}

function withItem(usable: ReadonlySet<string>, e: PathwayEvent): ReadonlySet<string> {
  const next = new Set(usable);
  const item = e.data.item ?? WHOLE;
  if (e.data.usable) next.add(item);
  else next.delete(item);
  return next;
}

/** States in order of precedence; see docs/states.md. */
export function stateOf(p: Progress): ReferralStateName {
  if (p.end?.type === 'referral-rejected') return 'rejected';
  if (p.end?.type === 'died') return 'closed';
  if (p.end?.type === 'discharged' && !p.end.untreated) return 'closed';
  if (p.end) return 'removed';
  if (p.monitoring) return 'monitored';
  return p.treatedOn ? 'in-treatment' : 'waiting';
}

/** The stage beside the state; null where the state says it all. For `monitored` it is the review day. */
export function stageOf(p: Progress, rules: ProgressRules): string | null {
  const state = stateOf(p);
  if (state === 'monitored') return p.monitoring?.reviewOn ?? null;
  if (state === 'in-treatment') return rules.stageInTreatment;
  if (state !== 'waiting') return null;
  return p.transferTo ? 'transferring' : p.stage;
}
