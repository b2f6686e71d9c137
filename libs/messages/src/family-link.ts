import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** `{tenant}.{secret}`: the tenant in the clear, since who opens a link has no token. */
export interface FamilyToken {
  tenant: string;
  secret: string;
}

export const LINK_VALID_DAYS = 28;

const TOKEN = /^([A-Z0-9]{2,20})\.([A-Za-z0-9_-]{43})$/;

/** Made from a key and the message it is for, so that it need not be kept: only its hash is. */
export const linkSecret = (linkKey: Buffer, tenant: string, messageId: string): string =>
  createHmac('sha256', linkKey).update(`link|${tenant}|${messageId}`).digest('base64url');

export const linkHash = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export const linkAddress = (publicUrl: string, { tenant, secret }: FamilyToken): string => `${publicUrl}/c/${tenant}.${secret}`;

/** Null for anything that no link of ours can be. */
export function readToken(text: string): FamilyToken | null {
  const m = TOKEN.exec(text);
  return m?.[1] && m[2] ? { tenant: m[1], secret: m[2] } : null;
}

/**
 * Shows that the birth date was given on this link. It travels in the page's own form and nowhere else, so a later visit asks again;
 * it lives as long as the link, because an urgent answer must never meet "please start again".
 */
export const birthDatePass = (linkKey: Buffer, tenant: string, messageId: string): string =>
  createHmac('sha256', linkKey).update(`birth-date|${tenant}|${messageId}`).digest('base64url');

export function isBirthDatePass(linkKey: Buffer, tenant: string, messageId: string, given: string): boolean {
  const [wanted, found] = [Buffer.from(birthDatePass(linkKey, tenant, messageId)), Buffer.from(given)];
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

/** Keys the hash of an address kept with a message; the address itself is kept with its contact only. */
export const addressKeySalt = (linkKey: Buffer): Buffer => createHmac('sha256', linkKey).update('address').digest();
