import type { PathwayEvent } from '#waits';
import { plainWords } from './words.js';

/** One thing told of a referral, in words. */
export interface ToldEvent {
  seq: number;
  on: string;
  what: string;
  data: string[];
  recordedAt: Date;
  /** Another event took it back: it counts no more. */
  takenBack: boolean;
}

/** In the order things happened; what was taken back stays to be seen. */
export function toldEvents(events: readonly PathwayEvent[]): ToldEvent[] {
  const takenBack = new Set(events.filter((e) => e.type === 'event-voided').map((e) => e.data.seq));
  return events
    .map((e) => ({
      seq: e.seq,
      on: e.occurredOn,
      what: plainWords(e.type),
      data: Object.entries(e.data).flatMap(([name, value]) => inWords(name, value)),
      recordedAt: e.recordedAt,
      takenBack: takenBack.has(e.seq),
    }))
    .sort((a, b) => (a.on === b.on ? a.seq - b.seq : a.on < b.on ? -1 : 1));
}

/** `familyToldOn: 2026-01-05` as `family told on: 2026-01-05`; parts of parts each on their own, nothing as nothing. */
function inWords(name: string, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const label = name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`).replaceAll('-', ' ');
  if (Array.isArray(value)) return [`${label}: ${value.map(String).join(', ')}`];
  if (typeof value === 'object') return Object.entries(value).flatMap(([part, v]) => inWords(`${label} ${part}`, v));
  return [`${label}: ${value === true ? 'yes' : value === false ? 'no' : String(value)}`];
}
