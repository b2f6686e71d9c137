import { DomainError } from '#kernel';

const DEEPEST = 32;

/** Refuses bodies nested deeper than any of ours, before validation walks them. Iterative: the walk itself must not overflow. */
export function refuseDeep(body: unknown): void {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new DomainError('invalid', `The body is nested deeper than ${DEEPEST} levels.`);
    level = level.flatMap((v) => (typeof v === 'object' && v !== null ? Object.values(v) : []));
  }
}
