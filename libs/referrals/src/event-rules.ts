import { brokenRule, DomainError, hasRole, isSystem, type LocalDate, type Principal } from '#kernel';
import { stateOf, type EventData, type PathwayEvent, type Progress } from '#waits';

/** What somebody wants to tell of a referral. `data` has been checked by the class of its type. */
export interface NewEvent {
  type: string;
  occurredOn: LocalDate;
  data: EventData & {
    decidedBy?: { name: string; role: string } | null;
    familyToldOn?: LocalDate | null;
    safeguardingChecked?: boolean | null;
    receivedBy?: string | null;
    noAdultService?: boolean | null;
    from?: LocalDate;
    to?: LocalDate;
  };
}

const ALWAYS_UNTREATED = ['referral-rejected', 'removed', 'treatment-declined', 'decision-not-to-treat', 'active-monitoring-started'];
const NEEDS_SAFEGUARDING_CHECK = ['no-response', 'not-brought-after-review', 'aged-out', 'moved-away'];
/** Events that end a referral. Besides them, a prescription of nothing. */
export const ENDS: readonly string[] = [
  'referral-rejected',
  'removed',
  'treatment-declined',
  'decision-not-to-treat',
  'discharged',
  'died',
];

/** What the clocks read of the care given: before the receipt they would not count, so they are refused there rather than lost. */
const CARE = [
  'contact',
  'indirect-activity',
  'outcome-score',
  'care-plan-agreed',
  'intervention',
  'treatment-started',
  'decision-to-treat',
  'assessed',
  'prescription-decided',
  'ordered',
  'handed-over',
];

/** True for an event that would end this referral's wait without treatment: ◆ in the contract. */
export function endsUntreated(event: NewEvent, progress: Progress): boolean {
  if (ALWAYS_UNTREATED.includes(event.type)) return true;
  if (event.type === 'prescription-decided') return event.data.none === true;
  return event.type === 'discharged' && progress.treatedOn === null;
}

/** By a person, who answers for it, or by a file out of another system, which is shown as what it is. */
export type Telling = 'told' | 'asserted-by-import';

/**
 * What must hold for an event to be told: its days, and, for an end without treatment, a named clinician, a family that was told,
 * and for the ends by which children are lost a safeguarding check. Pure.
 * @throws DomainError rule or forbidden
 */
export function checkEvent(event: NewEvent, progress: Progress, principal: Principal, today: LocalDate, how: Telling = 'told'): void {
  const { type, occurredOn, data } = event;
  if (occurredOn > today) throw brokenRule('occurredOn', 'must not be after today');
  const isEnd = ENDS.includes(type) || endsUntreated(event, progress);
  // A death out of another system is told as it stands there, also when it was before we first heard of the child: messages must stop.
  const isDeathOnFile = type === 'died' && how === 'asserted-by-import';
  if ((isEnd || CARE.includes(type)) && occurredOn < progress.listedOn && !isDeathOnFile) {
    throw brokenRule(
      'occurredOn',
      'must not be before the referral was received (or first heard of): correct that day first, with received-on-corrected',
    );
  }
  if (type === 'died' && progress.end?.type === 'died') {
    throw brokenRule('occurredOn', `a death on ${progress.end.on} is held: void that event first, where its day is wrong`);
  }
  if (isEnd && type !== 'died' && progress.end) {
    throw new DomainError('rule', `This referral has ended already (${stateOf(progress)}): void that event first.`);
  }
  if (endsUntreated(event, progress)) {
    if (how === 'asserted-by-import') checkAssertion(event, today);
    else checkDecision(event, principal, today);
  }
  if (type === 'received-on-corrected') checkCorrection(event, progress, today);
  if (type === 'family-delay' && (data.from ?? '') > (data.to ?? '')) throw brokenRule('data.to', 'must not be before data.from');
  if (type === 'active-monitoring-started' && (data.reviewOn ?? '') <= occurredOn)
    throw brokenRule('data.reviewOn', 'must be after the day monitoring started');
  if (type === 'decision-to-treat' && progress.end)
    throw brokenRule('type', 'this referral has ended: a decision to treat needs a new one');
}

/** Where an end without treatment comes from another system, that system names the clinician; what it does not keep cannot be asked of it. */
function checkAssertion({ data }: NewEvent, today: LocalDate): void {
  if (!data.decidedBy) throw brokenRule('data.decidedBy.name', 'must name the clinician who decided, as the source system does');
  if (data.familyToldOn && data.familyToldOn > today) throw brokenRule('data.familyToldOn', 'must not be after today');
}

function checkDecision(event: NewEvent, principal: Principal, today: LocalDate): void {
  const { type, data } = event;
  if (!hasRole(principal, 'clinician') && !isSystem(principal))
    throw new DomainError('forbidden', 'Only a clinician may end a wait without treatment.');
  const errors = [];
  if (!data.decidedBy) errors.push({ path: 'data.decidedBy', message: 'must name the clinician who decided: {name, role}' });
  if (!data.familyToldOn) errors.push({ path: 'data.familyToldOn', message: 'must be the day the family was told' });
  else if (data.familyToldOn > today) errors.push({ path: 'data.familyToldOn', message: 'must not be after today' });
  if (type === 'removed' && NEEDS_SAFEGUARDING_CHECK.includes(data.reason ?? '') && data.safeguardingChecked !== true) {
    errors.push({ path: 'data.safeguardingChecked', message: `must be true for ${data.reason}` });
  }
  if (type === 'removed' && data.reason === 'aged-out' && !data.receivedBy && data.noAdultService !== true) {
    errors.push({ path: 'data.receivedBy', message: 'must name the adult service, or noAdultService must be true' });
  }
  if (errors.length > 0)
    throw new DomainError('rule', 'An end without treatment needs a clinician who decided and a family that was told.', errors);
}

function checkCorrection(event: NewEvent, progress: Progress, today: LocalDate): void {
  const { receivedOn } = event.data;
  if (!receivedOn) return;
  if (receivedOn > today) throw brokenRule('data.receivedOn', 'must not be after today');
  const first = [progress.seenOn, progress.treatedOn, progress.end?.on].filter((d): d is LocalDate => typeof d === 'string').sort()[0];
  if (first && receivedOn > first) throw brokenRule('data.receivedOn', 'must not be after the child was seen or the referral ended');
}

/** A void takes back one event of this referral: not the receipt, not another void, not twice. */
export function checkVoid(seq: number | undefined, events: readonly PathwayEvent[], referralId: string): PathwayEvent {
  const own = events.filter((e) => e.referralId === referralId);
  const target = own.find((e) => e.seq === seq);
  if (!target) throw brokenRule('data.seq', 'must be an event of this referral');
  if (target.type === 'referral-received')
    throw brokenRule('data.seq', 'the receipt cannot be voided: correct its day with received-on-corrected');
  if (target.type === 'details-corrected') throw brokenRule('data.seq', 'corrected details are corrected again, not voided');
  if (target.type === 'event-voided') throw brokenRule('data.seq', 'a void cannot be voided: tell the event again');
  if (own.some((e) => e.type === 'event-voided' && e.data.seq === seq)) throw brokenRule('data.seq', 'this event is voided already');
  return target;
}
