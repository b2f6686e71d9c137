import { dayNumber, type LocalDate } from '#kernel';

export type Priority = 'routine' | 'urgent' | 'very-urgent' | 'emergency';
export type Attendance = 'attended' | 'attended-late' | 'late-not-seen' | 'not-brought' | 'cancelled-by-family' | 'cancelled-by-provider';
export type Mechanism = 'face-to-face' | 'telephone' | 'video' | 'talk-type' | 'text' | 'email' | 'chat';
export type Purpose = 'triage' | 'assessment' | 'treatment' | 'review';

/** What a line's clocks read of a referral: scope depends on age, residence and details. */
export interface ReferralFacts {
  ageAtReferral: number | null;
  localAuthority: string | null;
  /** What the line's own details say (mental health: `reason`, `team`). */
  [detail: string]: string | number | boolean | null | undefined;
}

/** The data of an event as the rules read it. Validated at the edge; each type uses its own few. */
export interface EventData {
  provider?: string;
  receivedOn?: LocalDate | null;
  priority?: Priority;
  facts?: ReferralFacts;
  attendance?: Attendance;
  mechanism?: Mechanism;
  purpose?: Purpose;
  appointmentCommunicated?: boolean;
  by?: 'clinician' | 'family' | 'provider';
  reviewOn?: LocalDate;
  reason?: string;
  toProvider?: string;
  tool?: string;
  baseline?: boolean;
  kind?: string;
  items?: string[];
  item?: string;
  usable?: boolean;
  none?: boolean;
  /** event-voided: the sequence number of the event it takes back. */
  seq?: number;
}

/** One thing that happened to one referral, as it was told. Append-only: a mistake is voided by another event. */
export interface PathwayEvent {
  referralId: string;
  /** From 1 within its referral, in the order told. */
  seq: number;
  type: string;
  occurredOn: LocalDate;
  data: EventData;
  recordedAt: Date;
}

/**
 * The order in which things that happened on one day are taken, so that the order they were told in never matters:
 * receipt, then what was arranged, what was done, what was decided, how it ended.
 */
const RANK: Record<string, number> = {
  'referral-received': 0,
  'priority-changed': 5,
  'referral-accepted': 10,
  transferred: 12,
  'transfer-accepted': 13,
  'appointment-booked': 20,
  'appointment-cancelled': 22,
  'indirect-activity': 29,
  assessed: 30,
  contact: 30,
  'outcome-score': 32,
  'care-plan-agreed': 33,
  intervention: 34,
  rebooked: 35,
  'outgrown-while-waiting': 39,
  'prescription-decided': 40,
  'funding-deferred': 41,
  'funding-refused': 42,
  'funding-approved': 43,
  ordered: 44,
  'supplier-date-given': 45,
  'stock-received': 46,
  'handed-over': 50,
  'treatment-started': 51,
  'active-monitoring-started': 60,
  'decision-to-treat': 61,
  'treatment-declined': 70,
  'decision-not-to-treat': 71,
  'referral-rejected': 74,
  discharged: 75,
  removed: 76,
  died: 90,
};
const UNRANKED = 25;

/** Order of events on the calendar; ties are broken by rank, then by what is safer for the child, then by what they say, never by when they were told. */
export function inOrder(a: PathwayEvent, b: PathwayEvent): number {
  if (a.occurredOn !== b.occurredOn) return a.occurredOn < b.occurredOn ? -1 : 1;
  const rank = (RANK[a.type] ?? UNRANKED) - (RANK[b.type] ?? UNRANKED);
  if (rank !== 0) return rank;
  const [x, y] = [tieBreak(a), tieBreak(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

const tieBreak = (e: PathwayEvent): string =>
  `${e.type} ${saferLast(e)} ${e.referralId} ${JSON.stringify(Object.entries(e.data).sort(([a], [b]) => (a < b ? -1 : 1)))}`;

const SEVERITY: readonly (Priority | undefined)[] = ['routine', 'urgent', 'very-urgent', 'emergency'];

/**
 * Of two alike on one day the last one stands, so it is the one that leaves the child no worse off: the highest priority, the earliest
 * start. A kept appointment comes before one not kept, which then was not the first.
 */
function saferLast(e: PathwayEvent): number {
  if (e.type === 'priority-changed') return SEVERITY.indexOf(e.data.priority);
  if (e.type === 'received-on-corrected') return e.data.receivedOn ? LATE - dayNumber(e.data.receivedOn) : 0;
  return e.type === 'contact' && !wasAttended(e) ? 1 : 0;
}
/** Later than any day's number, with as many digits as what is left of it: these numbers are compared as text. */
const LATE = 5_000_000;

const REAL_TIME: readonly (Mechanism | undefined)[] = ['face-to-face', 'telephone', 'video', 'talk-type'];

/** The child (or for young children the family) was seen, on time or late: national attendance codes 5 and 6. */
export const wasAttended = (e: PathwayEvent): boolean =>
  (e.type === 'contact' && (e.data.attendance === 'attended' || e.data.attendance === 'attended-late')) || e.type === 'treatment-started';

/** Purpose of a contact; the start of treatment told on its own is a contact for treatment. */
export const purposeOf = (e: PathwayEvent): Purpose | undefined => (e.type === 'treatment-started' ? 'treatment' : e.data.purpose);

/** Held face to face, by telephone, video or talk-type: the mechanisms national measures count (MHSDS 01, 02, 04, 11). */
export const wasInRealTime = (e: PathwayEvent): boolean => e.type === 'treatment-started' || REAL_TIME.includes(e.data.mechanism);

/** An appointment kept by the people, whoever they were: what "days since any human contact" counts from. A text or a leaflet is none. */
export function wasHumanContact(e: PathwayEvent): boolean {
  if (e.type === 'waiting-support') return ['check-in-call', 'advice-line', 'workshop', 'duty-call'].includes(e.data.kind ?? '');
  return wasAttended(e) || e.type === 'assessed' || e.type === 'handed-over';
}
