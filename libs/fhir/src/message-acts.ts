import { Secrets, Settings } from '#config';
import type { Tx } from '#database';
import { Clock, DomainError } from '#kernel';
import { holdMessages } from '#message-holds';
import { birthDateKey, nhsNumberKey, ReceiveReferral, type NewReferral, type ReferralView } from '#referrals';
import { Injectable } from '@nestjs/common';
import { messageResponse } from './message-response.js';
import type { Finished, Known } from './message-store.js';
import type { Message } from './message.js';
import { PERSON_PATHS } from './patient.js';
import type { Problem } from './problem.js';
import { fhirPath, type Translation } from './translate.js';
import { toldOf, UpdateReferral } from './update-referral.js';

/** What a message does to the list. */
@Injectable()
export class MessageActs {
  constructor(
    private readonly settings: Settings,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly receiveReferral: ReceiveReferral,
    private readonly updateReferral: UpdateReferral,
  ) {}

  async act(tx: Tx, message: Message, translation: Translation, known: Known): Promise<Finished> {
    const { newReferral } = translation;
    if (newReferral === null) throw new Error('A message without a problem has no referral.');
    const told = { ...toldOf(translation), birthDate: this.#birthDateDigest(tx, newReferral) };
    const { referral, notes } =
      known.referralId === null || message.reason === 'new'
        ? { referral: await this.#receive(tx, newReferral), notes: [] }
        : await this.updateReferral.update(tx, { ...known, referralId: known.referralId }, newReferral, told);
    const endpoint = `${this.settings.publicUrl}/v1/fhir`;
    const resource = messageResponse(message, referral, [...translation.notes, ...notes], endpoint, this.clock.now());
    return { answer: { state: 'taken', resource }, referralId: referral.id, why: null, told, payload: null };
  }

  /** An update that names another NHS number than its referral's child has may be about another child: a person looks. */
  ofAnotherChild(tx: Tx, message: Message, { newReferral }: Translation, { referralId, numberKey }: Known): Problem[] {
    const number = newReferral?.person.nhsNumber;
    if (message.reason !== 'update' || referralId === null || numberKey === null || !number) return [];
    if (nhsNumberKey(this.secrets.nhsNumberKey, tx.tenant, number).equals(numberKey)) return [];
    return [{ code: 'nhs-number', path: PERSON_PATHS['nhsNumber'] ?? '', expected: 'the NHS number of the child whose referral is held' }];
  }

  /** A message that says the child has died waits for a person; the family is not written to meanwhile. */
  async holdHousehold(tx: Tx, { referralId }: Known, { nhsNumber }: Translation): Promise<void> {
    const key = nhsNumber === null ? null : nhsNumberKey(this.secrets.nhsNumberKey, tx.tenant, nhsNumber);
    const people = await tx.query<{ id: string }>(
      `select p.id from person p where p.tenant = $1 and p.died_on is null
        and (p.nhs_number_key = $2 or p.id = (select r.person_id from referral r where r.tenant = $1 and r.id = $3))`,
      [tx.tenant, key, referralId],
    );
    await holdMessages(
      tx,
      people.map(({ id }) => id),
      { why: 'a message that tells of a death was set aside', now: this.clock.now() },
    );
  }

  /** Tells whether a sender gives the birth date it gave before. Keyed by the referral too, so that it tells nothing of other children. */
  #birthDateDigest({ tenant }: Tx, { source, person }: NewReferral): string {
    return birthDateKey(this.secrets.nhsNumberKey, tenant, `${source.system}|${source.id}`, person.birthDate).toString('base64');
  }

  async #receive(tx: Tx, referral: NewReferral): Promise<ReferralView> {
    try {
      return (await this.receiveReferral.receiveIn(tx, referral)).referral;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new DomainError(
        error.kind,
        error.message,
        error.errors.map((e) => ({ path: fhirPath(e.path), message: e.message })),
      );
    }
  }
}
