import { FOREVER, type LocalDate } from '#kernel';
import { inOrder, type EventData, type PathwayEvent, type ReferralFacts } from './events.js';
import { NO_CHOICES, type Clock, type ClockContext, type LineRules, type Moment, type ServiceChoices } from './measure.js';
import { moveOn, received, type Progress } from './progress.js';
import type { MeasureCode, Stretch, Wait } from './wait.js';

/** Changes with every change of a clock rule: waits folded under another version are stale. */
export const RULES_VERSION = '2026.1';

export interface ReplayOptions {
  /** Take only what had happened by the end of this day. Default: everything. */
  asOf?: LocalDate;
  /** Take only what had been recorded by this instant. Default: everything. */
  knownAt?: Date;
  /** Write the working of every wait. */
  working?: boolean;
}

/** What became of one pathway: every referral's progress, every wait with the lists it stood on. */
export interface Replay {
  referrals: Map<string, Progress>;
  waits: Wait[];
}

/**
 * Folds the events of one pathway (one child on one line) into waits.
 * Pure; the same for any order the events were told in; a voided event is as if never told.
 * @param choices what each provider's service has chosen
 */
export function replay(
  events: readonly PathwayEvent[],
  line: LineRules,
  choices: (provider: string) => ServiceChoices,
  options: ReplayOptions = {},
): Replay {
  const { asOf = FOREVER, knownAt } = options;
  const standing = standingEvents(knownAt ? events.filter((e) => e.recordedAt <= knownAt) : events);
  const corrections = standing.filter((e) => e.type === 'received-on-corrected' && e.occurredOn <= asOf).sort(inOrder);
  const result = replayWithStarts(standing, corrections, line, choices, asOf, options.working ?? false);
  if (corrections.length > 0) joinStretches(result, standing, corrections, line, choices);
  return result;
}

/** How far each referral of a pathway is: unlike a clock, that does not depend on what its service has chosen. */
export const progressOf = (events: readonly PathwayEvent[], line: LineRules, asOf: LocalDate = FOREVER): Map<string, Progress> =>
  replay(events, line, () => NO_CHOICES, { asOf }).referrals;

/** Events as they stand: voided ones left out, corrected details in place. */
function standingEvents(events: readonly PathwayEvent[]): PathwayEvent[] {
  const voided = new Set<string>();
  const details: PathwayEvent[] = [];
  for (const e of events) {
    if (e.type === 'event-voided') voided.add(`${e.referralId} ${e.data.seq}`);
    else if (e.type === 'details-corrected') details.push(e);
  }
  const kept = events.filter((e) => e.type !== 'event-voided' && e.type !== 'details-corrected' && !voided.has(`${e.referralId} ${e.seq}`));
  if (details.length === 0) return kept;
  const latest = new Map(details.sort(inOrder).map((e) => [e.referralId, e.data.facts]));
  return kept.map((e) => {
    const facts = e.type === 'referral-received' ? latest.get(e.referralId) : undefined;
    return facts ? { ...e, data: { ...e.data, facts: { ...e.data.facts, ...facts } } } : e;
  });
}

function replayWithStarts(
  standing: readonly PathwayEvent[],
  corrections: readonly PathwayEvent[],
  line: LineRules,
  choices: (provider: string) => ServiceChoices,
  asOf: LocalDate,
  working: boolean,
): Replay {
  const starts = new Map<string, EventData>(corrections.map((e) => [e.referralId, e.data]));
  const happened = standing
    .filter((e) => e.type !== 'received-on-corrected')
    .map((e) => (e.type === 'referral-received' ? atItsStart(e, starts.get(e.referralId)) : e))
    .filter((e) => e.occurredOn <= asOf)
    .sort(inOrder);

  const referrals = new Map<string, Progress>();
  const context: ClockContext = {
    choices,
    progressOf: (id) => referrals.get(id) as Progress,
    note: working ? (wait, m, effect) => void wait.working.push({ on: m.on, event: m.event.type, effect }) : () => undefined,
  };
  const clocks: Clock[] = line.measures.map((measure) => measure.clock(context));
  let diedOn: LocalDate | null = null;

  happened.forEach((event, i) => {
    const on = event.occurredOn;
    if (event.type === 'referral-received') {
      const progress = received(event, event.data.receivedOn ?? null, event.data.facts ?? NO_FACTS, on);
      referrals.set(event.referralId, progress);
      const moment: Moment = { event, on, progress, isTreatment: false, isEnd: false };
      for (const clock of clocks) clock.receive(moment);
      // A referral received after the child died ends as it begins.
      if (diedOn !== null) tell({ ...event, type: 'died', data: {} }, progress);
    } else {
      const progress = referrals.get(event.referralId);
      if (event.type === 'died') {
        // Told of the child, whichever referral it was told on.
        diedOn ??= on;
        for (const each of referrals.values()) tell({ ...event, referralId: each.referralId }, each);
      } else if (progress) tell(event, progress);
    }
    if (happened[i + 1]?.occurredOn !== on) for (const clock of clocks) for (const wait of clock.waits) wait.markList(on);
  });

  function tell(event: PathwayEvent, progress: Progress): void {
    const { treatedOn, end } = progress;
    if (end) return;
    moveOn(progress, event, line);
    const moment = {
      event,
      on: event.occurredOn,
      progress,
      isTreatment: treatedOn === null && progress.treatedOn !== null,
      isEnd: progress.end !== null,
    };
    for (const clock of clocks) clock.observe(moment);
  }

  const waits = clocks.flatMap((clock) => {
    clock.waits.forEach((wait, i) => (wait.period = i + 1));
    return clock.waits;
  });
  return { referrals, waits };
}

const NO_FACTS: ReferralFacts = { ageAtReferral: null, localAuthority: null };

/** The receipt, on the day and with the facts its latest correction gives. */
function atItsStart(receipt: PathwayEvent, correction: EventData | undefined): PathwayEvent {
  const receivedOn = correction ? (correction.receivedOn ?? null) : (receipt.data.receivedOn ?? null);
  const facts = correction?.facts ? { ...(receipt.data.facts ?? NO_FACTS), ...correction.facts } : receipt.data.facts;
  const data: EventData = { ...receipt.data, receivedOn };
  if (facts) data.facts = facts;
  return { ...receipt, occurredOn: receivedOn ?? receipt.occurredOn, data };
}

/**
 * A corrected start counts from the day the correction happened: before it the list stood as it was then believed.
 * So the lists of each time between corrections are taken from a replay with the corrections of that time.
 */
function joinStretches(
  latest: Replay,
  standing: readonly PathwayEvent[],
  corrections: readonly PathwayEvent[],
  line: LineRules,
  choices: (provider: string) => ServiceChoices,
): void {
  const days = [...new Set(corrections.map((c) => c.occurredOn))];
  for (const wait of latest.waits) cut(wait.stretches, days.at(-1) as LocalDate, FOREVER);
  days.forEach((to, i) => {
    const from = days[i - 1] ?? '0000-01-01';
    const before = replayWithStarts(
      standing,
      corrections.filter((c) => c.occurredOn <= from),
      line,
      choices,
      FOREVER,
      false,
    );
    for (const old of before.waits) {
      const stretches = old.stretches.map((s) => ({ ...s }));
      cut(stretches, from, to);
      const heir = latest.waits.find((w) => w.measure === old.measure && w.covers.some((id) => old.covers.includes(id)));
      (heir ?? latest.waits.find((w) => w.measure === old.measure))?.stretches.push(...stretches);
    }
  });
  for (const wait of latest.waits) wait.stretches.sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** Keeps what lies between two days. */
function cut(stretches: Stretch[], from: LocalDate, to: LocalDate): void {
  const kept = stretches
    .map((s) => ({ ...s, from: s.from > from ? s.from : from, to: s.to < to ? s.to : to }))
    .filter((s) => s.from < s.to);
  stretches.splice(0, stretches.length, ...kept);
}

/** The waits of one measure that cover a referral, their periods numbered from 1 among themselves. */
export function waitsCovering(waits: readonly Wait[], referralId: string): { wait: Wait; period: number }[] {
  const seen = new Map<MeasureCode, number>();
  return waits
    .filter((w) => w.covers.includes(referralId))
    .map((wait) => {
      const period = (seen.get(wait.measure) ?? 0) + 1;
      seen.set(wait.measure, period);
      return { wait, period };
    });
}
