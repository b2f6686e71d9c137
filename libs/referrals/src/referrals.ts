import { audit, Database, readIdentity, type Tx } from '#database';
import { Clock, DomainError, isSystem, notFound, type LocalDate, type Principal } from '#kernel';
import { Escalations } from '#escalations';
import { serviceLine } from '#service-lines';
import { MOST_COUNTED, replay, RULES_VERSION, serviceChoices, staleness, viewWaits, type PathwayEvent, type WaitView } from '#waits';
import { Injectable } from '@nestjs/common';
import { linkedReferrals, type LinkedReferral } from './linked-referrals.js';
import type { ContactDto, ReferralPatch } from './new-referral.js';
import { replaceContacts } from './people.js';
import { appendEvent, lockForChange, type LockedReferral } from './record-event.js';
import { pathwayEvents, referralViews, type ReferralView } from './referral-view.js';

export interface WaitsAnswer {
  referralId: string;
  asOf: LocalDate;
  knownAt: string;
  rulesVersion: string;
  waits: WaitView[];
}

export interface ReferralListItem {
  id: string;
  service: string;
  provider: string;
  receivedOn: LocalDate | null;
  priority: string;
  state: string;
  stage: string | null;
  endReason: string | null;
  personId: string;
  /** Of the line's headline measure; null where its start is unknown or it has none. */
  days: number | null;
  breachOn: LocalDate | null;
  nextCheckInOn: LocalDate | null;
}

export interface ReferralListFilter {
  service?: string | undefined;
  state?: string | undefined;
  stage?: string | undefined;
  provider?: string | undefined;
  breachedOn?: LocalDate | undefined;
  limit: number;
  /** Days and id of the last one shown. */
  after?: { days: number; id: string } | undefined;
}

export interface ReferralList {
  items: ReferralListItem[];
  /** Referrals of these lists that are not computed yet, and since when the oldest waits for it. */
  notYetComputed: number;
  oldest: Date | null;
}

/** Reading referrals: one is folded on request and never behind; lists come from what the workers have computed, and say how far that is. */
@Injectable()
export class Referrals {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly escalations: Escalations,
  ) {}

  async get(principal: Principal, id: string): Promise<ReferralView & { linked: LinkedReferral[] }> {
    return this.database.inTenant(principal, async (tx) => {
      await mustBeMine(tx, id);
      const [view] = await referralViews(tx, [id], this.clock.today());
      if (!view) throw notFound('referral');
      return { ...view, linked: await linkedReferrals(tx, view, this.clock.today()) };
    });
  }

  /** The waits that cover a referral, as of any day and as known at any instant, with their working. */
  async waits(
    principal: Principal,
    id: string,
    options: { asOf?: LocalDate | undefined; knownAt?: Date | undefined } = {},
  ): Promise<WaitsAnswer> {
    const asOf = options.asOf ?? this.clock.today();
    const knownAt = options.knownAt ?? this.clock.now();
    return this.database.inTenant(principal, async (tx) => {
      const { pathwayId, line } = await mustBeMine(tx, id);
      const events = (await pathwayEvents(tx, [pathwayId])).get(pathwayId) ?? [];
      const choices = await serviceChoices(tx);
      const { rules } = serviceLine(line);
      const result = replay(events, rules, (provider) => choices(line, provider), {
        asOf: knownFrom(events, id, asOf),
        knownAt,
        working: true,
      });
      return {
        referralId: id,
        asOf,
        knownAt: knownAt.toISOString(),
        rulesVersion: RULES_VERSION,
        waits: viewWaits(result, id, rules, asOf),
      };
    });
  }

  /** The line of a referral that is yours. */
  async lineOf(principal: Principal, id: string): Promise<string> {
    return this.database.inTenant(principal, async (tx) => (await mustBeMine(tx, id)).line);
  }

  async events(principal: Principal, id: string): Promise<PathwayEvent[]> {
    return this.database.inTenant(principal, async (tx) => {
      const { pathwayId } = await mustBeMine(tx, id);
      return ((await pathwayEvents(tx, [pathwayId])).get(pathwayId) ?? []).filter((e) => e.referralId === id);
    });
  }

  async list(principal: Principal, filter: ReferralListFilter): Promise<ReferralList> {
    return this.database.inTenant(principal, async (tx) => {
      const items = await longestWaits(tx, filter, this.clock.today());
      return { items, ...(await staleness(tx, MOST_COUNTED)) };
    });
  }

  /** Mends details and source fields. What the clocks read of them is told as an event, so that the waits follow. */
  async patch(principal: Principal, id: string, patch: ReferralPatch): Promise<ReferralView> {
    await this.database.inTenant(principal, (tx) => this.patchIn(tx, id, patch));
    return this.get(principal, id);
  }

  /** The same as part of a transaction that does more. */
  async patchIn(tx: Tx, id: string, patch: ReferralPatch): Promise<void> {
    const now = this.clock.now();
    const referral = await lockForChange(tx, id, now);
    const [view] = await referralViews(tx, [id], this.clock.today());
    if (view?.provider !== tx.principal.org && !isSystem(tx.principal))
      throw new DomainError('forbidden', 'This referral is on another provider’s list: you may read it.');
    const line = serviceLine(referral.line);
    await tx.execute(
      `update referral set source_of_referral = coalesce($3, source_of_referral), authored_on = coalesce($4, authored_on), need = coalesce($5, need)
        where tenant = $1 and id = $2`,
      [tx.tenant, id, patch.sourceOfReferral ?? null, patch.authoredOn ?? null, patch.details ? line.needOf(patch.details) : null],
    );
    if (patch.details) {
      await this.#openNewRisk(tx, referral, view?.provider ?? tx.principal.org, patch.details);
      await tx.manager.update(line.details, { tenant: tx.tenant, referralId: id }, { ...patch.details });
      const facts = { ...line.factsOf(patch.details) };
      await appendEvent(tx, referral, { type: 'details-corrected', occurredOn: this.clock.today(), data: { facts: facts as never } }, now);
    }
    await audit(tx, now, {
      action: 'referral-mended',
      purpose: 'correction',
      personIds: [referral.personId],
      detail: { referralId: id, fields: Object.keys(patch) },
    });
  }

  /** A risk that was not known before is somebody's to look at today, as when a referral comes with it. */
  async #openNewRisk(tx: Tx, { id, personId, line: code }: LockedReferral, provider: string, details: object): Promise<void> {
    const line = serviceLine(code);
    const held = await tx.manager.findOneBy(line.details, { tenant: tx.tenant, referralId: id } as object);
    const risk = line.urgentRisk(details, 'routine');
    if (risk && (held === null || line.urgentRisk(held, 'routine')?.reason !== risk.reason))
      await this.escalations.open(tx, { personId, referralId: id, line: code, provider, ...risk });
  }

  /** Replaces the contacts this provider holds for a child it knows. */
  async putContacts(principal: Principal, personId: string, contacts: readonly ContactDto[]): Promise<void> {
    await this.database.inTenant(principal, (tx) => this.putContactsIn(tx, personId, contacts));
  }

  /** The same as part of a transaction that does more. */
  async putContactsIn(tx: Tx, personId: string, contacts: readonly ContactDto[]): Promise<void> {
    const now = this.clock.now();
    await mustKnow(tx, personId);
    await readIdentity(tx, now, 'replace contacts', [personId], () =>
      replaceContacts(tx, personId, tx.principal.org, contacts, this.clock.today()),
    );
    await audit(tx, now, {
      action: 'contacts-replaced',
      purpose: 'correction',
      personIds: [personId],
      detail: { contacts: contacts.length },
    });
  }
}

/** An unknown start may lie anywhere before the day we first heard: on earlier days it is shown as unknown, not as absent. */
function knownFrom(events: readonly PathwayEvent[], referralId: string, asOf: LocalDate): LocalDate {
  const receipt = events.find((e) => e.referralId === referralId && e.type === 'referral-received');
  return receipt && !receipt.data.receivedOn && asOf < receipt.occurredOn ? receipt.occurredOn : asOf;
}

/** What is not yours is not there. */
export async function mustBeMine(tx: Tx, referralId: string): Promise<{ pathwayId: string; personId: string; line: string }> {
  const row = await tx.one<{ pathwayId: string; personId: string; line: string }>(
    `select r.pathway_id as "pathwayId", r.person_id as "personId", r.line from referral r
      where r.tenant = $1 and r.id = $2 and (exists (select from referral_party y where y.tenant = r.tenant and y.referral_id = r.id and y.provider = $3) or $4)`,
    [tx.tenant, referralId, tx.principal.org, isSystem(tx.principal)],
  );
  if (!row) throw notFound('referral');
  return row;
}

/** A child this provider has, or has had, a referral of. */
export async function mustKnow(tx: Tx, personId: string): Promise<void> {
  const row = await tx.one(
    `select r.id from referral r join referral_party y on y.tenant = r.tenant and y.referral_id = r.id
      where r.tenant = $1 and r.person_id = $2 and y.provider = $3 limit 1`,
    [tx.tenant, personId, tx.principal.org],
  );
  if (!row) throw notFound('child');
}

async function longestWaits(tx: Tx, filter: ReferralListFilter, today: LocalDate): Promise<ReferralListItem[]> {
  return tx.query<ReferralListItem>(
    `select s.referral_id as id, s.line as service, s.provider, s.received_on as "receivedOn", s.priority, s.state,
        coalesce(s.stage, s.review_on::text) as stage, s.end_reason as "endReason", s.person_id as "personId",
        coalesce(s.headline_stopped_on, $3::date) - s.headline_started_on as days, s.headline_breach_on as "breachOn", s.next_check_in_on as "nextCheckInOn"
      from referral_state s
      where s.tenant = $1 and s.provider = $2 and ($4::text is null or s.line = $4) and ($5::text is null or s.state = $5) and ($6::text is null or s.stage = $6)
        and ($7::text is null or s.provider = $7) and ($8::date is null or s.headline_breach_on = $8)
        and ($9::integer is null or (coalesce(coalesce(s.headline_stopped_on, $3::date) - s.headline_started_on, -1), s.referral_id) < ($9, $10::uuid))
      order by coalesce(coalesce(s.headline_stopped_on, $3::date) - s.headline_started_on, -1) desc, s.referral_id desc limit $11`,
    [
      tx.tenant,
      tx.principal.org,
      today,
      filter.service ?? null,
      filter.state ?? null,
      filter.stage ?? null,
      filter.provider ?? null,
      filter.breachedOn ?? null,
      filter.after?.days ?? null,
      filter.after?.id ?? null,
      filter.limit,
    ],
  );
}
