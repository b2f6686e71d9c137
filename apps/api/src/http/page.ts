import { DomainError } from '#kernel';
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
