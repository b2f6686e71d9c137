import { createHmac, hash } from 'node:crypto';

/** The keyed hash by which one NHS number is matched inside a tenant; useless in another tenant, or without the key. */
export const nhsNumberKey = (key: Buffer, tenant: string, nhsNumber: string): Buffer => hmac(key, `nhs|${tenant}|${nhsNumber}`);

/** Tells whether two records under one number give the same birth date, without holding it. */
export const birthDateKey = (key: Buffer, tenant: string, nhsNumber: string, birthDate: string): Buffer =>
  hmac(key, `birth|${tenant}|${nhsNumber}|${birthDate}`);

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** A digest of a request that does not depend on the order of its fields; fields left out and null are the same. */
export const requestDigest = (request: object): Buffer => hash('sha256', canonical(request), 'buffer');

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const told = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(told).sort()) {
    if (told[key] !== null && told[key] !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(told[key])}`;
  }
  return `{${text}}`;
}

/** A UUID (version 8) that is the same for the same parts: a contact told twice is one contact. */
export function idOf(...parts: (string | null | undefined)[]): string {
  const b = hash('sha256', JSON.stringify(parts), 'buffer').subarray(0, 16);
  b[6] = ((b[6] ?? 0) & 0x0f) | 0x80;
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
  const h = b.toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
