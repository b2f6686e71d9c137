import type { LocalDate } from '#kernel';
import {
  crossesOn,
  RULES_VERSION,
  THRESHOLD_WEEKS,
  replay,
  stageOf,
  stateOf,
  type LineRules,
  type PathwayEvent,
  type Progress,
  type ServiceChoices,
  type Stretch,
  type Wait,
} from './rules/index.js';
import type { CheckInPolicy } from './check-in-facts.js';
import type { StateRow, WaitRow } from './wait-rows.js';

/** One pathway as it was claimed: what it is, and everything told of it up to `changed`. */
export interface ClaimedPathway {
  id: string;
  personId: string;
  line: string;
  changed: number;
  events: PathwayEvent[];
  /** By referral: the day its last check-in ended. */
  lastCheckIns: ReadonlyMap<string, LocalDate | null>;
}

export interface FoldedPathway {
  waits: WaitRow[];
  states: StateRow[];
}

/** Folds one pathway into the rows that are stored. Pure: the same events, choices and day give the same rows. */
export function foldPathway(
  pathway: ClaimedPathway,
  rules: LineRules,
  choices: (provider: string) => ServiceChoices,
  policy: CheckInPolicy,
): FoldedPathway {
  const result = replay(pathway.events, rules, choices);
  const rowsOf = (wait: Wait, first: number): WaitRow[] => waitRows(pathway, wait, rules.headline, first);
  const waits: WaitRow[] = [];
  const ordinals = new Map<string, number>();
  for (const wait of result.waits) {
    const first = ordinals.get(wait.measure) ?? 1;
    const rows = rowsOf(wait, first);
    ordinals.set(wait.measure, first + rows.length);
    waits.push(...rows);
  }
  const states = [...result.referrals.values()].map((progress) => stateRow(pathway, progress, result.waits, rules, policy));
  return { waits, states };
}

/** A row for every stretch; one row for a wait that never stood on a list. */
function waitRows(pathway: ClaimedPathway, wait: Wait, headline: string, firstOrdinal: number): WaitRow[] {
  const target = wait.targets.at(-1);
  const stretches = rowStretches(wait);
  return stretches.map((s, i) => {
    const isLatest = i === stretches.length - 1;
    const breachOn = target?.breachOn ?? null;
    return {
      pathwayId: pathway.id,
      measure: wait.measure,
      ordinal: firstOrdinal + i,
      period: wait.period,
      isLatest,
      referralId: wait.anchor,
      covers: isLatest ? wait.covers.slice(1) : [],
      personId: pathway.personId,
      line: pathway.line,
      provider: s.provider,
      headline: wait.measure === headline,
      state: wait.state,
      startedOn: s.startedOn,
      stoppedOn: wait.stoppedOn,
      stopCode: wait.stopCode,
      stopKind: wait.stopKind,
      missing: wait.missing,
      targetDays: target?.targetDays ?? null,
      breachOn,
      listedFrom: s.from,
      listedTo: s.to,
      nextChangeOn: isLatest && wait.state === 'waiting' ? firstCrossing(s.startedOn, wait.measure === headline, breachOn) : null,
      rulesVersion: RULES_VERSION,
    };
  });
}

/** The stretches to store: never none, and the last one with the start as it is known now, since there the stop is counted. */
function rowStretches(wait: Wait): Stretch[] {
  const last = wait.stretches.at(-1);
  if (last && (wait.isRunning || last.startedOn === wait.startedOn)) return wait.stretches;
  const day = last?.to ?? wait.startedOn ?? wait.stoppedOn ?? '1900-01-01';
  return [...wait.stretches, { provider: wait.provider, startedOn: wait.startedOn, from: day, to: day }];
}

/** The first day on which this wait crosses anything. The nightly pass moves it on from there. */
function firstCrossing(startedOn: LocalDate | null, headline: boolean, breachOn: LocalDate | null): LocalDate | null {
  const weeks = headline && startedOn !== null ? crossesOn(startedOn, THRESHOLD_WEEKS[0]) : null;
  return weeks !== null && breachOn !== null ? (weeks < breachOn ? weeks : breachOn) : (weeks ?? breachOn);
}

function stateRow(pathway: ClaimedPathway, p: Progress, waits: readonly Wait[], rules: LineRules, policy: CheckInPolicy): StateRow {
  const headline = waits.findLast((w) => w.measure === rules.headline && w.covers.includes(p.referralId) && w.state !== 'excluded');
  const state = stateOf(p);
  const stage = stageOf(p, rules);
  const lastCheckInOn = pathway.lastCheckIns.get(p.referralId) ?? null;
  const reviewOn = p.monitoring?.reviewOn ?? null;
  const next = policy(pathway.line, {
    state,
    stage,
    listedOn: p.listedOn,
    waitingSince: headline?.isRunning ? headline.startedOn : null,
    lastHumanContactOn: p.lastHumanContactOn,
    lastCheckInOn,
    treatedOn: p.treatedOn,
    reviewOn,
  });
  return {
    referralId: p.referralId,
    pathwayId: pathway.id,
    personId: pathway.personId,
    line: pathway.line,
    provider: p.provider,
    state,
    stage,
    stageSince: p.stageSince,
    endReason: p.end?.reason ?? null,
    endedOn: p.end?.on ?? null,
    priority: p.priority,
    listedOn: p.listedOn,
    receivedOn: p.receivedOn,
    treatedOn: p.treatedOn,
    transferTo: p.transferTo,
    reviewOn,
    headlineStartedOn: headline?.startedOn ?? null,
    headlineStoppedOn: headline?.stoppedOn ?? null,
    headlineBreachOn: headline?.targets.at(-1)?.breachOn ?? null,
    lastHumanContactOn: p.lastHumanContactOn,
    nextCheckInOn: next?.dueOn ?? null,
    nextCheckInWhy: next?.why ?? null,
  };
}
