import { audit, Database, readIdentity } from '#database';
import { Clock, DomainError, notFound, type Principal } from '#kernel';
import { Injectable } from '@nestjs/common';
import type { Reason } from './message.js';
import type { Why } from './problem.js';

/** A message that waits for a person. Nothing of it identifies a child. */
export interface SetAsideMessage {
  id: string;
  messageId: string;
  receivedAt: Date;
  reason: Reason;
  why: Why;
  source: { system: string; id: string };
  /** The referral it is about, where one is held. */
  referralId: string | null;
  /** What the sender was answered. */
  answer: object;
}

export interface Resolution {
  outcome: 'done' | 'dismissed';
  note: string;
}

const COLUMNS = `id, message_id as "messageId", received_at as "receivedAt", reason, why,
  json_build_object('system', source_system, 'id', source_id) as source, referral_id as "referralId", answer`;

/** Messages a machine would not decide, oldest first; reading one word for word, and closing it, is written down. */
@Injectable()
export class SetAside {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list(principal: Principal, page: { limit: number; after: readonly [at: string, id: string] | null }): Promise<SetAsideMessage[]> {
    return this.database.inTenant(principal, (tx) =>
      tx.query<SetAsideMessage>(
        `select ${COLUMNS} from fhir_message where tenant = $1 and provider = $2 and state = 'set-aside'
            and ($3::timestamptz is null or (received_at, id) > ($3, $4::uuid))
          order by received_at, id limit $5`,
        [tx.tenant, principal.org, page.after?.[0] ?? null, page.after?.[1] ?? null, page.limit],
      ),
    );
  }

  /** One message with what was sent, word for word. */
  async read(principal: Principal, id: string): Promise<SetAsideMessage & { message: unknown }> {
    const now = this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      const found = await tx.one<SetAsideMessage>(
        `select ${COLUMNS} from fhir_message where tenant = $1 and provider = $2 and id = $3 and state = 'set-aside'`,
        [tx.tenant, principal.org, id],
      );
      if (!found) throw notFound('message');
      const purpose = 'message set aside';
      // The child of a message is no person of ours yet, so the entry names the message.
      await audit(tx, now, { action: 'fhir-message-read', purpose, detail: { message: id } });
      const row = await readIdentity(tx, now, purpose, [], () =>
        tx.one<{ payload: string }>(`select payload from fhir_payload where tenant = $1 and message = $2`, [tx.tenant, id]),
      );
      return { ...found, message: JSON.parse(row?.payload ?? 'null') as unknown };
    });
  }

  /** Says that a person has decided, and what. The list itself is changed by the usual means. */
  async resolve(principal: Principal, id: string, { outcome, note }: Resolution): Promise<void> {
    const now = this.clock.now();
    await this.database.inTenant(principal, async (tx) => {
      const found = await tx.one<{ state: string }>(
        `select state from fhir_message where tenant = $1 and provider = $2 and id = $3 for update`,
        [tx.tenant, principal.org, id],
      );
      if (!found || !['set-aside', 'resolved'].includes(found.state)) throw notFound('message');
      if (found.state === 'resolved') throw new DomainError('conflict', 'This message has been resolved already.');
      await tx.execute(
        `update fhir_message set state = 'resolved', outcome = $3, resolved_at = $4, resolved_by = $5 where tenant = $1 and id = $2`,
        [tx.tenant, id, outcome, now, principal.subject],
      );
      await readIdentity(tx, now, 'message resolved', [], () =>
        tx.execute(`update fhir_payload set note = $3 where tenant = $1 and message = $2`, [tx.tenant, id, note]),
      );
      await audit(tx, now, { action: 'fhir-message-resolved', purpose: outcome, detail: { message: id } });
    });
  }
}
