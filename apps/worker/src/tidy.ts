import { Database } from '#database';
import { Imports } from '#imports';
import { Clock, systemPrincipal } from '#kernel';
import { Injectable } from '@nestjs/common';

/** Pass `tidy`: what is kept for a while only is let go of once a night. */
@Injectable()
export class Tidy {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly imports: Imports,
  ) {}

  async run(tenant: string): Promise<void> {
    await this.#forgetOldKeys(tenant);
    await this.imports.letGo(tenant);
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
