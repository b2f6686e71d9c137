import { Database, readIdentity, type Tx } from '#database';
import { Clock, systemPrincipal } from '#kernel';
import { Injectable } from '@nestjs/common';

export interface SandboxMessage {
  tenant: string;
  reference: string;
  channel: string;
  recipient: string;
  subject: string | null;
  body: string;
  sentAt: Date;
  /** The family's link in it. */
  link: string | null;
  /** What the page will ask for. */
  birthDate: string | null;
}

const SHOWN = 100;

/** Reads the sandbox's side of the wire, with what somebody must know to answer as the family. */
@Injectable()
export class SandboxMessages {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The latest messages of a tenant, or of all. */
  async latest(tenant: string | null): Promise<SandboxMessage[]> {
    const items: SandboxMessage[] = [];
    for (const key of await this.database.tenants()) {
      if (tenant !== null && tenant !== key) continue;
      items.push(...(await this.database.inTenant(systemPrincipal(key, 'sandbox'), (tx) => this.#latestIn(tx))));
    }
    return items.sort((a, b) => b.sentAt.getTime() - a.sentAt.getTime()).slice(0, SHOWN);
  }

  async #latestIn(tx: Tx): Promise<SandboxMessage[]> {
    const rows = await tx.query<Omit<SandboxMessage, 'link' | 'birthDate'> & { personId: string | null; provider: string | null }>(
      `select s.tenant, s.reference, s.channel, s.recipient, s.subject, s.body, s.sent_at as "sentAt", m.person_id as "personId", m.provider
       from sandbox_message s left join message m on m.tenant = s.tenant and m.reference = s.reference
       where s.tenant = $1 order by s.sent_at desc, s.reference desc limit ${SHOWN}`,
      [tx.tenant],
    );
    const personIds = [...new Set(rows.flatMap((r) => r.personId ?? []))];
    const dates = await readIdentity(tx, this.clock.now(), 'sandbox', personIds, () =>
      tx.query<{ personId: string; provider: string; birthDate: string }>(
        `select person_id as "personId", provider, birth_date as "birthDate" from person_identity where tenant = $1 and person_id = any($2)`,
        [tx.tenant, personIds],
      ),
    );
    const birthDates = new Map(dates.map((d) => [`${d.personId} ${d.provider}`, d.birthDate]));
    return rows.map(({ personId, provider, ...row }) => ({
      ...row,
      link: /https?:\/\/\S+\/c\/\S+/.exec(row.body)?.[0] ?? null,
      birthDate: birthDates.get(`${personId} ${provider}`) ?? null,
    }));
  }
}
