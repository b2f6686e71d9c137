import { Settings } from '#config';
import { Clock, DomainError, type Principal } from '#kernel';
import { ReceiveReferral, type NewReferral, type ReferralView } from '#referrals';
import { Injectable } from '@nestjs/common';
import { messageResponse } from './message-response.js';
import type { Finished, Known } from './message-store.js';
import type { Message } from './message.js';
import { fhirPath, type Translation } from './translate.js';
import { toldOf, UpdateReferral } from './update-referral.js';

/** What a message does to the list. */
@Injectable()
export class MessageActs {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly receiveReferral: ReceiveReferral,
    private readonly updateReferral: UpdateReferral,
  ) {}

  async act(principal: Principal, message: Message, translation: Translation, known: Known): Promise<Finished> {
    const { newReferral, notes } = translation;
    if (newReferral === null) throw new Error('A message without a problem has no referral.');
    const told = toldOf(translation);
    const referral =
      known.referralId === null || message.reason === 'new'
        ? await this.#receive(principal, newReferral)
        : await this.updateReferral.update(principal, known.referralId, newReferral, told, known.told);
    const resource = messageResponse(message, referral, notes, `${this.settings.publicUrl}/v1/fhir`, this.clock.now());
    return { answer: { state: 'taken', resource }, referralId: referral.id, why: null, told, payload: null };
  }

  async #receive(principal: Principal, referral: NewReferral): Promise<ReferralView> {
    try {
      return (await this.receiveReferral.receive(principal, referral)).referral;
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
