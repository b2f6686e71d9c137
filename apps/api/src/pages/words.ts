import { reasonWords } from '#escalations';
import { londonDay, londonTime, weekday, type LocalDate } from '#kernel';
import { isSuppressed, type Cell } from '#reporting';
import { serviceLines } from '#service-lines';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `5 January 2026` */
export const dayWords = (day: LocalDate): string => `${+day.slice(8)} ${MONTHS[+day.slice(5, 7) - 1]} ${day.slice(0, 4)}`;

/** `Monday 5 January 2026, 10:30`, in London. */
export function instantWords(instant: Date): string {
  const day = londonDay(instant);
  return `${WEEKDAYS[weekday(day)]} ${dayWords(day)}, ${londonTime(instant)}`;
}

/** `1,771`; a figure that may not be shown as `*`; one that there is none of as a dash, which screen readers are told about in the view. */
export function cellWords(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '–';
  return isSuppressed(cell) ? cell.display : cell.toLocaleString('en-GB');
}

/** `awaiting-first-contact` as `Awaiting first contact`: for codes that are words already. */
export function plainWords(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const CALL_WHY: Record<string, string> = {
  'no-answer': 'No answer to messages',
  'identity-disputed': 'Identity in dispute: check who this is first',
  held: 'Messages are held: read why before you ring',
  safeguarding: 'A safeguarding worry is open: speak to the lead first',
  'not-delivered': 'Messages could not be delivered',
  'language-or-format': 'Needs another language or format',
  'prefers-a-person': 'Asked to be rung',
  'no-route': 'No number or address we may use',
};

export const callWords = (why: string | null): string => (why === null ? 'A person must call' : (CALL_WHY[why] ?? plainWords(why)));

const lineNames = new Map<string, string>(serviceLines.map((l) => [l.code, l.name]));
export const lineWords = (code: string): string => lineNames.get(code) ?? plainWords(code);

export function measureWords(measure: string, line: string): string {
  const found = serviceLines.find((l) => l.code === line)?.rules.measures.find((m) => m.code === measure);
  return found?.title ?? plainWords(measure);
}

const BADGES: Record<string, string> = { red: 'red', amber: 'orange', yellow: 'yellow', blue: 'blue' };

export const filters = {
  day: dayWords,
  instant: instantWords,
  cell: cellWords,
  plain: plainWords,
  callWhy: callWords,
  line: lineWords,
  measure: measureWords,
  reason: reasonWords,
  badge: (level: string): string => BADGES[level] ?? 'grey',
};
