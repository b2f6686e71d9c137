import { Database } from '#database';
import { DuplicatePass } from '#duplicates';
import { Queues, type WakeUp } from '#queues';
import { ThresholdPass } from '#waits';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Tidy } from './tidy.js';

/** Queue `passes`: what is done once a night or now and then, in every tenant. */
@Injectable()
export class PassesProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly queues: Queues,
    private readonly database: Database,
    private readonly thresholds: ThresholdPass,
    private readonly duplicates: DuplicatePass,
    private readonly tidy: Tidy,
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
    tidy: (tenant) => this.tidy.run(tenant),
  };

  /** Every pass there is; the schedule must name no other. */
  get names(): string[] {
    return Object.keys(this.#passes);
  }
}
