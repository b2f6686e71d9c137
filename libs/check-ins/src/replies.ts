import { Secrets } from '#config';
import { audit, Database, type Tx } from '#database';
import { dueAt, Escalations, holidaysAhead, LEVELS } from '#escalations';
import { Clock, DomainError, systemPrincipal, type LocalDate } from '#kernel';
import { birthDatePass, isBirthDatePass, linkHash, readToken, type Reader } from '#messages';
import { Injectable } from '@nestjs/common';
import { saysHowThingsAre, type Answers, type Concern } from './answers.js';
import { closeCheckIn } from './closing.js';
import { countWrongTry, findLink, isBirthDate, lockLink, readerOf, stopContact, type FamilyLink } from './family-links.js';
import { nobodyReadsBefore, type NotBefore } from './reading-hours.js';
import { keepReply } from './reply-store.js';
import type { Finding } from './triage.js';

/** What somebody with a link gets to see. */
export type LinkView =
  /** No such link, or none that could be. */
  | { kind: 'unknown' }
  | { kind: 'expired' }
  | { kind: 'closed'; why: 'not-me' | 'asked-to-stop' | 'wrong-birth-date' }
  /** Nothing about anybody is told before the birth date. */
  | { kind: 'birth-date'; wrong: boolean }
  | { kind: 'questions'; line: string; reader: Reader; pass: string }
  | Heard;

/** What happens next with what was said. */
export interface Heard {
  kind: 'heard';
  line: string;
  reader: Reader;
  pass: string;
  /** Help at once is shown first. */
  urgent: boolean;
  safeguarding: boolean;
  /** The whole form was sent. */
  complete: boolean;
  /** By when a person looks at it, at the latest; null when there is nothing to act on. */
  lookedAtBy: Date | null;
  /** Said when nobody reads it now. */
  notBefore: NotBefore | null;
  nightRota: boolean;
  noLongerNeeded: boolean;
}

/** Answers that come by a family's link. Every call is safe to make twice; a link is good for more than one, since things change. */
@Injectable()
export class Replies {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly escalations: Escalations,
  ) {}

  /** Opening the link: asks for the birth date, and changes nothing. */
  async open(token: string): Promise<LinkView> {
    return this.#withLink(token, findLink, async () => ({ kind: 'birth-date', wrong: false }));
  }

  /** The right one opens the questions. Five wrong ones close the link until a person looks. */
  async giveBirthDate(token: string, birthDate: LocalDate): Promise<LinkView> {
    return this.#withLink(token, lockLink, async (tx, link) => {
      const now = this.clock.now();
      if (await isBirthDate(tx, now, link, birthDate)) {
        return { kind: 'questions', line: link.checkIn.line, reader: await readerOf(tx, now, link), pass: this.#pass(tx, link) };
      }
      const left = await countWrongTry(tx, link);
      return left === 0 ? { kind: 'closed', why: 'wrong-birth-date' } : { kind: 'birth-date', wrong: true };
    });
  }

  /** The questions again, for a form that must be mended. */
  async questions(token: string, pass: string): Promise<LinkView> {
    return this.#withLink(token, findLink, async (tx, link) => {
      if (!isBirthDatePass(this.secrets.linkKey, tx.tenant, link.messageId, pass)) return { kind: 'birth-date', wrong: false };
      return { kind: 'questions', line: link.checkIn.line, reader: await readerOf(tx, this.clock.now(), link), pass };
    });
  }

  /**
   * One worry, chosen: acted on now, whether or not the rest is ever sent. The check-in counts as answered, so that no reminder goes out.
   * @param pass as given with the questions; without it the birth date is asked for
   */
  async choose(token: string, pass: string, concern: Concern): Promise<LinkView> {
    return this.#hear(token, pass, { concerns: [concern] }, false);
  }

  /** The whole form. @throws DomainError rule when it says nothing of how the child is */
  async submit(token: string, pass: string, answers: Answers): Promise<LinkView> {
    if (!saysHowThingsAre(answers)) {
      throw new DomainError('rule', 'Please say how things are.', [
        { path: 'change', message: 'say whether things are better, the same or worse' },
      ]);
    }
    return this.#hear(token, pass, answers, true);
  }

  /** "This is not me", or "please stop": works without a birth date, and on an old link too. */
  async stop(token: string, why: 'not-me' | 'asked-to-stop'): Promise<LinkView> {
    return this.#inTenantOf(token, async (tx, hash) => {
      const link = await lockLink(tx, hash);
      if (!link) return { kind: 'unknown' };
      const now = this.clock.now();
      await stopContact(tx, now, link, why);
      const { personId } = link.checkIn;
      await audit(tx, now, { action: 'contact-stopped', purpose: why, personIds: [personId], detail: { contactId: link.contactId } });
      return { kind: 'closed', why };
    });
  }

  async #hear(token: string, pass: string, answers: Answers, complete: boolean): Promise<LinkView> {
    return this.#withLink(token, lockLink, async (tx, link): Promise<LinkView> => {
      if (!isBirthDatePass(this.secrets.linkKey, tx.tenant, link.messageId, pass)) return { kind: 'birth-date', wrong: false };
      const now = this.clock.now();
      const kept = await keepReply(tx, this.escalations, link.checkIn, {
        answers,
        complete,
        messageId: link.messageId,
        recordedBy: null,
        now,
      });
      const closing = { checkInId: link.checkIn.id, state: 'answered', by: 'family', level: kept.level } as const;
      await closeCheckIn(tx, closing, now, this.clock.today());
      const { line } = link.checkIn;
      const reader = await readerOf(tx, now, link);
      return { kind: 'heard', line, reader, pass, complete, ...(await this.#whatHappensNext(tx, link, kept.findings)) };
    });
  }

  async #whatHappensNext(
    tx: Tx,
    { nightRota }: FamilyLink,
    findings: readonly Finding[],
  ): Promise<Pick<Heard, 'urgent' | 'safeguarding' | 'lookedAtBy' | 'notBefore' | 'nightRota' | 'noLongerNeeded'>> {
    const now = this.clock.now();
    const holidays = await holidaysAhead(tx, now);
    const level = LEVELS.find((l) => findings.some((f) => f.level === l));
    return {
      urgent: level === 'red',
      safeguarding: findings.some((f) => f.safeguarding),
      lookedAtBy: level ? dueAt(level, now, holidays) : null,
      notBefore: nobodyReadsBefore(now, holidays, nightRota),
      nightRota,
      noLongerNeeded: findings.some((f) => f.reason === 'no-longer-needed'),
    };
  }

  /** Only a link that stands opens anything. */
  async #withLink(
    token: string,
    find: (tx: Tx, hash: Buffer) => Promise<FamilyLink | undefined>,
    work: (tx: Tx, link: FamilyLink) => Promise<LinkView>,
  ): Promise<LinkView> {
    return this.#inTenantOf(token, async (tx, hash) => {
      const link = await find(tx, hash);
      if (!link) return { kind: 'unknown' };
      if (link.closedWhy) return { kind: 'closed', why: link.closedWhy };
      if (link.expiresAt <= this.clock.now()) return { kind: 'expired' };
      return work(tx, link);
    });
  }

  /** A tenant that is not there has no links, as one that is there has not this one. */
  async #inTenantOf(token: string, work: (tx: Tx, hash: Buffer) => Promise<LinkView>): Promise<LinkView> {
    const read = readToken(token);
    if (!read) return { kind: 'unknown' };
    return this.database.inTenant(systemPrincipal(read.tenant, 'family-link'), (tx) => work(tx, linkHash(read.secret)));
  }

  #pass(tx: Tx, link: FamilyLink): string {
    return birthDatePass(this.secrets.linkKey, tx.tenant, link.messageId);
  }
}
