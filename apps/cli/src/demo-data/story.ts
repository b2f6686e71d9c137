import { ageOn, dayNumber, type LocalDate } from '#kernel';
import { serviceLine, type ServiceLineCode } from '#service-lines';
import type { Attendance, EventData, Mechanism, PathwayEvent, Priority, Purpose } from '#waits';
import type { Child } from './children.js';
import { dayOf, instantOf, isWorkingWeekday } from './days.js';
import type { Random } from './random.js';

/** What an event may say in the API, beyond what clock rules read of it. */
export interface DemoEventData extends EventData {
  decidedBy?: { name: string; role: string };
  familyToldOn?: LocalDate;
  safeguardingChecked?: boolean;
  receivedBy?: string;
  noAdultService?: boolean;
  dueOn?: LocalDate;
  from?: LocalDate;
  to?: LocalDate;
  needLevel?: string;
}

export interface DemoEvent extends PathwayEvent {
  data: DemoEventData;
  recordedBy: string;
  recordedOrg: string;
}

/** A referral with its whole history, as intake and its provider would have recorded it. */
export interface DemoReferral {
  id: string;
  line: ServiceLineCode;
  /** Who received it. */
  provider: string;
  sourceId: string;
  authoredOn: LocalDate | null;
  receivedOn: LocalDate | null;
  priority: Priority;
  sourceOfReferral: string;
  need: string;
  details: Record<string, string | boolean | null>;
  /** Providers that may read it, each since when. */
  parties: { provider: string; since: Date }[];
  events: DemoEvent[];
}

export interface Referred {
  id: string;
  /** Day number of receipt; null = unknown, then `heard` is the day the service first heard. */
  received: number | null;
  heard?: number;
  /** The receipt was first written down under this wrong day. */
  firstSaid?: number;
  provider: string;
  priority?: Priority;
  sourceOfReferral: string;
  details: Record<string, string | boolean | null>;
}

/** When offices write things down. On the as-of day itself only the first: nothing is told after mid-morning. */
const HOURS = ['08:40', '10:10', '11:50', '14:20', '16:10'];
/** Days until something is written down. */
const LAGS = [
  [0, 70],
  [1, 20],
  [4, 10],
] as const;
const MECHANISMS = [
  ['face-to-face', 74],
  ['video', 14],
  ['telephone', 11],
  ['talk-type', 1],
] as const;

interface Told {
  type: string;
  on: number;
  recorded: number;
  hour: string;
  org: string;
  by: string;
  data: DemoEventData;
  takesBack?: Told;
}

/** Tells what happened to one referral, in any order, in day numbers; never beyond the as-of day. */
export class Story {
  readonly #told: Told[] = [];
  /** The day it came onto the list. */
  readonly listed: number;
  provider: string;
  readonly #parties: { provider: string; day: number }[] = [];

  constructor(
    readonly line: ServiceLineCode,
    readonly child: Child,
    readonly referred: Referred,
    readonly random: Random,
    readonly today: number,
  ) {
    const { received, heard, provider, firstSaid } = referred;
    this.listed = firstSaid ?? received ?? heard ?? today;
    this.provider = provider;
    this.tell('referral-received', this.listed, {});
    if (firstSaid !== undefined && received !== null) {
      this.tell('received-on-corrected', Math.min(today, Math.max(firstSaid, received) + random.int(9, 60)), {
        receivedOn: dayOf(received),
        reason: 'day stamp of the letter',
      });
    }
  }

  /** @throws when a day lies outside the referral's life: the generator is wrong */
  tell(type: string, on: number, data: DemoEventData = {}, by: 'admin' | 'clinician' = 'admin', takesBack?: Told): Told {
    const start = Math.min(this.listed, this.referred.received ?? this.listed);
    if (on < start || on > this.today) throw new Error(`${this.line}: ${type} ${on - this.today} days from the as-of day`);
    const lag = this.random.weighted(LAGS);
    const recorded = Math.min(this.today, Math.max(on, this.listed) + (isWorkingWeekday(on) ? lag : Math.max(lag, 2)));
    const hour = recorded === this.today ? (HOURS[0] as string) : this.random.pick(HOURS);
    const told: Told = { type, on, recorded, hour, org: this.provider, by: `demo-${by}`, data, ...(takesBack ? { takesBack } : {}) };
    this.#told.push(told);
    return told;
  }

  contact(
    on: number,
    purpose: Purpose,
    options: { attendance?: Attendance; mechanism?: Mechanism; appointmentCommunicated?: boolean } = {},
  ): Told {
    const { attendance = this.random.chance(0.06) ? 'attended-late' : 'attended', mechanism = this.#mechanism(), ...rest } = options;
    return this.tell('contact', on, { attendance, mechanism, purpose, ...rest }, 'clinician');
  }

  /** What was told is taken back some days later, or today. */
  takeBack(told: Told, reason: string): void {
    const later = Math.min(this.today, told.recorded + this.random.int(1, 12));
    const voided = this.tell('event-voided', later, { reason }, 'admin', told);
    voided.recorded = Math.max(voided.recorded, told.recorded);
  }

  /** Handed to another provider on a day, and taken on by it on another. */
  transfer(on: number, toProvider: string, acceptedOn: number | null): void {
    this.tell('transferred', on, { toProvider });
    this.#parties.push({ provider: toProvider, day: on });
    if (acceptedOn === null) return;
    this.provider = toProvider;
    this.tell('transfer-accepted', acceptedOn);
  }

  /** Every provider that was told of the child: an offered transfer shares who the child is and whom to contact. */
  get providers(): string[] {
    return [this.referred.provider, ...this.#parties.map((p) => p.provider)];
  }

  #mechanism(): Mechanism {
    return this.random.weighted(MECHANISMS);
  }

  /** The referral as it is stored: events numbered in the order they were told. */
  finish(): DemoReferral {
    const { id, received, firstSaid, provider, priority = 'routine', sourceOfReferral, details } = this.referred;
    const line = serviceLine(this.line);
    const [receipt, ...rest] = this.#told as [Told, ...Told[]];
    const begun = instantOf(receipt.recorded, receipt.hour);
    const listedOn = dayOf(this.listed);
    const saidOn = received === null ? null : dayOf(firstSaid ?? received);
    receipt.data = {
      provider,
      receivedOn: saidOn,
      priority,
      facts: {
        ageAtReferral: ageOn(this.child.birthDate, listedOn),
        localAuthority: this.child.household.localAuthority,
        ...line.factsOf(details),
      },
    };
    // Nothing is told of a referral that is not there yet, and nothing taken back before it was told.
    const when = (t: Told): Date => {
      const own = instantOf(t.recorded, t.hour);
      const after = t.takesBack ? when(t.takesBack) : begun;
      return own < after ? after : own;
    };
    const inOrderTold = rest.map((t) => ({ t, recordedAt: when(t) })).sort((a, b) => order(a) - order(b) || a.t.on - b.t.on);
    const seqOf = new Map<Told, number>([[receipt, 1], ...inOrderTold.map(({ t }, i): [Told, number] => [t, i + 2])]);
    const events = [{ t: receipt, recordedAt: begun }, ...inOrderTold].map(({ t, recordedAt }, i): DemoEvent => ({
      referralId: id,
      seq: i + 1,
      type: t.type,
      occurredOn: dayOf(t.on),
      data: t.takesBack ? { ...t.data, seq: seqOf.get(t.takesBack) ?? 0 } : t.data,
      recordedAt,
      recordedBy: t.by,
      recordedOrg: t.org,
    }));
    return {
      id,
      line: this.line,
      provider,
      sourceId: `D-${id.slice(0, 13)}`,
      authoredOn: saidOn === null || this.random.chance(0.3) ? null : dayOf(dayNumber(saidOn) - this.random.int(0, 6)),
      receivedOn: saidOn,
      priority,
      sourceOfReferral,
      need: line.needOf(details),
      details,
      parties: [
        { provider, since: begun },
        ...this.#parties.map((p) => ({ provider: p.provider, since: instantOf(p.day, HOURS[0] as string) })),
      ],
      events,
    };
  }
}

/** By the instant told; of one instant, what takes back comes last. */
const order = ({ t, recordedAt }: { t: Told; recordedAt: Date }): number => recordedAt.getTime() + (t.takesBack ? 1 : 0);
