import { decodeCursor, notOurCursor } from '../http/page.js';

/** The two parts of a list's cursor. @throws DomainError invalid where either is not what the list gives */
export function afterOf(cursor: string | undefined, first: RegExp, second: RegExp): readonly [string, string] | null {
  const key = decodeCursor(cursor, 2);
  if (key === null) return null;
  const [a, b] = key;
  if (typeof a === 'string' && typeof b === 'string' && first.test(a) && second.test(b) && !Number.isNaN(Date.parse(a))) return [a, b];
  throw notOurCursor();
}

export const DAY = /^\d{4}-\d{2}-\d{2}$/;
export const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
export const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
