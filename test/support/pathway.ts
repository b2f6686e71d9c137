import { addDays, type LocalDate } from '#kernel';
import {
  replay,
  stageOf,
  stateOf,
  viewWaits,
  type Attendance,
  type EventData,
  type LineRules,
  type MeasureCode,
  type Mechanism,
  type PathwayEvent,
  type Priority,
  type Purpose,
  type ReferralFacts,
  type Replay,
  type ReplayOptions,
  type ServiceChoices,
  type WaitView,
} from '#waits';
import { clocks as mentalHealth } from '../../libs/service-lines/src/mental-health/clocks.js';
import { clocks as specialistEquipment } from '../../libs/service-lines/src/specialist-equipment/clocks.js';
import { clocks as speechAndLanguage } from '../../libs/service-lines/src/speech-and-language-therapy/clocks.js';

export const LINES = {
  'speech-and-language-therapy': speechAndLanguage,
  'mental-health': mentalHealth,
  'specialist-equipment': specialistEquipment,
} as const satisfies Record<string, LineRules>;
export type Line = keyof typeof LINES;

/** Day 0 of the worked examples, and the days counted from it. */
export const DAY_0: LocalDate = '2026-01-05';
export const day = (n: number): LocalDate => addDays(DAY_0, n);

export const NO_CHOICES: ServiceChoices = { stopRule: 'first-contact', targets: {} };

export interface Received {
  provider?: string;
  priority?: Priority;
  /** What the line's details say, age at referral, council: whatever differs from a ten-year-old of North Northamptonshire. */
  facts?: Partial<ReferralFacts>;
  /** Unknown start: the day we first heard. */
  heardOn?: LocalDate;
}

interface Attended {
  attendance?: Attendance;
  by?: Mechanism;
}

/** Tells the story of one pathway, one event after another, so that a worked example reads as prose. Referrals are a, b, c… */
export class Pathway {
  readonly events: PathwayEvent[] = [];
  #referral = '`';
  #choices: Record<string, ServiceChoices> = {};

  constructor(readonly line: Line) {}

  /** A further referral; what follows is told about it. */
  received(receivedOn: LocalDate | null, { provider = 'P1', priority = 'routine', facts, heardOn }: Received = {}): this {
    this.#referral = String.fromCharCode(this.#referral.charCodeAt(0) + 1);
    const details = this.line === 'mental-health' ? { reason: '05', team: 'A06' } : {};
    return this.event('referral-received', receivedOn ?? heardOn ?? DAY_0, {
      provider,
      receivedOn,
      priority,
      facts: { ageAtReferral: 10, localAuthority: 'E06000061', ...details, ...facts },
    });
  }

  /** What follows is told about an earlier referral. */
  about(referral: string): this {
    this.#referral = referral;
    return this;
  }

  event(type: string, occurredOn: LocalDate, data: EventData = {}): this {
    const seq = this.events.filter((e) => e.referralId === this.#referral).length + 1;
    this.events.push({ referralId: this.#referral, seq, type, occurredOn, data, recordedAt: noon(occurredOn) });
    return this;
  }

  /** A contact that was attended face to face unless said otherwise. */
  contact(on: LocalDate, purpose: Purpose, { attendance = 'attended', by = 'face-to-face' }: Attended = {}): this {
    return this.event('contact', on, { attendance, mechanism: by, purpose });
  }

  /** Not brought to an appointment the family had clearly been told of. */
  notBrought(on: LocalDate): this {
    return this.event('contact', on, {
      attendance: 'not-brought',
      mechanism: 'face-to-face',
      purpose: 'assessment',
      appointmentCommunicated: true,
    });
  }

  /** The event before was recorded on another day than it happened. */
  recordedOn(day: LocalDate): this {
    this.#last().recordedAt = noon(day);
    return this;
  }

  /** The event before is taken back on a day. */
  voidedOn(day: LocalDate): this {
    const { referralId, seq } = this.#last();
    return this.about(referralId).event('event-voided', day, { seq, reason: 'told by mistake' });
  }

  /** What a provider's service has chosen. */
  choosing(provider: string, choices: Partial<ServiceChoices>): this {
    this.#choices[provider] = { ...NO_CHOICES, ...choices };
    return this;
  }

  replay(options: ReplayOptions = {}): Replay {
    return replay(this.events, LINES[this.line], (provider) => this.#choices[provider] ?? NO_CHOICES, { working: true, ...options });
  }

  /** The waits that cover a referral, by measure; a second period is `sitrep 2`. */
  waits(referral: string, asOf: LocalDate, knownAt?: Date): Record<string, WaitView> {
    const result = this.replay(knownAt ? { asOf, knownAt } : { asOf });
    const named = viewWaits(result, referral, LINES[this.line], asOf).map((w) => [
      w.period === 1 ? w.measure : `${w.measure} ${w.period}`,
      w,
    ]);
    return Object.fromEntries(named) as Record<string, WaitView>;
  }

  /** State, stage and provider of a referral. */
  referral(referral: string, asOf: LocalDate): { state: string; stage: string | null; provider: string } {
    const progress = this.replay({ asOf }).referrals.get(referral);
    if (!progress) throw new Error(`referral ${referral} has not been received by ${asOf}`);
    return { state: stateOf(progress), stage: stageOf(progress, LINES[this.line]), provider: progress.provider };
  }

  #last(): PathwayEvent {
    const last = this.events.at(-1);
    if (!last) throw new Error('nothing has been told yet');
    return last;
  }
}

export const pathway = (line: Line): Pathway => new Pathway(line);
export const noon = (on: LocalDate): Date => new Date(`${on}T12:00:00Z`);

type WaitName = MeasureCode | `${MeasureCode} ${number}`;

/** What a worked example shows: waits by measure (`absent`: not begun on that day), and where the referral stands. */
export type Shows = Partial<Record<WaitName, Partial<WaitView> | 'absent'>> & {
  referral?: Partial<{ state: string; stage: string | null; provider: string }>;
};

/** Runs a table of worked examples, all as of one day and about one referral. Every wait must show its working. */
export function asOf(on: LocalDate, examples: Record<string, readonly [given: Pathway, shows: Shows]>, of = 'a'): void {
  test.each(Object.entries(examples))('%s', (_, [given, { referral, ...waits }]) => {
    const shown = given.waits(of, on);
    for (const [measure, expected] of Object.entries(waits)) {
      if (expected === 'absent') expect(shown).not.toHaveProperty([measure]);
      else expect({ [measure]: shown[measure] }).toEqual({ [measure]: expect.objectContaining(expected) });
    }
    for (const wait of Object.values(shown)) expect(wait.working).not.toHaveLength(0);
    if (referral) expect(given.referral(of, on)).toMatchObject(referral);
  });
}
