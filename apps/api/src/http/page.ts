import { DomainError, isLocalDate } from '#kernel';
import { Optional, Text, WholeNumber } from '#fields';

/** A page of a list. `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Query fields of every list. */
export class PageQuery {
  @Optional()
  @WholeNumber(1, 200)
  limit?: number;

  @Optional()
  @Text(500)
  cursor?: string;
}

export const limitOf = (query: PageQuery): number => query.limit ?? 50;

/** A cursor is the sort key of the last row shown, opaque to clients. */
export const encodeCursor = (key: readonly (string | number | null)[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** @throws DomainError invalid for anything but a cursor of `length` parts */
export function decodeCursor(cursor: string | undefined, length: number): (string | number | null)[] | null {
  if (cursor === undefined) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isPart = (v: unknown): boolean => v === null || typeof v === 'string' || typeof v === 'number';
    if (Array.isArray(key) && key.length === length && key.every(isPart)) return key as (string | number | null)[];
  } catch {
    // Not ours: told below.
  }
  throw notOurCursor();
}

export const notOurCursor = (): DomainError =>
  new DomainError('invalid', 'The cursor is not one this list gave.', [{ path: 'cursor', message: 'must be a nextCursor of this list' }]);

/** A page out of `found`, which was asked for with one row more than is shown. @param keyOf the sort key of a row */
export function pageOf<T>(found: readonly T[], limit: number, keyOf: (last: T) => readonly (string | number | null)[]): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

export const DAY = /^\d{4}-\d{2}-\d{2}$/;
export const INSTANT = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])(:[0-5]\d){2}\.\d{3}Z$/;
export const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const isOfDays = (pattern: RegExp): boolean => pattern === DAY || pattern === INSTANT;

/** The parts of a list's cursor, each as its pattern; null without one. @throws DomainError invalid where one is not what the list gives */
export function afterOf(cursor: string | undefined, only: RegExp): readonly [string] | null;
export function afterOf(cursor: string | undefined, first: RegExp, second: RegExp): readonly [string, string] | null;
export function afterOf(cursor: string | undefined, ...patterns: RegExp[]): readonly string[] | null {
  const key = decodeCursor(cursor, patterns.length);
  const isPart = (part: unknown, pattern: RegExp): boolean =>
    typeof part === 'string' && pattern.test(part) && (!isOfDays(pattern) || isLocalDate(part.slice(0, 10)));
  if (key === null) return null;
  if (key.every((part, i) => isPart(part, patterns[i] ?? /^$/))) return key as string[];
  throw notOurCursor();
}
