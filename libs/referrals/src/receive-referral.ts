import { Secrets } from '#config';
import { audit, Database, PREPARED, ReadTooEarly, type Tx } from '#database';
import { Escalations } from '#escalations';
import { ageOn, brokenRule, Clock, DomainError, newId, type LocalDate, type Principal } from '#kernel';
import { serviceLine } from '#service-lines';
import type { PathwayEvent, ReferralFacts } from '#waits';
import { Injectable } from '@nestjs/common';
import { requestDigest } from './matching-keys.js';
import type { NewReferral } from './new-referral.js';
import { keepChild, matchPerson } from './people.js';
import { referralProblems } from './referral-rules.js';
import { referralViews, viewOfReferral, type ReferralView } from './referral-view.js';

export interface Received {
  referral: ReferralView;
  /** False when this source id was held already, with the same content. */
  isNew: boolean;
}

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
    return this.database.inTenant(principal, (tx) => this.#receive(tx, request, digest));
  }

  /** The same as part of a transaction that does more. */
  async receiveIn(tx: Tx, request: NewReferral): Promise<Received> {
    this.#check(tx.principal, request);
    return this.#receive(tx, request, requestDigest(request));
  }

  async #receive(tx: Tx, request: NewReferral, digest: Buffer): Promise<Received> {
    const { serviceId, heldId, heldDigest } = await lookUp(tx, request);
    if (heldId !== null) return this.#held(tx, heldId, heldDigest?.equals(digest) ?? false);
    if (serviceId === null) throw brokenRule('service', 'is not offered by this provider');
    return this.#take(tx, request, digest, serviceId);
  }

  #check(principal: Principal, request: NewReferral): void {
    if (request.provider !== principal.org) throw new DomainError('forbidden', 'A provider takes in its own referrals only.');
    const [problem] = referralProblems(request, this.clock.today());
    if (problem) throw brokenRule(problem.path, problem.message);
  }

  async #held(tx: Tx, id: string, isSame: boolean): Promise<Received> {
    if (!isSame) throw new DomainError('conflict', 'This source id is held already, with other content: mend it with PATCH or an event.');
    const [referral] = await referralViews(tx, [id], this.clock.today());
    if (!referral) throw new Error('A held referral has no view.');
    return { referral, isNew: false };
  }

  async #take(tx: Tx, request: NewReferral, digest: Buffer, serviceId: string): Promise<Received> {
    const now = this.clock.now();
    const line = serviceLine(request.service);
    const person = await matchPerson(tx, request.person, this.secrets, now);
    const pathwayId = await keepChild(tx, person.id, request, now);
    const id = newId(now);
    const events = this.#receipt(request, id, person.diedOn, now);
    const isNew = await recordReceipt(tx, request, events, { id, pathwayId, personId: person.id, serviceId, digest });
    // Another request with the same source id was first: it is held by now.
    if (!isNew) throw new ReadTooEarly();
    await tx.manager.insert(line.details, { ...request.details, tenant: tx.tenant, referralId: id });
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

interface Found {
  /** The service asked for; null when the provider does not offer it. */
  serviceId: string | null;
  /** The referral held under this source id already. */
  heldId: string | null;
  heldDigest: Buffer | null;
}

// Intake is many small statements, and on a busy server each costs more on its way than in its work: what can go together does (bench intake).

/** What is known of the service and of the source id. */
async function lookUp(tx: Tx, { service, provider, source }: NewReferral): Promise<Found> {
  const row = await tx.one<Found>(
    `select (select id from service where tenant = $1 and line = $2 and provider = $3) as "serviceId", r.id as "heldId", r.digest as "heldDigest"
      from (values (1)) always
      left join referral r on r.tenant = $1 and r.provider = $3 and r.source_system = $4 and r.source_id = $5`,
    [tx.tenant, service, provider, source.system, source.id],
    PREPARED,
  );
  if (!row) throw new Error('A statement that always gives a row gave none.');
  return row;
}

interface ReferralKeys {
  id: string;
  pathwayId: string;
  personId: string;
  serviceId: string;
  digest: Buffer;
}

/**
 * The referral, its provider's right to read it, and its first events.
 * @returns false when another request with the same source id was first; nothing was written then
 */
async function recordReceipt(tx: Tx, request: NewReferral, events: readonly PathwayEvent[], keys: ReferralKeys): Promise<boolean> {
  const written = await tx.execute(
    `with taken as (
        insert into referral (tenant, id, pathway_id, person_id, service_id, line, provider, source_system, source_id, digest, authored_on,
          source_of_referral, need, recorded_at, recorded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict (tenant, provider, source_system, source_id) do nothing returning id),
      party as (insert into referral_party (tenant, referral_id, provider, since) select $1, id, $7, $14 from taken)
      insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select $1, $3, taken.id, e.seq, e.type, e."occurredOn", e.data, $14, $15, $7
      from taken, jsonb_to_recordset($16) as e (seq integer, type text, "occurredOn" date, data jsonb)`,
    [
      tx.tenant,
      keys.id,
      keys.pathwayId,
      keys.personId,
      keys.serviceId,
      request.service,
      request.provider,
      request.source.system,
      request.source.id,
      keys.digest,
      request.authoredOn ?? null,
      request.sourceOfReferral,
      serviceLine(request.service).needOf(request.details),
      events[0]?.recordedAt,
      tx.principal.subject,
      JSON.stringify(events),
    ],
    PREPARED,
  );
  return written > 0;
}
