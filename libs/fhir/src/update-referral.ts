import { Database, readIdentity } from '#database';
import { Clock, notFound, type Principal } from '#kernel';
import {
  RecordEvent,
  Referrals,
  requestDigest,
  type ContactDto,
  type NewReferral,
  type ReferralPatch,
  type ReferralView,
} from '#referrals';
import { serviceLine } from '#service-lines';
import type { Priority } from '#waits';
import { Injectable } from '@nestjs/common';
import { mergeContacts } from './merge-contacts.js';
import type { Told } from './message-store.js';
import type { Translation } from './translate.js';

/** What a translated message said of all that an update may change. */
export const toldOf = ({ newReferral, told }: Translation): Told =>
  newReferral === null
    ? {}
    : {
        ...told,
        authoredOn: newReferral.authoredOn ?? null,
        details: { ...newReferral.details },
        contacts: requestDigest({ contacts: newReferral.contacts ?? [] }).toString('base64'),
      };

/**
 * Brings a held referral up to what its sender now says: as events and patches, like a person would.
 * Only what differs from the sender's last message is a change, so that a message told in full again undoes nothing staff have mended since.
 */
@Injectable()
export class UpdateReferral {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly referrals: Referrals,
    private readonly recordEvent: RecordEvent,
  ) {}

  async update(principal: Principal, id: string, referral: NewReferral, told: Told, before: Told | null): Promise<ReferralView> {
    const view = await this.referrals.get(principal, id);
    const held = await this.#heldDetails(principal, view);
    const last = before ?? { priority: view.priority, authoredOn: view.authoredOn, sourceOfReferral: view.sourceOfReferral, details: held };
    if (told.priority && told.priority !== last.priority && told.priority !== view.priority) {
      const data = { priority: told.priority as Priority, reason: 'told by the referrer' };
      await this.recordEvent.record(principal, id, { type: 'priority-changed', occurredOn: this.clock.today(), data });
    }
    const patch: ReferralPatch = {};
    if (told.authoredOn && told.authoredOn !== last.authoredOn) patch.authoredOn = told.authoredOn;
    if (told.sourceOfReferral && told.sourceOfReferral !== last.sourceOfReferral) patch.sourceOfReferral = told.sourceOfReferral;
    const details = changed(told.details ?? {}, last.details ?? {});
    if (Object.keys(details).some((name) => details[name] !== held[name])) patch.details = { ...held, ...details };
    if (Object.keys(patch).length > 0) await this.referrals.patch(principal, id, patch);
    const contacts = referral.contacts ?? [];
    if (contacts.length > 0 && told.contacts !== last.contacts) {
      const known = await this.#heldContacts(principal, view.personId);
      await this.referrals.putContacts(principal, view.personId, mergeContacts(known, contacts));
    }
    return this.referrals.get(principal, id);
  }

  async #heldDetails(principal: Principal, { id, service }: ReferralView): Promise<Record<string, unknown>> {
    return this.database.inTenant(principal, async (tx) => {
      const row = await tx.manager.findOneBy(serviceLine(service).details, { tenant: tx.tenant, referralId: id } as object);
      if (row === null) throw notFound('referral');
      const { tenant: _, referralId: __, ...details } = row as Record<string, unknown>;
      return details;
    });
  }

  async #heldContacts(principal: Principal, personId: string): Promise<ContactDto[]> {
    return this.database.inTenant(principal, (tx) =>
      readIdentity(tx, this.clock.now(), 'contacts told by the referrer', [personId], () =>
        tx.query<ContactDto>(
          `select name, relationship, role, parental_responsibility as "parentalResponsibility", household, may_contact as "mayContact",
              may_know_of as "mayKnowOf", phone, email, preferred_channel as "preferredChannel", language, format, valid_to as "validTo"
            from contact where tenant = $1 and person_id = $2 and provider = $3 and (valid_to is null or valid_to >= $4) order by id`,
          [tx.tenant, personId, principal.org, this.clock.today()],
        ),
      ),
    );
  }
}

const changed = (now: Record<string, unknown>, before: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== undefined && value !== before[name]));
