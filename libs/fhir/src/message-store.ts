import { Database, type Tx } from '#database';
import { Clock, DomainError, newId, type Principal } from '#kernel';
import type { SourceDto } from '#referrals';
import { Injectable } from '@nestjs/common';
import type { Message } from './message.js';
import type { Why } from './problem.js';

/** What a sender has said that an update may change. No identity: contacts only as a digest, the birth date as a keyed one. */
export interface Told {
  priority?: string | null;
  sourceOfReferral?: string | null;
  authoredOn?: string | null;
  details?: Record<string, unknown>;
  contacts?: string;
  birthDate?: string;
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
  /** The keyed hash of its child's NHS number; null where none is held. */
  numberKey: Buffer | null;
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

/** Messages, each done once: the row that notes it, what it does and its answer are one transaction, so they are all there or none of them is. */
@Injectable()
export class MessageStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Does a message, or answers as before where it has been done: told at the same time, the second waits for the first. A failure takes
   * everything back, so that a message that was refused may be mended and sent again under its id.
   * @throws DomainError conflict when another body came under this id
   */
  async once(
    principal: Principal,
    { message, source, digest }: { message: Message; source: SourceDto; digest: Buffer },
    work: (tx: Tx) => Promise<Finished>,
  ): Promise<Answer> {
    return this.database.inTenant(principal, async (tx) => {
      const { id, answer } = await this.#begin(tx, message, source, digest);
      if (answer !== null) return answer;
      const done = await work(tx);
      await finish(tx, id, done);
      return done.answer;
    });
  }

  async #begin(tx: Tx, message: Message, source: SourceDto, digest: Buffer): Promise<{ id: string; answer: Answer | null }> {
    const now = this.clock.now();
    const { tenant, principal } = tx;
    await tx.execute(
      `insert into fhir_message (tenant, id, provider, message_id, digest, reason, source_system, source_id, state, received_at, received_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'begun', $9, $10) on conflict (tenant, provider, message_id) do nothing`,
      [tenant, newId(now), principal.org, message.id, digest, message.reason, source.system, source.id, now, principal.subject],
    );
    const held = await tx.one<{ id: string; digest: Buffer; state: string; answer: object | null }>(
      `select id, digest, state, answer from fhir_message where tenant = $1 and provider = $2 and message_id = $3 for update`,
      [tenant, principal.org, message.id],
    );
    if (!held) throw new Error('A message that was begun is not there.');
    if (!held.digest.equals(digest)) throw new DomainError('conflict', 'A message with this id has been processed, with other content.');
    // What a person has resolved since is answered as it was then.
    const state = held.state === 'taken' ? 'taken' : 'set-aside';
    return { id: held.id, answer: held.answer === null ? null : { state, resource: held.answer } };
  }

  /** What the provider has under this source id. */
  async known(tx: Tx, source: SourceDto): Promise<Known> {
    const row = await tx.one<Known>(
      `with messages as materialized (select state, why, told, received_at, id from fhir_message
          where tenant = $1 and provider = $2 and source_system = $3 and source_id = $4)
        select r.id as "referralId", r.line, p.nhs_number_key as "numberKey",
          (select told from messages where state = 'taken' order by received_at desc, id desc limit 1) as told,
          exists (select from messages where state = 'set-aside') as "waitsForPerson",
          exists (select from messages where state = 'set-aside' and why = 'withdrawn') as "withdrawalWaits"
        from (values (1)) always
        left join referral r on r.tenant = $1 and r.provider = $2 and r.source_system = $3 and r.source_id = $4
        left join person p on p.tenant = r.tenant and p.id = r.person_id`,
      [tx.tenant, tx.principal.org, source.system, source.id],
    );
    if (!row) throw new Error('A statement that always gives a row gave none.');
    return row;
  }
}

/** Keeps what became of it, and the message itself where a person must read it. */
async function finish(tx: Tx, id: string, done: Finished): Promise<void> {
  await tx.execute(`update fhir_message set state = $3, why = $4, referral_id = $5, told = $6, answer = $7 where tenant = $1 and id = $2`, [
    tx.tenant,
    id,
    done.answer.state,
    done.why,
    done.referralId,
    JSON.stringify(done.told),
    JSON.stringify(done.answer.resource),
  ]);
  if (done.payload === null) return;
  await tx.execute(`insert into fhir_payload (tenant, message, provider, payload) values ($1, $2, $3, $4)`, [
    tx.tenant,
    id,
    tx.principal.org,
    done.payload,
  ]);
}
