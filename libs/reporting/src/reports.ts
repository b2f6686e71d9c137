import { audit, Database, type Tx } from '#database';
import { Clock, isProvider, systemPrincipal, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import { readChild, type ChildPage } from './child.js';
import { planQuality, readProblem, readQuality, type QualityQuery, type QualityReport } from './data-quality/data-quality.js';
import type { ProblemRow } from './data-quality/problems.js';
import { readFreshness, type Freshness } from './freshness.js';
import { readOverview, type Overview } from './overview.js';
import { planReconcile, readReconciliation, type ReconcileRequest, type Reconciliation } from './reconcile/reconcile.js';
import { tenantsAndProviders, type TenantChoice } from './sign-in-choices.js';
import { readToday, type Today } from './today.js';
import { planWaits, type WaitsQuery } from './waits-plan.js';
import { readWaitingWell, type WaitingWellReport } from './waiting-well.js';
import { assembleWaits, type WaitsReport } from './waits-report.js';
import { countWaits } from './waits-statement.js';

/** Every report there is, each one statement of figures. */
@Injectable()
export class Reports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * How many wait on a list, how long, as of a day.
   * @throws DomainError rule or forbidden, see planWaits
   */
  async waits(principal: Principal, query: WaitsQuery): Promise<WaitsReport> {
    const now = this.clock.now();
    const plan = planWaits(principal, query, this.clock.today());
    return this.database.inTenant(principal, async (tx: Tx) => {
      const counted = await countWaits(tx, plan);
      // Differences between many tables can find a child that no table shows: who asked for which is kept.
      await audit(tx, now, { action: 'report-read', purpose: 'waits report', detail: { ...query, disclosure: plan.disclosure } });
      return assembleWaits(plan, counted, now);
    });
  }

  /** Every list on one page, exact or suppressed by role. */
  async overview(principal: Principal): Promise<Overview> {
    const now = this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      const overview = await readOverview(tx, principal, this.clock.today(), now);
      await audit(tx, now, { action: 'report-read', purpose: 'overview', detail: { disclosure: overview.disclosure } });
      return overview;
    });
  }

  /** What families were owed while waiting, and what became of it. */
  async waitingWell(principal: Principal): Promise<WaitingWellReport> {
    return this.database.inTenant(principal, (tx) => readWaitingWell(tx, principal, this.clock.today()));
  }

  /**
   * What is wrong with the data, by provider and service.
   * Whether a family can be reached is a matter of contacts, which a manager of the ICB may not read: for those who see no child the counting
   * is the system's, and only counts leave it, suppressed by then where the role asks for it.
   */
  async dataQuality(principal: Principal, query: QualityQuery): Promise<QualityReport> {
    const now = this.clock.now();
    const scope = planQuality(principal, query, this.clock.today());
    const counting = isProvider(principal) ? principal : systemPrincipal(principal.tenant, 'data-quality');
    await this.database.inTenant(principal, (tx) =>
      audit(tx, now, { action: 'report-read', purpose: 'data quality', detail: { ...query, disclosure: scope.disclosure } }),
    );
    return this.database.inTenant(counting, (tx) => readQuality(tx, scope, now));
  }

  /** A provider's own referrals with one problem, the oldest first. @throws DomainError see readProblem */
  async problem(principal: Principal, code: string, query: Parameters<typeof readProblem>[2]): Promise<ProblemRow[]> {
    const now = this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      const rows = await readProblem(tx, code, query, now, this.clock.today());
      await audit(tx, now, { action: 'report-read', purpose: 'data quality', detail: { problem: code } });
      return rows;
    });
  }

  /**
   * A submitted return beside what we compute, with the rules that would explain the difference.
   * @throws DomainError see planReconcile
   */
  async reconcile(principal: Principal, request: ReconcileRequest): Promise<Reconciliation> {
    const now = this.clock.now();
    const plan = planReconcile(principal, request, this.clock.today());
    return this.database.inTenant(principal, async (tx) => {
      const { service, provider } = plan;
      await audit(tx, now, { action: 'report-read', purpose: 'reconcile', detail: { service, provider, measure: plan.waits.measure } });
      return readReconciliation(tx, plan, now);
    });
  }

  /** What a provider owes, by deadline. @throws DomainError forbidden for roles that see no child */
  async today(principal: Principal): Promise<Today> {
    return this.database.inTenant(principal, (tx) => readToday(tx, principal, this.clock.today(), this.clock.now()));
  }

  /** What the page of one referral shows of its child, as the asking provider recorded it. @throws DomainError forbidden for roles that see no child */
  async child(principal: Principal, personId: string, line: string): Promise<ChildPage> {
    return this.database.inTenant(principal, (tx) => readChild(tx, personId, line, this.clock.now(), this.clock.today()));
  }

  /** How far what is shown can be relied on. */
  async freshness(principal: Principal): Promise<Freshness> {
    return this.database.inTenant(principal, (tx) => readFreshness(tx, this.clock.today(), this.clock.now()));
  }

  /** Whom one may try to be, in development. */
  async signInChoices(): Promise<TenantChoice[]> {
    return tenantsAndProviders(this.database);
  }
}
