import { CheckInSweep } from '#check-ins';
import { Database } from '#database';
import { Queues, type WakeUp } from '#queues';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';

/** Queue `check-ins`: opens what has come due, sends what may be sent now, reminds, settles what was left without an outcome. */
@Injectable()
export class CheckInsProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #closing = false;

  constructor(
    private readonly queues: Queues,
    private readonly database: Database,
    private readonly sweep: CheckInSweep,
  ) {}

  onApplicationBootstrap(): void {
    this.queues.answer('check-ins', (wakeUp) => this.answer(wakeUp));
  }

  /** Sends what is on its way and no more: the rest is found by whoever looks next. */
  beforeApplicationShutdown(): void {
    this.#closing = true;
  }

  async answer({ tenant }: WakeUp): Promise<void> {
    for (const each of tenant === undefined ? await this.database.tenants() : [tenant]) {
      if (this.#closing) return;
      await this.sweep.run(each, () => !this.#closing);
    }
  }
}
