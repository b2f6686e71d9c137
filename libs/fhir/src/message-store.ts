import { Database, type Tx } from '#database';
import { Clock, DomainError, newId, type Principal } from '#kernel';
import type { SourceDto } from '#referrals';
import { Injectable } from '@nestjs/common';
import type { Message } from './message.js';
import type { Why } from './problem.js';

/** What a sender has said that an update may change. No identity: contacts only as a digest. */
export interface Told {
  priority?: string | null;
  sourceOfReferral?: string | null;
  authoredOn?: string | null;
  details?: Record<string, unknown>;
  contacts?: string;
}

export interface Answer {
  state: 'taken' | 'set-aside';
  resource: object;
}

/** What is known under a source id: the referral, what its sender said of it last, and whether a message of it waits for a person. */
export interface Known {
  referralId: string | null;
  /** The service line of that referral. */
  line: string | null;
  told: Told | null;
  waitsForPerson: boolean;
  /** … and one of these withdraws it. */
  withdrawalWaits: boolean;
}

export interface Finished {
  answer: Answer;
  referralId: string | null;
  why: Why | null;
  told: Told;
  /** The message itself, where a person must read it. */
  payload: string | null;
}

/** Rows of messages: begun before anything is done, finished with the answer. */
@Injectable()
export class MessageStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Marks a message as begun. One that was begun and never finished is done again: everything it does is safe to do twice.
   * @returns what was answered before, or null
   * @throws DomainError conflict when another body came under this id
   */
  async begin(principal: Principal, message: Message, source: SourceDto, digest: Buffer): Promise<{ id: string; answer: Answer | null }> {
    const now = this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      await tx.execute(
        `insert into fhir_message (tenant, id, provider, message_id, digest, reason, source_system, source_id, state, received_at, received_by)
          values ($1, $2, $3, $4, $5, $6, $7, $8, 'begun', $9, $10) on conflict (tenant, provider, message_id) do nothing`,
        [tx.tenant, newId(now), principal.org, message.id, digest, message.reason, source.system, source.id, now, principal.subject],
      );
      const held = await tx.one<{ id: string; digest: Buffer; state: string; answer: object | null }>(
        `select id, digest, state, answer from fhir_message where tenant = $1 and provider = $2 and message_id = $3`,
        [tx.tenant, principal.org, message.id],
      );
      if (!held) throw new Error('A message that was begun is not there.');
      if (!held.digest.equals(digest)) throw new DomainError('conflict', 'A message with this id has been processed, with other content.');
      // What a person has resolved since is answered as it was then.
      const state = held.state === 'taken' ? 'taken' : 'set-aside';
      return { id: held.id, answer: held.answer === null ? null : { state, resource: held.answer } };
    });
  }

  /** What the provider has under this source id. */
  async known(principal: Principal, source: SourceDto): Promise<Known> {
    return this.database.inTenant(principal, async (tx) => {
      const row = await tx.one<Known>(
        `select
            (select r.id from referral r where r.tenant = $1 and r.provider = $2 and r.source_system = $3 and r.source_id = $4) as "referralId",
            (select r.line from referral r where r.tenant = $1 and r.provider = $2 and r.source_system = $3 and r.source_id = $4) as line,
            (select m.told from fhir_message m where m.tenant = $1 and m.provider = $2 and m.source_system = $3 and m.source_id = $4 and m.state = 'taken'
              order by m.received_at desc, m.id desc limit 1) as told,
            exists (select from fhir_message m where m.tenant = $1 and m.provider = $2 and m.source_system = $3 and m.source_id = $4
              and m.state = 'set-aside') as "waitsForPerson",
            exists (select from fhir_message m where m.tenant = $1 and m.provider = $2 and m.source_system = $3 and m.source_id = $4
              and m.state = 'set-aside' and m.why = 'withdrawn') as "withdrawalWaits"`,
        [tx.tenant, principal.org, source.system, source.id],
      );
      return row ?? { referralId: null, line: null, told: null, waitsForPerson: false, withdrawalWaits: false };
    });
  }

  async finish(principal: Principal, id: string, done: Finished): Promise<void> {
    await this.database.inTenant(principal, async (tx) => {
      const finished = await tx.execute(
        `update fhir_message set state = $3, why = $4, referral_id = $5, told = $6, answer = $7 where tenant = $1 and id = $2 and state = 'begun'`,
        [tx.tenant, id, done.answer.state, done.why, done.referralId, JSON.stringify(done.told), JSON.stringify(done.answer.resource)],
      );
      // The same message at the same time: the other one has finished it.
      if (finished > 0 && done.payload !== null) await keepPayload(tx, id, done.payload);
    });
  }

  /** A message that was refused may be mended and sent again under its id. */
  async forget(principal: Principal, id: string): Promise<void> {
    await this.database.inTenant(principal, (tx) =>
      tx.execute(`delete from fhir_message where tenant = $1 and id = $2 and state = 'begun'`, [tx.tenant, id]),
    );
  }
}

const keepPayload = (tx: Tx, id: string, payload: string): Promise<number> =>
  tx.execute(`insert into fhir_payload (tenant, message, provider, payload) values ($1, $2, $3, $4)`, [
    tx.tenant,
    id,
    tx.principal.org,
    payload,
  ]);
