import { nhsCheckDigit } from '#kernel';
import { Random } from './random.js';

/**
 * Identifiers of one kind, one after another: always the same, so that a load that was killed goes on where it stopped.
 * Version 8 UUIDs (RFC 9562).
 */
export class Identifiers {
  readonly #random: Random;

  constructor(seed: string, kind: string) {
    this.#random = new Random(`${seed} identifiers ${kind}`);
  }

  next(): string {
    const [a, b, c, d] = [this.#word(), this.#word(), this.#word(), this.#word()];
    const variant = '89ab'[Number.parseInt(c.charAt(0), 16) % 4];
    return `${a}-${b.slice(0, 4)}-8${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }

  #word(): string {
    return Math.floor(this.#random.next() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  }
}

const FIRST_STEM = 999_100_000;
const STEMS_END = 999_500_000;

/** Valid NHS numbers that are never issued, one after another: 999 100 0000 up to, and never, 999 500 0000. */
export function* nhsNumbers(): Generator<string, never> {
  for (let stem = FIRST_STEM; stem < STEMS_END; stem++) {
    const digit = nhsCheckDigit(String(stem));
    if (digit !== null) yield `${stem}${digit}`;
  }
  throw new Error('No NHS number is left below 999 500 0000.');
}
