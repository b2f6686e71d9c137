import type { LocalDate } from '#kernel';
import { Making, type DemoPathway } from './making.js';
import { mentalHealth } from './mental-health.js';
import { specialistEquipment } from './specialist-equipment.js';
import { speechAndLanguageTherapy } from './speech-and-language-therapy.js';

export const DEMO_SEED = 'northamptonshire';

/**
 * Every child of the demo with its referrals, one pathway after another, never all at once: the same for the same seed and day.
 * As of `asOf` (a London day) the lists equal the published ones; nothing happens after it.
 */
export function* generateDemo(asOf: LocalDate, seed: string = DEMO_SEED): Generator<DemoPathway> {
  const making = new Making(seed, asOf);
  yield* speechAndLanguageTherapy(making);
  yield* mentalHealth(making);
  yield* specialistEquipment(making);
}

/** The same in batches of at least so many referrals. */
export function* inBatches(pathways: Iterable<DemoPathway>, referrals: number): Generator<DemoPathway[]> {
  let batch: DemoPathway[] = [];
  let held = 0;
  for (const pathway of pathways) {
    batch.push(pathway);
    held += pathway.referrals.length;
    if (held < referrals) continue;
    yield batch;
    [batch, held] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
