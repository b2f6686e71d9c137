import { Database } from '#database';
import { DuplicatePass } from '#duplicates';
import { Clock, systemPrincipal } from '#kernel';
import { Queues, type WakeUp } from '#queues';
import { ThresholdPass } from '#waits';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Queue `passes`: what is done once a night or now and then, in every tenant. */
@Injectable()
export class PassesProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly queues: Queues,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly thresholds: ThresholdPass,
    private readonly duplicates: DuplicatePass,
  ) {}

  onApplicationBootstrap(): void {
    this.queues.answer('passes', (wakeUp) => this.answer(wakeUp));
  }

  async answer({ pass, tenant }: WakeUp): Promise<void> {
    const work = this.#passes[pass ?? ''];
    if (!work) throw new Error(`No pass is called ${pass}.`);
    for (const each of tenant === undefined ? await this.database.tenants() : [tenant]) await work(each);
  }

  readonly #passes: Record<string, (tenant: string) => Promise<unknown>> = {
    thresholds: (tenant) => this.thresholds.run(tenant),
    duplicates: (tenant) => this.duplicates.run(tenant),
    tidy: (tenant) => this.#forgetOldKeys(tenant),
  };

  /** Every pass there is; the schedule must name no other. */
  get names(): string[] {
    return Object.keys(this.#passes);
  }

  async #forgetOldKeys(tenant: string): Promise<void> {
    await this.database.inTenant(systemPrincipal(tenant, 'tidy'), (tx) =>
      tx.execute(`delete from idempotency_key where tenant = $1 and created_at < $2::timestamptz - interval '24 hours'`, [
        tx.tenant,
        this.clock.now(),
      ]),
    );
  }
}
