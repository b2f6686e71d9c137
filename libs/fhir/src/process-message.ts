import { Settings } from '#config';
import { Clock, notFound, type Principal } from '#kernel';
import { requestDigest } from '#referrals';
import { Injectable } from '@nestjs/common';
import { strayProblems } from './contacts.js';
import { MessageActs } from './message-acts.js';
import { MessageStore, type Answer, type Finished, type Known } from './message-store.js';
import { readMessage, refused, type Message } from './message.js';
import { setAsideOutcome } from './outcome.js';
import { isForAPerson, type Problem, type Why } from './problem.js';
import { ServiceMap } from './service-map.js';
import { translate, type Translation } from './translate.js';
import { toldOf } from './update-referral.js';

/**
 * A BaRS message about a referral: taken in, changed, or set aside for a person. A machine never ends a child's wait: a withdrawal is set aside.
 * It is noted, done and answered in one transaction; the same message gets the same answer again.
 */
@Injectable()
export class ProcessMessage {
  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly store: MessageStore,
    private readonly map: ServiceMap,
    private readonly acts: MessageActs,
  ) {}

  /** @throws DomainError invalid, rule, not-found, forbidden, or conflict for another body under the same id */
  async process(principal: Principal, body: unknown): Promise<Answer> {
    const message = readMessage(body);
    const translation = translate(message.request, message.resources, this.map, {
      provider: principal.org,
      today: this.clock.today(),
      badNhsNumber: this.settings.fhirBadNhsNumber,
      sourceSystem: message.endpoint,
      receivedOn: message.sentOn ?? this.clock.today(),
    });
    const { source } = translation;
    const isWithdrawal = message.reason === 'revoked' || message.reason === 'entered-in-error';
    const wrong = [...translation.problems, ...strayProblems(message.resources)].filter((p) => !isForAPerson(p));
    if (source === null || (wrong.length > 0 && !isWithdrawal)) throw refused(wrong.map((p) => ({ path: p.path, message: p.expected })));

    return this.store.once(principal, { message, source, digest: requestDigest({ body }) }, async (tx) => {
      const known = await this.store.known(tx, source);
      if (message.reason !== 'new' && known.referralId === null && !known.waitsForPerson) throw notFound('referral of this source');
      const aside = whyAside(message, translation, known);
      if (aside.length === 0) aside.push(...this.acts.ofAnotherChild(tx, message, translation, known));
      if (aside.some(({ code }) => code === 'deceased')) await this.acts.holdHousehold(tx, known, translation);
      return aside.length > 0 ? setAside(aside, known, translation, body) : this.acts.act(tx, message, translation, known);
    });
  }
}

/** What a person must decide about this message; empty where a machine may act. */
function whyAside(message: Message, { problems, service }: Translation, known: Known): Problem[] {
  const path = 'ServiceRequest.status';
  if (message.reason === 'revoked' || message.reason === 'entered-in-error') {
    return [{ code: 'withdrawn', path, expected: 'a person who decides whether the child still needs the service, and tells the family' }];
  }
  const open = problems.filter(isForAPerson);
  // A new message may mend what an earlier one lacked, but not overtake a withdrawal; an update has nothing to update yet.
  const mustWait = message.reason === 'new' ? known.withdrawalWaits : known.waitsForPerson;
  if (open.length === 0 && known.referralId === null && mustWait) {
    return [{ code: 'set-aside-before', path, expected: 'that an earlier message about this referral is decided first' }];
  }
  if (open.length === 0 && known.line !== null && service !== known.line) {
    return [{ code: 'service-changed', path: 'ServiceRequest.code', expected: 'the service of the referral that is held' }];
  }
  return open;
}

function setAside(problems: Problem[], known: Known, translation: Translation, body: unknown): Finished {
  const why: Why | null = problems.find(isForAPerson)?.code ?? null;
  return {
    answer: { state: 'set-aside', resource: setAsideOutcome(problems) },
    referralId: known.referralId,
    why,
    told: toldOf(translation),
    payload: JSON.stringify(body),
  };
}
