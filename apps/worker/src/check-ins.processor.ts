import { CheckInSweep } from '#check-ins';
import { Database } from '#database';
import { Queues, type WakeUp } from '#queues';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

/** Queue `check-ins`: opens what has come due, sends what may be sent now, reminds, settles what was left without an outcome. */
@Injectable()
export class CheckInsProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly queues: Queues,
    private readonly database: Database,
    private readonly sweep: CheckInSweep,
  ) {}

  onApplicationBootstrap(): void {
    this.queues.answer('check-ins', (wakeUp) => this.answer(wakeUp));
  }

  async answer({ tenant }: WakeUp): Promise<void> {
    for (const each of tenant === undefined ? await this.database.tenants() : [tenant]) await this.sweep.run(each);
  }
}
