import { createHash } from 'node:crypto';
import { nhsCheckDigit } from '#kernel';

/** The n-th identifier of a kind: always the same, so that a load that was killed goes on where it stopped. A version 8 UUID (RFC 9562). */
export function idOf(seed: string, kind: string, n: number): string {
  const b = createHash('sha256').update(`meanwhile demo ${seed} ${kind} ${n}`).digest();
  b[6] = ((b[6] ?? 0) & 0x0f) | 0x80;
  b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
  const h = b.toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`;
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
