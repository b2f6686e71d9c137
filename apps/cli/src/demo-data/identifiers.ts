import { nhsCheckDigit } from '#kernel';
import { Random } from './random.js';

/**
 * Identifiers of one kind, one after another: always the same, so that a load that was killed goes on where it stopped.
 * Version 8 UUIDs (RFC 9562).
 */
export class Identifiers {
  readonly #random: Random;
  readonly #bytes = Buffer.alloc(16);

  constructor(seed: string, kind: string) {
    this.#random = new Random(`${seed} identifiers ${kind}`);
  }

  next(): string {
    for (let i = 0; i < 16; i += 4) this.#bytes.writeUInt32BE(Math.floor(this.#random.next() * 0x1_0000_0000), i);
    this.#bytes[6] = ((this.#bytes[6] ?? 0) & 0x0f) | 0x80;
    this.#bytes[8] = ((this.#bytes[8] ?? 0) & 0x3f) | 0x80;
    const h = this.#bytes.toString('hex');
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
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
