import type { Tx } from '#database';
import { brokenRule, DomainError, isProvider, isSystem, type LocalDate, type Principal } from '#kernel';
import { RULES_VERSION, serviceChoices, type ServiceChoices } from '#waits';
import { readFreshness } from '../freshness.js';
import { planWaits, type WaitsPlan } from '../waits-plan.js';
import { ALTERNATIVES } from './alternatives.js';
import { bandLabels } from './band-spellings.js';
import { IDS_KEPT, ListCount, type Move } from './counting.js';
import { absoluteDifference, compareBands, explain, nearerBy, type BandDifference, type Explanation } from './explain.js';
import { servicesOf, submittedFromObject, submittedFromTable, type ReturnTable, type Submitted } from './submitted.js';
import { pathwaysOf } from './told-pathways.js';

/** A return that was submitted, to be laid beside what we compute. Without a measure: the headline of the service. Without a day: today. */
export interface ReconcileRequest {
  measure?: string;
  service?: string;
  provider?: string;
  asOf?: LocalDate;
  /** Counts by band, or a table as it was read from a file. */
  submitted: { bands: Record<string, unknown> } | { table: ReturnTable };
}

/** Who stands in a band, the first of them by id. `total` is of all. Only for the provider itself. */
export interface BandRows {
  total: number;
  referralIds: string[];
}

export interface ReconciledBand extends BandDifference {
  /** Rules by which this band would be nearer, with the difference each would leave. */
  nearerBy: { rule: string; difference: number }[];
  rows?: BandRows;
}

export interface Reconciliation {
  measure: string;
  service: string;
  provider: string;
  asOf: LocalDate;
  rulesVersion: string;
  synthetic: boolean;
  syntheticShape: string | null;
  /** What the service has chosen. */
  stopRule: ServiceChoices['stopRule'];
  bands: ReconciledBand[];
  /** Of the bands that were submitted. */
  total: { computed: number; submitted: number; difference: number };
  /** The sum of the differences, whichever way they go: what there is to explain. */
  absoluteDifference: number;
  notSubmitted: string[];
  /** On the list without a wait, and so in no band. */
  unknownStart: number;
  /** Every rule that was tried, what explains most first. Rules overlap: what they explain does not add up. */
  explanations: (Omit<Explanation, 'moves'> & { moves: (Omit<Move, 'referralIds'> & { referralIds?: string[] })[] })[];
  definitions: Record<string, string>;
}

/** What will be compared, for this principal. */
export interface ReconcilePlan {
  waits: WaitsPlan;
  service: string;
  provider: string;
  submitted: Submitted;
  /** Ids are for those who have the children. */
  showsRows: boolean;
}

/**
 * Settles scope and reads the return.
 * @throws DomainError forbidden for roles that see suppressed figures or none; rule where service, provider or day is missing or wrong;
 * invalid where the return cannot be read
 */
export function planReconcile(principal: Principal, request: ReconcileRequest, today: LocalDate): ReconcilePlan {
  const { submitted, ...query } = request;
  const service = query.service ?? ('table' in submitted ? onlyServiceOf(submitted.table) : undefined);
  if (service === undefined) throw brokenRule('service', 'must say which service the return is of');
  const waits = planWaits(principal, { ...query, service }, today);
  if (waits.disclosure !== 'none') throw new DomainError('forbidden', 'A return is compared in exact figures: this role sees none.');
  if (waits.provider === null) throw brokenRule('provider', 'must say whose return it is');
  if (waits.asOf > today) throw brokenRule('asOf', 'must not be after today');
  const scheme = waits.lines[0]?.measure.bands ?? 'sitrep';
  return {
    waits,
    service,
    provider: waits.provider,
    submitted: 'table' in submitted ? submittedFromTable(submitted.table, service, scheme) : submittedFromObject(submitted.bands, scheme),
    showsRows: isProvider(principal) || isSystem(principal),
  };
}

function onlyServiceOf(table: ReturnTable): string | undefined {
  const services = servicesOf(table);
  if (services.length > 1) throw brokenRule('service', 'must say which: the return speaks of several');
  return services[0];
}

/** Counts the list by our rules and by others, from what was told and not from what is stored: never behind. */
export async function readReconciliation(tx: Tx, plan: ReconcilePlan, now: Date): Promise<Reconciliation> {
  const { service, provider, waits } = plan;
  const [on] = waits.lines;
  if (!on) throw new Error('A plan without its line.');
  await mustBeOffered(tx, service, provider);
  const choices = await serviceChoices(tx);
  const own = choices(service, provider);
  const alternatives = ALTERNATIVES.filter((a) => a.isOurs?.(own) !== true);
  const count = new ListCount(
    {
      question: { measure: waits.measure, bands: on.measure.bands, provider, asOf: waits.asOf },
      rules: { ...on.line.rules, measures: [on.measure] },
      choices: (who) => choices(service, who),
    },
    alternatives,
  );
  for await (const pathway of pathwaysOf(tx, service, provider)) count.add(pathway);
  const { syntheticShape } = await readFreshness(tx, waits.asOf, now);
  return { ...assemble(plan, own, count, alternatives), synthetic: syntheticShape !== null, syntheticShape };
}

async function mustBeOffered(tx: Tx, service: string, provider: string): Promise<void> {
  const found = await tx.one('select id from service where tenant = $1 and line = $2 and provider = $3', [tx.tenant, service, provider]);
  if (!found) throw brokenRule('provider', 'does not offer this service here');
}

function assemble(
  plan: ReconcilePlan,
  own: ServiceChoices,
  count: ListCount,
  alternatives: typeof ALTERNATIVES,
): Omit<Reconciliation, 'synthetic' | 'syntheticShape'> {
  const { submitted, waits, showsRows } = plan;
  const labels = bandLabels(waits.lines[0]?.measure.bands ?? 'sitrep');
  const computed = Object.fromEntries(labels.map((band) => [band, count.bands.get(band)?.count ?? 0]));
  const explanations = explain(
    computed,
    submitted,
    count.moves.map((moves, i) => ({ alternative: alternatives[i] ?? { code: '', title: '' }, moves })),
  );
  const differences = compareBands(computed, submitted);
  const told = differences.filter((b) => b.submitted !== null);
  const total = { computed: sum(told.map((b) => b.computed)), submitted: sum(told.map((b) => b.submitted ?? 0)) };
  return {
    measure: waits.measure,
    service: plan.service,
    provider: plan.provider,
    asOf: waits.asOf,
    rulesVersion: RULES_VERSION,
    stopRule: own.stopRule,
    bands: differences.map((band): ReconciledBand => {
      const differs = band.difference !== null && band.difference !== 0;
      const rows = { total: band.computed, referralIds: count.bands.get(band.band)?.referralIds ?? [] };
      return { ...band, nearerBy: nearerBy(band, explanations), ...(showsRows && differs ? { rows } : {}) };
    }),
    total: { ...total, difference: total.submitted - total.computed },
    absoluteDifference: absoluteDifference(computed, submitted),
    notSubmitted: labels.filter((band) => !submitted.has(band)),
    unknownStart: count.unknownStart,
    explanations: explanations.map(({ moves, ...explanation }) => ({
      ...explanation,
      moves: moves.map(({ referralIds, ...move }) => (showsRows ? { ...move, referralIds } : move)),
    })),
    definitions: DEFINITIONS,
  };
}

const DEFINITIONS = {
  computed: 'Waits on the list at the end of the as-of day by our rules, from everything told until now.',
  difference: 'Submitted less computed. Bands that were not submitted are compared with nothing.',
  explained:
    'Each rule is tried alone: every wait is counted anew by it, and what then is left of the sum of all differences is compared with what there was. ' +
    'Rules overlap, so what they explain does not add up. A rule that explains much may still not be what was done.',
  moves: `From one band to another; null is no band (not on the list, or its start unknown). Of the referrals behind a number the first ${IDS_KEPT} are named, to the provider only.`,
};

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
