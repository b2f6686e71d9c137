import { Database } from '#database';
import { Queues, type WakeUp } from '#queues';
import { WaitFold } from '#waits';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Queue `waits`: computes the waits of pathways that changed. */
@Injectable()
export class WaitsProcessor implements OnApplicationBootstrap {
  #closing = false;

  constructor(
    private readonly queues: Queues,
    private readonly database: Database,
    private readonly fold: WaitFold,
  ) {}

  onApplicationBootstrap(): void {
    this.queues.answer('waits', (wakeUp) => this.answer(wakeUp));
  }

  /** Stops after the batch that runs: the rest is found by whoever looks next. */
  beforeApplicationShutdown(): void {
    this.#closing = true;
  }

  async answer({ tenant }: WakeUp): Promise<void> {
    for (const each of tenant === undefined ? await this.database.tenants() : [tenant]) {
      const { checkInsDue } = await this.fold.run(each, () => !this.#closing);
      if (checkInsDue) this.queues.ringSoon('check-ins', each);
      if (this.#closing) return;
    }
  }
}
