import { addDays, type LocalDate } from '#kernel';
import type { BandScheme, PathwayEvent, Replay, ServiceChoices } from '#waits';
import { bandBy, toldOf, type Listed, type ListQuestion, type ToldPathway } from './listed.js';

/**
 * A way in which a provider may have counted otherwise than we do. Each says only what differs: what the clocks are told, what the service chose,
 * the day, the start of a wait, who is on the list besides, or the band. Everything else stays as it is, so that what moves moves by this rule alone.
 */
export interface Alternative {
  code: string;
  title: string;
  /** It is how this service counts anyway. */
  isOurs?(choices: ServiceChoices): boolean;
  /** The same events, and not a copy, where it changes nothing: then nothing is counted anew. */
  events?(events: PathwayEvent[]): PathwayEvent[];
  choices?(choices: ServiceChoices): ServiceChoices;
  asOf?(day: LocalDate): LocalDate;
  /** Undefined = not on the list. */
  start?(listed: Listed, pathway: ToldPathway, asOf: LocalDate): LocalDate | null | undefined;
  besides?(replay: Replay, question: ListQuestion): Listed[];
  band?(days: number, scheme: BandScheme): string;
}

export const ALTERNATIVES: readonly Alternative[] = [
  {
    code: 'stops-at-first-treatment',
    title: 'The clock stopped at the first treatment, not at the first contact',
    isOurs: (choices) => choices.stopRule === 'first-treatment',
    choices: (choices) => ({ ...choices, stopRule: 'first-treatment' }),
  },
  {
    code: 'stops-at-first-contact',
    title: 'The clock stopped at the first contact, not at the first treatment',
    isOurs: (choices) => choices.stopRule === 'first-contact',
    choices: (choices) => ({ ...choices, stopRule: 'first-contact' }),
  },
  {
    code: 'starts-when-written',
    title: 'The clock started on the day the referral was written, not received',
    start: (listed, pathway) => (listed.sinceReceipt ? (pathway.authoredOn.get(listed.referralId) ?? listed.startedOn) : listed.startedOn),
  },
  {
    code: 'starts-at-triage',
    title: 'The clock started at triage, not at receipt; children still to be triaged were left out',
    start: startsAtFirst('triaged'),
  },
  {
    code: 'starts-at-acceptance',
    title: 'The clock started when the referral was accepted, not at receipt; children still to be accepted were left out',
    start: startsAtFirst('referral-accepted'),
  },
  {
    code: 'not-brought-restarts',
    title: 'The clock started anew on rebooking after an appointment the child was not brought to; children not rebooked were left out',
    start: startAfterNotBrought,
  },
  {
    code: 'transfer-restarts',
    title: 'Children taken over from another provider were counted from the day they were taken over',
    start: (listed, pathway, asOf) =>
      toldOf(pathway, listed.referralId, asOf).findLast((e) => e.type === 'transfer-accepted')?.occurredOn ?? listed.startedOn,
  },
  { code: 'rejected-kept', title: 'Rejected referrals were counted as waiting', events: without('referral-rejected') },
  {
    code: 'out-of-scope-kept',
    title: 'Children outside the scope of the measure were counted: open, and not seen yet',
    besides: outOfScope,
  },
  {
    code: 'monitored-kept',
    title: 'Children under active monitoring were counted as waiting, from their first start',
    events: without('active-monitoring-started'),
  },
  {
    code: 'unknown-starts-counted',
    title: 'Waits whose start is unknown were counted from the day they were first heard of',
    start: (listed) => listed.startedOn ?? listed.listedFrom,
  },
  { code: 'day-before', title: 'The list was drawn a day earlier', asOf: (day) => addDays(day, -1) },
  { code: 'day-after', title: 'The list was drawn a day later', asOf: (day) => addDays(day, 1) },
  {
    code: 'first-day-is-day-one',
    title: 'The day of the start was counted as day 1, not as day 0',
    band: (days, scheme) => bandBy(scheme)(days + 1),
  },
  {
    code: 'day-365-is-52-weeks',
    title: 'Day 365 was counted as 52 weeks and not as over 52 weeks: it lies between the two published labels',
    band: (days, scheme) => bandBy(scheme)(days === 365 ? 364 : days),
  },
];

function without(type: string): (events: PathwayEvent[]) => PathwayEvent[] {
  return (events) => (events.some((e) => e.type === type) ? events.filter((e) => e.type !== type) : events);
}

/** What happens to a child only after its referral was triaged and accepted, though nobody told us of that. */
const PAST_TRIAGE = [
  'triaged',
  'referral-accepted',
  'appointment-booked',
  'rebooked',
  'contact',
  'indirect-activity',
  'assessed',
  'transferred',
];

/**
 * From the first event of a type; a child still before triage is not counted. Where it must have happened and was not told, and for a later
 * period, the start stays: what was not told explains nothing.
 */
function startsAtFirst(type: string): NonNullable<Alternative['start']> {
  return (listed, pathway, asOf) => {
    if (!listed.sinceReceipt) return listed.startedOn;
    const told = toldOf(pathway, listed.referralId, asOf);
    const first = told.find((e) => e.type === type);
    if (first) return first.occurredOn;
    return told.some((e) => PAST_TRIAGE.includes(e.type)) ? listed.startedOn : undefined;
  };
}

const REBOOKINGS = ['rebooked', 'appointment-booked', 'contact'];

/** As code 33 does for measures that have it, but at every appointment not kept and not only at the first. */
function startAfterNotBrought(listed: Listed, pathway: ToldPathway, asOf: LocalDate): LocalDate | null | undefined {
  let startedOn: LocalDate | null | undefined = listed.startedOn;
  for (const e of toldOf(pathway, listed.referralId, asOf)) {
    if (startedOn === undefined && REBOOKINGS.includes(e.type)) startedOn = e.occurredOn;
    if (e.type === 'contact' && e.data.attendance === 'not-brought') startedOn = undefined;
  }
  return startedOn;
}

/** Excluded by scope, and not by a rejection: the clock never ran, so "not seen yet" stands in for its stop. */
function outOfScope({ waits, referrals }: Replay, { measure, provider, asOf }: ListQuestion): Listed[] {
  return waits
    .filter((wait) => wait.measure === measure && wait.state === 'excluded')
    .flatMap((wait) => {
      const progress = referrals.get(wait.anchor);
      if (!progress || progress.provider !== provider || progress.listedOn > asOf) return [];
      if (progress.end?.type === 'referral-rejected' || (progress.end && progress.end.on <= asOf)) return [];
      if (progress.seenOn !== null && progress.seenOn <= asOf) return [];
      return [{ referralId: wait.anchor, startedOn: progress.receivedOn, listedFrom: progress.listedOn, sinceReceipt: true }];
    });
}
