import { Secrets } from '#config';
import { audit, Database, type Tx } from '#database';
import { Escalations } from '#escalations';
import { ageOn, brokenRule, Clock, DomainError, newId, type LocalDate, type Principal } from '#kernel';
import { serviceLine } from '#service-lines';
import type { PathwayEvent, ReferralFacts } from '#waits';
import { Injectable } from '@nestjs/common';
import { requestDigest } from './matching-keys.js';
import type { NewReferral } from './new-referral.js';
import { keepContacts, keepIdentity, matchPerson } from './people.js';
import { referralViews, viewOfReferral, type ReferralView } from './referral-view.js';

export interface Received {
  referral: ReferralView;
  /** False when this source id was held already, with the same content. */
  isNew: boolean;
}

/** Another request with the same source id was first: look again. */
class LostRace extends Error {}

/** Takes a referral in, in one transaction: person matched or made, pathway, referral, its receipt, and for urgent risk its escalation. */
@Injectable()
export class ReceiveReferral {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly escalations: Escalations,
  ) {}

  /** @throws DomainError rule, forbidden, or conflict when the source id is held with other content */
  async receive(principal: Principal, request: NewReferral): Promise<Received> {
    this.#check(principal, request);
    const digest = requestDigest(request);
    for (;;) {
      try {
        return await this.database.inTenant(
          principal,
          async (tx) => (await this.#held(tx, request, digest)) ?? this.#take(tx, request, digest),
        );
      } catch (error) {
        if (!(error instanceof LostRace)) throw error;
      }
    }
  }

  #check(principal: Principal, request: NewReferral): void {
    const today = this.clock.today();
    if (request.provider !== principal.org) throw new DomainError('forbidden', 'A provider takes in its own referrals only.');
    if (request.receivedOn && request.receivedOn > today) throw brokenRule('receivedOn', 'must not be after today');
    if (request.authoredOn && request.authoredOn > today) throw brokenRule('authoredOn', 'must not be after today');
    const { birthDate } = request.person;
    if (birthDate > (request.receivedOn ?? today))
      throw brokenRule('person.birthDate', 'must not be after the day the referral was received');
    if (ageOn(birthDate, request.receivedOn ?? today) > 25)
      throw brokenRule('person.birthDate', 'must be of a person of at most 25: these are lists of children and young people');
  }

  async #held(tx: Tx, { provider, source }: NewReferral, digest: Buffer): Promise<Received | null> {
    const row = await tx.one<{ id: string; digest: Buffer }>(
      `select id, digest from referral where tenant = $1 and provider = $2 and source_system = $3 and source_id = $4`,
      [tx.tenant, provider, source.system, source.id],
    );
    if (!row) return null;
    if (!row.digest.equals(digest))
      throw new DomainError('conflict', 'This source id is held already, with other content: mend it with PATCH or an event.');
    const [referral] = await referralViews(tx, [row.id], this.clock.today());
    if (!referral) throw new Error('A held referral has no view.');
    return { referral, isNew: false };
  }

  async #take(tx: Tx, request: NewReferral, digest: Buffer): Promise<Received> {
    const now = this.clock.now();
    const line = serviceLine(request.service);
    const service = await tx.one<{ id: string }>(`select id from service where tenant = $1 and line = $2 and provider = $3`, [
      tx.tenant,
      line.code,
      request.provider,
    ]);
    if (!service) throw brokenRule('service', 'is not offered by this provider');
    const person = await matchPerson(tx, request.person, this.secrets, now);
    await keepIdentity(tx, person.id, request.provider, request.person);
    await keepContacts(tx, person.id, request.provider, request.contacts ?? []);
    const pathwayId = await changedPathway(tx, person.id, line.code, now);
    const id = newId(now);
    const held = await tx.query(
      `insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, authored_on, source_of_referral, need,
          recorded_at, recorded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict (tenant, provider, source_system, source_id) do nothing returning id`,
      [
        tx.tenant,
        id,
        pathwayId,
        person.id,
        service.id,
        line.code,
        request.provider,
        request.source.system,
        request.source.id,
        digest,
        request.authoredOn ?? null,
        request.sourceOfReferral,
        line.needOf(request.details),
        now,
        tx.principal.subject,
      ],
    );
    if (held.length === 0) throw new LostRace();
    await tx.manager.insert(line.details, { ...request.details, tenant: tx.tenant, referralId: id });
    const events = this.#receipt(request, id, person.diedOn, now);
    await recordReceipt(tx, events, { id, pathwayId, provider: request.provider });
    await audit(tx, now, { action: 'referral-received', purpose: 'intake', personIds: [person.id], detail: { referralId: id } });
    const risk = line.urgentRisk(request.details, request.priority);
    const escalationId = risk
      ? await this.escalations.open(tx, { personId: person.id, referralId: id, line: line.code, provider: request.provider, ...risk })
      : null;
    const row = {
      id,
      pathwayId,
      personId: person.id,
      line: line.code,
      provider: request.provider,
      authoredOn: request.authoredOn ?? null,
      system: request.source.system,
      sourceId: request.source.id,
      sourceOfReferral: request.sourceOfReferral,
      need: line.needOf(request.details),
      escalationId,
    };
    return { referral: viewOfReferral(row, events, this.clock.today()), isNew: true };
  }

  /** The receipt with all that the clocks read of it; and the death of a child who is known to have died. */
  #receipt(request: NewReferral, referralId: string, diedOn: LocalDate | null, now: Date): PathwayEvent[] {
    const occurredOn = request.receivedOn ?? this.clock.today();
    const facts: ReferralFacts = {
      ...serviceLine(request.service).factsOf(request.details),
      ageAtReferral: ageOn(request.person.birthDate, occurredOn),
      localAuthority: request.person.localAuthority ?? null,
    };
    const data = { provider: request.provider, receivedOn: request.receivedOn ?? null, priority: request.priority, facts };
    const receipt: PathwayEvent = { referralId, seq: 1, type: 'referral-received', occurredOn, data, recordedAt: now };
    return diedOn === null ? [receipt] : [receipt, { referralId, seq: 2, type: 'died', occurredOn: diedOn, data: {}, recordedAt: now }];
  }
}

/** The first events of a referral and its provider's right to read it: one statement. */
async function recordReceipt(
  tx: Tx,
  events: readonly PathwayEvent[],
  referral: { id: string; pathwayId: string; provider: string },
): Promise<void> {
  await tx.execute(
    `with party as (insert into referral_party (tenant, referral_id, provider, since) values ($1, $3, $4, $5))
      insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select $1, $2, $3, e.seq, e.type, e."occurredOn", e.data, $5, $6, $4
      from jsonb_to_recordset($7) as e (seq integer, type text, "occurredOn" date, data jsonb)`,
    [tx.tenant, referral.pathwayId, referral.id, referral.provider, events[0]?.recordedAt, tx.principal.subject, JSON.stringify(events)],
  );
}

/** The pathway of a child on a line, found or made, marked as changed and locked until the transaction ends. */
async function changedPathway(tx: Tx, personId: string, line: string, now: Date): Promise<string> {
  const row = await tx.one<{ id: string }>(
    `insert into pathway (tenant, id, person_id, line, changed_at) values ($1, $2, $3, $4, $5)
      on conflict (tenant, person_id, line) do update set changed = pathway.changed + 1, changed_at = excluded.changed_at returning id`,
    [tx.tenant, newId(now), personId, line, now],
  );
  if (!row) throw new Error('A pathway was neither found nor made.');
  return row.id;
}
