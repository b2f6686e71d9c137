import { type Database } from '#database';
import { systemPrincipal, type Clock } from '#kernel';
import { MessageSender, type Channel, type OutgoingMessage, type SendOutcome } from './sender.js';

/** Sends to a table that /sandbox shows: the whole way can be tried, and no family is reached. The same reference twice is one message. */
export class SandboxSender extends MessageSender {
  override readonly name = 'sandbox';
  override readonly channels: readonly Channel[] = ['sms', 'email'];
  override readonly concurrency = 4;
  override readonly canBeAsked = true;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async send(m: OutgoingMessage): Promise<SendOutcome> {
    await this.database.inTenant(systemPrincipal(m.tenant, 'sandbox'), (tx) =>
      tx.execute(
        `insert into sandbox_message (tenant, reference, channel, recipient, subject, body, sent_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant, reference) do nothing`,
        [m.tenant, m.reference, m.channel, m.recipient, m.subject, m.body, this.clock.now()],
      ),
    );
    return 'sent';
  }

  override async lookUp(tenant: string, reference: string): Promise<'sent' | 'unknown'> {
    const found = await this.database.inTenant(systemPrincipal(tenant, 'sandbox'), (tx) =>
      tx.one('select 1 from sandbox_message where tenant = $1 and reference = $2', [tenant, reference]),
    );
    return found ? 'sent' : 'unknown';
  }
}
