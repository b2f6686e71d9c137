import { brokenRule, DomainError, hasRole, isProvider, isSystem, type LocalDate, type Principal } from '#kernel';
import { SERVICE_LINE_CODES, serviceLines, type ServiceLine } from '#service-lines';
import type { Measure, MeasureCode } from '#waits';
import { DIMENSIONS, type Dimension } from './dimensions.js';
import type { Disclosure } from './disclosure.js';

/** What was asked, as it came. Without a measure: the headline measure of the service, else `sitrep`. Without a day: today. */
export interface WaitsQuery {
  measure?: string;
  service?: string;
  provider?: string;
  localAuthority?: string;
  asOf?: LocalDate;
  groupBy?: readonly Dimension[];
}

/** What will be answered, to this principal. */
export interface WaitsPlan {
  measure: MeasureCode;
  /** The measure as each line in scope defines it. */
  lines: { line: ServiceLine; measure: Measure }[];
  service: string | null;
  provider: string | null;
  localAuthority: string | null;
  asOf: LocalDate;
  groupBy: Dimension[];
  disclosure: Disclosure;
}

/** Every measure there is, as it may be asked for. */
export const MEASURES: readonly MeasureCode[] = [...new Set(serviceLines.flatMap((l) => l.rules.measures.map((m) => m.code)))];

/** Lines whose national publication has its own rule of disclosure. */
const MHSDS_LINES: readonly string[] = serviceLines.filter(({ dataSet }) => dataSet === 'MHSDS').map(({ code }) => code);

/** Tables of more than so many dimensions make cells of one child, and differences between tables that find it. Filters cut like groups do. */
const MOST_DIMENSIONS_FOR_PUBLICATION = 2;

/**
 * Settles measure, scope and disclosure.
 * @throws DomainError rule where no line has the measure, or a commissioner asks for too many dimensions; forbidden where the role may not
 */
export function planWaits(principal: Principal, query: WaitsQuery, today: LocalDate): WaitsPlan {
  const asked = serviceLines.filter((l) => query.service === undefined || l.code === query.service);
  if (asked.length === 0) throw brokenRule('service', `must be one of ${SERVICE_LINE_CODES.join(', ')}`);
  const wanted = query.measure ?? (query.service === undefined ? 'sitrep' : (asked[0]?.rules.headline ?? 'sitrep'));
  const lines = asked.flatMap((line) => line.rules.measures.filter((m) => m.code === wanted).map((measure) => ({ line, measure })));
  const first = lines[0];
  if (!first) {
    const has = [...new Set(asked.flatMap((l) => l.rules.measures.map((m) => m.code)))].join(', ');
    throw brokenRule('measure', query.service === undefined ? `must be one of ${has}` : `${query.service} is measured by ${has}`);
  }
  const scope = scopeOf(principal, query.provider);
  const groupBy = DIMENSIONS.filter((d) => query.groupBy?.includes(d));
  const plan: WaitsPlan = {
    measure: first.measure.code,
    lines,
    service: query.service ?? null,
    provider: scope.provider,
    localAuthority: query.localAuthority ?? null,
    asOf: query.asOf ?? today,
    groupBy,
    disclosure: scope.exact ? 'none' : disclosureOf(lines.map((l) => l.line.code)),
  };
  if (!scope.exact) refuseFineTables(plan);
  return plan;
}

/** Whose rows, and how exactly. Managers of the ICB see every provider exactly, a provider its own, a commissioner all of them suppressed. */
export function scopeOf(principal: Principal, provider: string | undefined): { exact: boolean; provider: string | null } {
  if (isSystem(principal) || hasRole(principal, 'icb-manager')) return { exact: true, provider: provider ?? null };
  if (isProvider(principal)) {
    if (provider !== undefined && provider !== principal.org) throw new DomainError('forbidden', 'A provider reads its own figures only.');
    return { exact: true, provider: principal.org };
  }
  if (hasRole(principal, 'commissioner')) return { exact: false, provider: provider ?? null };
  throw new DomainError('forbidden', 'This role reads no reports.');
}

/** How figures over these lines together may be shown to those who publish them. */
export function disclosureOf(lines: readonly string[]): Disclosure {
  const ofMentalHealth = lines.filter((l) => MHSDS_LINES.includes(l)).length;
  return ofMentalHealth === 0 ? 'hes' : ofMentalHealth === lines.length ? 'mhsds' : 'hes-and-mhsds';
}

function refuseFineTables(plan: WaitsPlan): void {
  const cut = new Set<Dimension>(plan.groupBy);
  if (plan.provider !== null) cut.add('provider');
  if (plan.localAuthority !== null) cut.add('localAuthority');
  if (cut.size <= MOST_DIMENSIONS_FOR_PUBLICATION) return;
  throw brokenRule(
    'groupBy',
    `at most ${MOST_DIMENSIONS_FOR_PUBLICATION} dimensions (groups and filters together) where figures may be published`,
  );
}
