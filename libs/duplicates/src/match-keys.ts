import { normalisePostcode } from '#kernel';
import { createHmac } from 'node:crypto';
import type { RecordedChild } from './likeness.js';
import { partsOf, soundsOf } from './names.js';

export type MatchKeyKind = 'birth-date' | 'postcode' | 'name-and-birth-date' | 'name-and-birth-year';

export interface MatchKey {
  kind: MatchKeyKind;
  key: Buffer;
}

/** Half a hash: enough that no two things share one by accident, and half the index. */
const KEY_BYTES = 16;

/**
 * What two records of one child at one provider would share, each as a keyed hash: useless in another tenant, at another provider, or without
 * the key. Equal keys are found by an index, which a search for similar text cannot use under row-level security.
 */
export function matchKeysOf(secret: Buffer, tenant: string, provider: string, child: RecordedChild): MatchKey[] {
  const texts: [MatchKeyKind, string][] = [['birth-date', child.birthDate]];
  const postcode = child.postcode === null ? null : normalisePostcode(child.postcode);
  const [given, family] = [partsOf(child.givenName), partsOf(child.familyName)];
  if (postcode !== null) {
    texts.push(['postcode', `${postcode}|${child.birthDate.slice(0, 7)}`]);
    // Finds also a birth year that was mistyped.
    for (const sound of given.slice(0, 1).flatMap(soundsOf)) texts.push(['postcode', `${postcode}|${sound}`]);
  }
  // Also the given names: one system's family name is another's given name.
  for (const sound of new Set([...family, ...given].flatMap(soundsOf))) texts.push(['name-and-birth-date', `${sound}|${child.birthDate}`]);
  // Finds a birth date that was mistyped, where the names were not.
  for (const name of family.flatMap(soundsOf))
    for (const first of given.slice(0, 1).flatMap(soundsOf))
      texts.push(['name-and-birth-year', `${name}|${first}|${child.birthDate.slice(0, 4)}`]);
  const unique = new Map(texts.map(([kind, text]) => [`${kind}|${text}`, kind]));
  return [...unique].map(([text, kind]) => ({ kind, key: hmac(secret, `match|${tenant}|${provider}|${text}`) }));
}

const hmac = (secret: Buffer, text: string): Buffer => createHmac('sha256', secret).update(text).digest().subarray(0, KEY_BYTES);
