import { daysBetween, type LocalDate } from '#kernel';
import { bandOf, type BandScheme, type MeasureCode, type PathwayEvent, type Replay } from '#waits';

/** One child on one line: everything told, and the day each referral was written, where it is known. */
export interface ToldPathway {
  events: PathwayEvent[];
  authoredOn: ReadonlyMap<string, LocalDate>;
}

/** The list that is asked about. */
export interface ListQuestion {
  measure: MeasureCode;
  bands: BandScheme;
  provider: string;
  asOf: LocalDate;
}

/** A wait on the list at the end of a day. */
export interface Listed {
  /** The referral the wait began on. */
  referralId: string;
  /** Null = unknown. */
  startedOn: LocalDate | null;
  /** The day it came onto this list. */
  listedFrom: LocalDate;
  /** The wait began with the receipt, and not with a later restart. */
  sinceReceipt: boolean;
}

/** Who stands on the list, as the waits report counts it. */
export function onList({ waits }: Replay, { measure, provider, asOf }: ListQuestion): Listed[] {
  const begun = new Set<string>();
  return waits
    .filter((wait) => wait.measure === measure)
    .flatMap((wait) => {
      const sinceReceipt = !begun.has(wait.anchor);
      begun.add(wait.anchor);
      return wait.stretches
        .filter((s) => s.provider === provider && s.from <= asOf && asOf < s.to)
        .map((s) => ({ referralId: wait.anchor, startedOn: s.startedOn, listedFrom: s.from, sinceReceipt }));
    });
}

/** The band of a wait; null where its start is unknown. A start after the day is no wait yet: undefined. */
export function bandOn(startedOn: LocalDate | null, asOf: LocalDate, band: (days: number) => string): string | null | undefined {
  if (startedOn === null) return null;
  return startedOn > asOf ? undefined : band(daysBetween(startedOn, asOf));
}

export const bandBy =
  (scheme: BandScheme) =>
  (days: number): string =>
    bandOf(days, scheme);

/** What was told of one referral by the end of a day and not taken back, in order. */
export function toldOf({ events }: ToldPathway, referralId: string, asOf: LocalDate): PathwayEvent[] {
  const own = events.filter((e) => e.referralId === referralId);
  const voided = new Set(own.filter((e) => e.type === 'event-voided').map((e) => e.data.seq));
  return own
    .filter((e) => e.type !== 'event-voided' && !voided.has(e.seq) && e.occurredOn <= asOf)
    .sort((a, b) => (a.occurredOn === b.occurredOn ? a.seq - b.seq : a.occurredOn < b.occurredOn ? -1 : 1));
}
