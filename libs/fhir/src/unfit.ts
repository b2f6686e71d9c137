import type { FieldError } from '#kernel';

/** Levels of a body, and of a resource: more than FHIR has use for, and few enough for readers that call themselves. */
export const MOST_LEVELS = 32;

/** The zero character, and half a pair of surrogates: JSON can write them, no text holds them and no database keeps them. */
const NO_TEXT = /[\0\p{Cs}]/u;

const WHY = {
  text: 'must not hold characters that are no text (\\u0000, half a surrogate pair)',
  level: `must not be nested deeper than ${MOST_LEVELS} levels`,
  name: 'must not hold a name that is not allowed',
} as const;

export const isText = (value: string): boolean => !NO_TEXT.test(value);

/**
 * The first place in a body or resource that can be neither read nor kept, whatever stands there and whether or not we look at it. Pure.
 * @returns its path, never what was found; null where all is well
 */
export function unfitPlace(value: unknown, path: string): FieldError | null {
  const found = unfitIn(value, 0);
  // Too deep is said of the element it begins in: the way down would be longer than any message.
  return found && { path: path + (found.why === 'level' ? (/^\.[^.]*/.exec(found.at)?.[0] ?? '') : found.at), message: WHY[found.why] };
}

interface Unfit {
  at: string;
  why: keyof typeof WHY;
}

/** Names FHIR could have. Any other could be anything, and is not repeated. */
const NAME = /^[A-Za-z_]\w{0,63}$/;

function unfitIn(value: unknown, level: number): Unfit | null {
  if (typeof value === 'string') return isText(value) ? null : { at: '', why: 'text' };
  if (typeof value !== 'object' || value === null) return null;
  if (level > MOST_LEVELS) return { at: '', why: 'level' };
  if (Array.isArray(value)) return inList(value, level);
  for (const [name, each] of Object.entries(value)) {
    // A class that is made of such an object would be asked for its constructor.
    if (name === 'constructor' || !isText(name)) return { at: '', why: 'name' };
    const found = unfitIn(each, level + 1);
    if (found) return { ...found, at: `.${NAME.test(name) ? name : '?'}${found.at}` };
  }
  return null;
}

function inList(list: readonly unknown[], level: number): Unfit | null {
  for (let i = 0; i < list.length; i++) {
    const found = unfitIn(list[i], level + 1);
    if (found) return { ...found, at: `[${i}]${found.at}` };
  }
  return null;
}
