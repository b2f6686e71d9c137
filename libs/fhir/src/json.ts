import { DomainError } from '#kernel';
import { MOST_LEVELS, unfitPlace } from './unfit.js';

/**
 * FHIR JSON, strictly: a name twice in one object is refused, for systems differ in which of the two they read (FHIR R4, JSON representation).
 * @throws DomainError invalid
 */
export function parseFhirJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DomainError('invalid', 'The body is no JSON.');
  }
  refuseNamesTwice(text);
  return value;
}

/** The body of a request. Depth is looked at first, and no further than it may go: brackets alone cost the parser dearly. @throws DomainError invalid */
export function parseFhirBody(bytes: Uint8Array): unknown {
  const text = utf8(bytes);
  if (text === null) throw new DomainError('invalid', 'The body is not UTF-8, as FHIR JSON must be.');
  refuseDeep(text);
  const body = parseFhirJson(text);
  const unfit = unfitPlace(body, isBundle(body) ? 'Bundle' : 'body');
  if (unfit) throw new DomainError('invalid', 'The body holds what cannot be kept.', [unfit]);
  return body;
}

/** FHIR JSON is UTF-8: null for bytes that are not, so that no letter of a name is put in the place of another. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const isBundle = (body: unknown): boolean => (body as { resourceType?: unknown } | null)?.resourceType === 'Bundle';

const [QUOTE, BACKSLASH, COLON, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [...'"\\:{}[]'].map((c) => c.charCodeAt(0));

/** The place of the quote that closes a string; past the end where none does. */
function endOfString(text: string, opening: number): number {
  let i = opening + 1;
  while (i < text.length && text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}

/** Of a text that need not be JSON. */
function refuseDeep(text: string): void {
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i);
    else if (c === OPEN || c === OPEN_LIST) level++;
    else if (c === CLOSE || c === CLOSE_LIST) level--;
    if (level > MOST_LEVELS) throw new DomainError('invalid', `The body is nested deeper than ${MOST_LEVELS} levels.`);
  }
}

/** Of a text that is known to be JSON. */
function refuseNamesTwice(json: string): void {
  // An object gets its names with the first of them: brackets alone cost nothing.
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (c === OPEN || c === OPEN_LIST) open.push(null);
    else if (c === CLOSE || c === CLOSE_LIST) open.pop();
    if (c !== QUOTE) continue;
    const from = i;
    i = endOfString(json, from);
    if (!isName(json, i)) continue;
    const name = JSON.parse(json.slice(from, i + 1)) as string;
    const names = open.at(-1) ?? new Set();
    if (name === '__proto__') throw new DomainError('invalid', 'The body has a name that is not allowed.');
    if (names.has(name)) throw new DomainError('invalid', 'An object of the body has the same name twice.');
    open[open.length - 1] = names.add(name);
  }
}

/** A string that a colon comes after. */
function isName(json: string, closing: number): boolean {
  let next = closing + 1;
  while (WHITE.includes(json.charCodeAt(next))) next++;
  return json.charCodeAt(next) === COLON;
}
const WHITE = [0x20, 0x0a, 0x0d, 0x09];
