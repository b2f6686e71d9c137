import { Database, audit, PREPARED, ReadTooEarly, readIdentity, type Tx } from '#database';
import { Escalations } from '#escalations';
import { ageOn, brokenRule, Clock, DomainError, isSystem, notFound, type LocalDate, type Principal } from '#kernel';
import { serviceLine } from '#service-lines';
import { progressOf, type PathwayEvent, type Priority, type Progress } from '#waits';
import { Injectable } from '@nestjs/common';
import { recordDeath, takeBackDeath } from './death.js';
import { checkEvent, checkVoid, type NewEvent } from './event-rules.js';
import { pathwayEvents } from './referral-view.js';
import { offerTo } from './transfer.js';

export interface LockedReferral {
  id: string;
  pathwayId: string;
  personId: string;
  line: string;
}

/** Tells of a referral what happened: one event, checked against all that was told before, in one transaction. */
@Injectable()
export class RecordEvent {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly escalations: Escalations,
  ) {}

  /** @returns the event's number in its referral */
  async record(principal: Principal, referralId: string, event: NewEvent): Promise<{ seq: number }> {
    return this.database.inTenant(principal, (tx) => this.recordIn(tx, referralId, event));
  }

  /** The same as part of a transaction that does more. */
  async recordIn(tx: Tx, referralId: string, event: NewEvent): Promise<{ seq: number }> {
    const now = this.clock.now();
    const referral = await lockForChange(tx, referralId, now);
    const events = (await pathwayEvents(tx, [referral.pathwayId])).get(referral.pathwayId) ?? [];
    const line = serviceLine(referral.line);
    const progress = progressOf(events, line.rules).get(referralId);
    // Every referral has a receipt: this one was joined to another pathway while we waited for the one it stood on.
    if (!progress) throw new ReadTooEarly();
    refuseOthers(tx.principal, progress, event.type);
    const told =
      event.type === 'event-voided'
        ? await this.#voiding(tx, referral, events, event, now)
        : await this.#telling(tx, referral, progress, event, now);
    const seq = await appendEvent(tx, referral, told, now);
    await audit(tx, now, { action: 'event-recorded', purpose: told.type, personIds: [referral.personId], detail: { referralId, seq } });
    return { seq };
  }

  async #voiding(tx: Tx, referral: LockedReferral, events: PathwayEvent[], event: NewEvent, now: Date): Promise<NewEvent> {
    const target = checkVoid(event.data.seq, events, referral.id);
    if (target.type === 'died') await takeBackDeath(tx, referral, String(event.data.reason), now, this.clock.today());
    return { ...event, occurredOn: this.clock.today() };
  }

  /** What an event brings with it besides its row. */
  async #telling(tx: Tx, referral: LockedReferral, progress: Progress, event: NewEvent, now: Date): Promise<NewEvent> {
    checkEvent(event, progress, tx.principal, this.clock.today());
    switch (event.type) {
      case 'received-on-corrected':
        return {
          ...event,
          data: {
            ...event.data,
            facts: { ...progress.facts, ageAtReferral: await this.#ageOn(tx, referral, event.data.receivedOn ?? null, now) },
          },
        };
      case 'priority-changed': {
        const risk = serviceLine(referral.line).urgentRisk({}, event.data.priority as Priority);
        if (risk)
          await this.escalations.open(tx, {
            personId: referral.personId,
            referralId: referral.id,
            line: referral.line,
            provider: progress.provider,
            ...risk,
          });
        return event;
      }
      case 'transferred':
        await offerTo(tx, referral, progress, event.data.toProvider ?? '', now);
        return event;
      case 'died':
        await recordDeath(tx, referral, event.occurredOn, now);
        return event;
      default:
        return event;
    }
  }

  async #ageOn(tx: Tx, referral: LockedReferral, day: LocalDate | null, now: Date): Promise<number | null> {
    if (day === null) return null;
    const row = await readIdentity(tx, now, 'age at a corrected receipt', [referral.personId], () =>
      tx.one<{ birthDate: LocalDate }>(
        `select birth_date as "birthDate" from person_identity where tenant = $1 and person_id = $2 limit 1`,
        [tx.tenant, referral.personId],
      ),
    );
    if (row && day < row.birthDate) throw brokenRule('data.receivedOn', 'must not be before the child was born');
    return row ? ageOn(row.birthDate, day) : null;
  }
}

/** Marks the pathway as changed, which locks it, if the principal's organisation may read the referral. What is not yours is not there. */
export async function lockForChange(tx: Tx, referralId: string, now: Date): Promise<LockedReferral> {
  const row = await tx.one<LockedReferral>(
    `with mine as (select r.id, r.pathway_id, r.person_id, r.line from referral r
        where r.tenant = $1 and r.id = $2 and (exists (select from referral_party y where y.tenant = r.tenant and y.referral_id = r.id and y.provider = $3) or $4)),
      changed as (update pathway p set changed = p.changed + 1, changed_at = $5 from mine m where p.tenant = $1 and p.id = m.pathway_id)
      select id, pathway_id as "pathwayId", person_id as "personId", line from mine`,
    [tx.tenant, referralId, tx.principal.org, isSystem(tx.principal), now],
    PREPARED,
  );
  if (!row) throw notFound('referral');
  return row;
}

/** Who may tell: the provider that has the child on its list; and of a transfer's acceptance, the one it was offered to. */
function refuseOthers(principal: Principal, progress: Progress, type: string): void {
  if (isSystem(principal)) return;
  if (type === 'transfer-accepted') {
    if (progress.transferTo === null) throw brokenRule('type', 'no transfer is waiting to be accepted');
    if (progress.transferTo !== principal.org)
      throw new DomainError('forbidden', 'Only the provider a transfer was offered to may accept it.');
  } else if (progress.provider !== principal.org) {
    throw new DomainError('forbidden', 'This referral is on another provider’s list: you may read it.');
  }
}

/** Appends an event; its pathway is locked, so its number is its own. */
export async function appendEvent(tx: Tx, referral: { id: string; pathwayId: string }, event: NewEvent, now: Date): Promise<number> {
  const row = await tx.one<{ seq: number }>(
    `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
      select $1, $2, $3, coalesce(max(seq), 0) + 1, $4, $5, $6, $7, $8, $9 from pathway_event where tenant = $1 and pathway_id = $2 and referral_id = $3
      returning seq`,
    [
      tx.tenant,
      referral.pathwayId,
      referral.id,
      event.type,
      event.occurredOn,
      JSON.stringify(event.data),
      now,
      tx.principal.subject,
      tx.principal.org,
    ],
    PREPARED,
  );
  return row?.seq ?? 0;
}
