import { randomUUID } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isUuid = (value: string): boolean => UUID.test(value);

/** A version 7 UUID (RFC 9562): in order of making, so that new rows land together at the end of an index. */
export function newId(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  // Its random digits come from a pool; all but the version fit as they are.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
