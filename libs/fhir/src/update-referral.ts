import { readIdentity, type Tx } from '#database';
import { Clock, notFound, type LocalDate } from '#kernel';
import {
  disputeBirthDate,
  mustBeMine,
  RecordEvent,
  Referrals,
  referralViews,
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
import type { Known, Told } from './message-store.js';
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
    private readonly clock: Clock,
    private readonly referrals: Referrals,
    private readonly recordEvent: RecordEvent,
  ) {}

  /** @returns the referral as it stands now, and in words for the sender what was not taken over of what it said of the child */
  async update(
    tx: Tx,
    { referralId: id, numberKey, told: before }: Pick<Known, 'numberKey' | 'told'> & { referralId: string },
    referral: NewReferral,
    told: Told,
  ): Promise<{ referral: ReferralView; notes: string[] }> {
    const view = await this.#view(tx, id);
    const held = await heldDetails(tx, view);
    const last = before ?? { priority: view.priority, authoredOn: view.authoredOn, sourceOfReferral: view.sourceOfReferral, details: held };
    if (told.priority && told.priority !== last.priority && told.priority !== view.priority) {
      const data = { priority: told.priority as Priority, reason: 'told by the referrer' };
      await this.recordEvent.recordIn(tx, id, { type: 'priority-changed', occurredOn: this.clock.today(), data });
    }
    const patch: ReferralPatch = {};
    if (told.authoredOn && told.authoredOn !== last.authoredOn) patch.authoredOn = told.authoredOn;
    if (told.sourceOfReferral && told.sourceOfReferral !== last.sourceOfReferral) patch.sourceOfReferral = told.sourceOfReferral;
    const details = changed(told.details ?? {}, last.details ?? {});
    if (Object.keys(details).some((name) => details[name] !== held[name])) patch.details = { ...held, ...details };
    if (Object.keys(patch).length > 0) await this.referrals.patchIn(tx, id, patch);
    const contacts = referral.contacts ?? [];
    if (contacts.length > 0 && told.contacts !== last.contacts) {
      const known = await this.#heldContacts(tx, view.personId);
      await this.referrals.putContactsIn(tx, view.personId, mergeContacts(known, contacts));
    }
    const notes = numberKey === null && referral.person.nhsNumber ? [NUMBER_IS_NEW] : [];
    if (told.birthDate !== last.birthDate) notes.push(...(await this.#birthDate(tx, view.personId, referral.person.birthDate)));
    return { referral: await this.#view(tx, id), notes };
  }

  async #view(tx: Tx, id: string): Promise<ReferralView> {
    await mustBeMine(tx, id);
    const [view] = await referralViews(tx, [id], this.clock.today());
    if (!view) throw notFound('referral');
    return view;
  }

  /** Another birth date than the one this provider holds puts the child in dispute, as it does when a referral is received. */
  async #birthDate(tx: Tx, personId: string, told: LocalDate): Promise<string[]> {
    const now = this.clock.now();
    const held = await readIdentity(tx, now, 'birth date told by the referrer', [personId], () =>
      tx.one<{ birthDate: LocalDate }>(
        `select birth_date as "birthDate" from person_identity where tenant = $1 and person_id = $2 and provider = $3`,
        [tx.tenant, personId, tx.principal.org],
      ),
    );
    if (held?.birthDate === told) return [];
    await disputeBirthDate(tx, personId, told, now);
    return [IN_DISPUTE];
  }

  async #heldContacts(tx: Tx, personId: string): Promise<ContactDto[]> {
    return readIdentity(tx, this.clock.now(), 'contacts told by the referrer', [personId], () =>
      tx.query<ContactDto>(
        `select name, relationship, role, parental_responsibility as "parentalResponsibility", household, may_contact as "mayContact",
            may_know_of as "mayKnowOf", phone, email, preferred_channel as "preferredChannel", language, format, valid_to as "validTo"
          from contact where tenant = $1 and person_id = $2 and provider = $3 and (valid_to is null or valid_to >= $4) order by id`,
        [tx.tenant, personId, tx.principal.org, this.clock.today()],
      ),
    );
  }
}

const NUMBER_IS_NEW = 'The NHS number was not taken over: this child is held without one, and a person must say that it is the same child.';
const IN_DISPUTE =
  'The birth date is not the one that is held: the child is in dispute, and its family is sent nothing until a person has decided which is right.';

async function heldDetails(tx: Tx, { id, service }: ReferralView): Promise<Record<string, unknown>> {
  const row = await tx.manager.findOneBy(serviceLine(service).details, { tenant: tx.tenant, referralId: id } as object);
  if (row === null) throw notFound('referral');
  const { tenant: _, referralId: __, ...details } = row as Record<string, unknown>;
  return details;
}

const changed = (now: Record<string, unknown>, before: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== undefined && value !== before[name]));
