import { Database } from '#database';
import { ImportRun } from '#imports';
import { systemPrincipal } from '#kernel';
import { Queues, type WakeUp } from '#queues';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';

/** Queue `imports`: takes in the files that wait, one after another, and those a dead worker left. The waits follow in batches. */
@Injectable()
export class ImportsProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #closing = false;

  constructor(
    private readonly queues: Queues,
    private readonly database: Database,
    private readonly importRun: ImportRun,
  ) {}

  onApplicationBootstrap(): void {
    this.queues.answer('imports', (wakeUp) => this.answer(wakeUp));
  }

  /** Ends the batch under way and no more: the rest is found by whoever looks next. */
  beforeApplicationShutdown(): void {
    this.#closing = true;
  }

  /** One that cannot be taken in keeps no other waiting; why is told when all were looked at. */
  async answer({ tenant }: WakeUp): Promise<void> {
    const failures: unknown[] = [];
    for (const each of tenant === undefined ? await this.database.tenants() : [tenant]) {
      for (const job of await this.importRun.toDo(systemPrincipal(each, 'imports'))) {
        if (this.#closing) return;
        try {
          if (await this.importRun.run(each, job, () => !this.#closing)) this.queues.ringSoon('waits', each);
        } catch (error) {
          failures.push(error);
        }
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
