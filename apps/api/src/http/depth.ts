import { DomainError } from '#kernel';

const DEEPEST = 32;

/**
 * Refuses what validation cannot walk: bodies nested deeper than any of ours, and objects with a `constructor` of their own, which would be asked
 * for it. Iterative: the walk itself must not overflow.
 */
export function refuseDeep(body: unknown): void {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new DomainError('invalid', `The body is nested deeper than ${DEEPEST} levels.`);
    level = level.flatMap(valuesOf);
  }
}

function valuesOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Object.hasOwn(value, 'constructor')) throw new DomainError('invalid', 'The body has a name that is not allowed.');
  return Object.values(value);
}
