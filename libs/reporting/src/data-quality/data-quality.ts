import { readIdentity, type Tx } from '#database';
import { brokenRule, DomainError, isProvider, notFound, type LocalDate, type Principal } from '#kernel';
import { SERVICE_LINE_CODES } from '#service-lines';
import { countFromSql, disclosureWords, type Cell, type Disclosure } from '../disclosure.js';
import { readFreshness } from '../freshness.js';
import { disclosureOf, scopeOf } from '../waits-plan.js';
import { problemOf, PROBLEMS, type AfterRow, type ProblemCode, type ProblemRow, type QualityScope } from './problems.js';
import { countProblems, listProblem } from './statements.js';

/** What was asked, as it came. */
export interface QualityQuery {
  service?: string;
  provider?: string;
}

/** One service: its open referrals, and how many have each problem. */
export interface QualityRow {
  service: string;
  provider: string;
  name: string;
  open: Cell;
  problems: Record<ProblemCode, Cell>;
}

export interface QualityReport {
  asOf: LocalDate;
  disclosure: Disclosure;
  computedThrough: string;
  notYetComputed: number;
  synthetic: boolean;
  syntheticShape: string | null;
  /** What each problem counts, in words. */
  definitions: Record<string, string>;
  rows: QualityRow[];
}

/** Whose rows and how exactly. @throws DomainError rule for a service there is not; forbidden where the role may not */
export function planQuality(principal: Principal, query: QualityQuery, today: LocalDate): QualityScope {
  const { exact, provider } = scopeOf(principal, query.provider);
  if (query.service !== undefined && !SERVICE_LINE_CODES.some((code) => code === query.service)) {
    throw brokenRule('service', `must be one of ${SERVICE_LINE_CODES.join(', ')}`);
  }
  const lines = query.service === undefined ? SERVICE_LINE_CODES : [query.service];
  return { today, provider, service: query.service ?? null, disclosure: exact ? 'none' : disclosureOf(lines) };
}

/**
 * Counts every problem by provider and service. Contacts are looked at, so identity is opened; only counts, suppressed by then, come out.
 * @param tx of a provider, which sees its own contacts, or of the system, which sees everybody's
 */
export async function readQuality(tx: Tx, scope: QualityScope, now: Date): Promise<QualityReport> {
  const counted = await readIdentity(tx, now, 'data quality', [], () => countProblems(tx, scope));
  const freshness = await readFreshness(tx, scope.today, now);
  return {
    asOf: scope.today,
    disclosure: scope.disclosure,
    computedThrough: (freshness.oldest ?? now).toISOString(),
    notYetComputed: freshness.notYetComputed,
    synthetic: freshness.syntheticShape !== null,
    syntheticShape: freshness.syntheticShape,
    definitions: {
      open: 'referrals waiting, in treatment or under active monitoring. A child may have more than one; a referral may have several problems',
      ...Object.fromEntries(PROBLEMS.map((p) => [p.code, p.means])),
      disclosure: disclosureWords(scope.disclosure),
    },
    rows: counted.map(({ line, provider, name, open, problems }) => ({
      service: line,
      provider,
      name,
      open: countFromSql(open),
      problems: Object.fromEntries(PROBLEMS.map((p, i) => [p.code, countFromSql(problems[i] ?? null)])) as Record<ProblemCode, Cell>,
    })),
  };
}

/** The provider's own referrals with one problem. @throws DomainError forbidden for roles that see no child, not-found for a problem there is not */
export async function readProblem(
  tx: Tx,
  code: string,
  query: { service?: string | undefined; limit: number; after?: AfterRow | undefined },
  now: Date,
  today: LocalDate,
): Promise<ProblemRow[]> {
  if (!isProvider(tx.principal))
    throw new DomainError('forbidden', 'Rows are for the provider that can mend them: your role sees no child.');
  const problem = problemOf(code);
  if (!problem) throw notFound('problem');
  const scope = planQuality(tx.principal, query.service === undefined ? {} : { service: query.service }, today);
  return readIdentity(tx, now, 'data quality', [], () => listProblem(tx, problem, scope, query.limit, query.after));
}
