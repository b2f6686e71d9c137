import { Secrets, Settings } from '#config';
import { Database } from '#database';
import { holidaysAhead, type Holidays } from '#escalations';
import { Clock, systemPrincipal, type Principal } from '#kernel';
import { addressKeySalt, linkAddress, linkSecret, MessageSender, wording } from '#messages';
import { serviceLine } from '#service-lines';
import { Injectable } from '@nestjs/common';
import {
  claimBatch,
  handOverWithoutRoute,
  liveServices,
  roomToday,
  type ClaimedMessage,
  type LiveService,
  type SweepContext,
} from './claim.js';
import { closeNoLongerOwed, handOverUnanswered, isFullBatch, openDue } from './due.js';
import { recordOutcomes, type Outcome } from './outcomes.js';
import { mayAskNow } from './send-window.js';
import { adoptOrphans, stillToBeSent, type OrphanedMessage } from './settle.js';
import { SweepMark } from './sweep-mark.js';

/** What one sweep did. */
export interface SweepResult {
  opened: number;
  noLongerOwed: number;
  sent: number;
  failed: number;
  uncertain: number;
  /** Messages of a sweep that died, settled by this one: asked about, sent again, called off or marked uncertain. */
  settled: number;
  /** Check-ins a person must make, since there is no way to write, or no answer. */
  handedOver: number;
}

/** The sender took nothing at all: it is out, and the rest of the list would only fail too. */
class SenderUnavailable extends Error {}

/**
 * Does whatever check-ins need now, in one tenant: opens what came due, closes what is owed no longer, settles what a dead sweep left,
 * sends what may be sent, hands the rest to people. Any number may run at once, and be killed at any point.
 */
@Injectable()
export class CheckInSweep {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sender: MessageSender,
    private readonly secrets: Secrets,
    private readonly settings: Settings,
  ) {}

  /** `goOn` may end it early: what it has claimed and not yet handed over is called off, and sent by whoever looks next. */
  async run(tenant: string, goOn: () => boolean = () => true): Promise<SweepResult> {
    const principal = systemPrincipal(tenant, 'check-ins');
    const result: SweepResult = { opened: 0, noLongerOwed: 0, sent: 0, failed: 0, uncertain: 0, settled: 0, handedOver: 0 };
    await this.#planAhead(principal, result);
    const mark = await SweepMark.take(this.database, goOn);
    try {
      await this.#settle(principal, this.#context(mark), result);
      await this.#sendWhatIsDue(principal, mark, result);
    } catch (error) {
      if (!(error instanceof SenderUnavailable)) throw error;
    } finally {
      await mark.release();
    }
    return result;
  }

  /** What needs no sender: the list of what is owed is made right, at any hour. */
  async #planAhead(principal: Principal, result: SweepResult): Promise<void> {
    const [now, today] = [this.clock.now(), this.clock.today()];
    result.noLongerOwed = await this.database.inTenant(principal, (tx) => closeNoLongerOwed(tx, now, today));
    result.handedOver = await this.database.inTenant(principal, (tx) => handOverUnanswered(tx, today));
    for (let opened = -1; opened === -1 || isFullBatch(opened); result.opened += opened) {
      opened = await this.database.inTenant(principal, (tx) => openDue(tx, now, today));
    }
  }

  async #sendWhatIsDue(principal: Principal, mark: SweepMark, result: SweepResult): Promise<void> {
    const services = await this.database.inTenant(principal, (tx) => liveServices(tx, this.clock.today()));
    const holidays = await this.#holidays(principal);
    for (const service of services) {
      if (!this.#mayAsk(service.line, holidays)) continue;
      result.handedOver += await this.#handOver(principal, this.#context(mark), service);
      // The clock is read for every batch: a sweep that began at five to six must not go on after six.
      while (mark.isHeld && mark.isWanted && this.#mayAsk(service.line, holidays)) {
        const ctx = this.#context(mark);
        const claimed = await this.database.inTenant(principal, (tx) => claimBatch(tx, ctx, service));
        if (claimed.length === 0) break;
        await this.#sendAll(principal, ctx, claimed, result);
      }
    }
  }

  /** Only where something could be sent today: a service that has reached its cap costs nothing more. */
  async #handOver(principal: Principal, ctx: SweepContext, service: LiveService): Promise<number> {
    return this.database.inTenant(principal, async (tx) =>
      (await roomToday(tx, ctx, service)) > 0 ? handOverWithoutRoute(tx, ctx, service) : 0,
    );
  }

  async #sendAll(principal: Principal, ctx: SweepContext, messages: readonly ClaimedMessage[], result: SweepResult): Promise<void> {
    const waiting = [...messages];
    const outcomes: Outcome[] = [];
    const sendOneAfterAnother = async (): Promise<void> => {
      // Once the mark is lost, what is left is another's; called off by us, it could be sent twice.
      for (let m = waiting.shift(); m && ctx.mark.isHeld; m = waiting.shift()) {
        const outcome = ctx.mark.isWanted ? await this.#send(principal.tenant, m) : 'called-off';
        if (outcome) outcomes.push({ messageId: m.id, outcome });
      }
    };
    await Promise.all(Array.from({ length: this.sender.concurrency }, sendOneAfterAnother));
    await this.#record(principal, ctx, outcomes, result);
    if (outcomes.every((o) => o.outcome === 'unavailable')) throw new SenderUnavailable();
  }

  /** Null when nothing is known and the sender can be asked: it is left claimed, and settled by a later sweep. */
  async #send(tenant: string, m: ClaimedMessage): Promise<Outcome['outcome'] | null> {
    const link = linkAddress(this.settings.publicUrl, { tenant, secret: linkSecret(this.secrets.linkKey, tenant, m.id) });
    const reader = m.role === 'young-person' ? 'young-person' : 'family';
    const { subject, body } = wording(m.template, m.channel, reader, link);
    try {
      return await this.sender.send({ tenant, reference: m.reference, channel: m.channel, recipient: m.address, subject, body });
    } catch {
      return this.sender.canBeAsked ? null : 'uncertain';
    }
  }

  /** Messages a dead sweep had claimed. One that cannot be asked about is marked uncertain, shown, and never sent again by the machine. */
  async #settle(principal: Principal, ctx: SweepContext, result: SweepResult): Promise<void> {
    while (ctx.mark.isWanted) {
      const orphans = await this.database.inTenant(principal, (tx) => adoptOrphans(tx, ctx));
      if (orphans.length === 0) return;
      const outcomes: Outcome[] = [];
      const unknown: string[] = [];
      for (const orphan of orphans) {
        const answer = await this.#whatBecameOf(principal.tenant, orphan);
        if (answer === 'unknown') unknown.push(orphan.id);
        else if (answer) outcomes.push({ messageId: orphan.id, outcome: answer });
      }
      result.settled += outcomes.length;
      await this.#record(principal, ctx, outcomes, result);
      await this.#sendAgain(principal, ctx, unknown, result);
    }
  }

  /** Null when the sender does not answer: it stays ours, unsettled, until this sweep ends and another asks. */
  async #whatBecameOf(tenant: string, { sender, reference }: OrphanedMessage): Promise<'sent' | 'uncertain' | 'unknown' | null> {
    if (sender !== this.sender.name || !this.sender.canBeAsked) return 'uncertain';
    return this.sender.lookUp(tenant, reference).catch(() => null);
  }

  async #sendAgain(principal: Principal, ctx: SweepContext, unknown: string[], result: SweepResult): Promise<void> {
    if (unknown.length === 0) return;
    const holidays = await this.#holidays(principal);
    const allowed = await this.database.inTenant(principal, (tx) => stillToBeSent(tx, ctx, unknown));
    const toSend = allowed.filter((m) => this.#mayAsk(m.line, holidays));
    const rest = unknown.filter((id) => !toSend.some((m) => m.id === id));
    result.settled += unknown.length;
    // Called off, a check-in is due again, and is claimed anew when its hour comes.
    await this.#record(
      principal,
      ctx,
      rest.map((messageId) => ({ messageId, outcome: 'called-off' })),
      result,
    );
    if (toSend.length > 0) await this.#sendAll(principal, ctx, toSend, result);
  }

  async #record(principal: Principal, ctx: SweepContext, outcomes: readonly Outcome[], result: SweepResult): Promise<void> {
    await this.database.inTenant(principal, (tx) => recordOutcomes(tx, ctx, outcomes));
    for (const { outcome } of outcomes) {
      if (outcome === 'sent') result.sent++;
      else if (outcome === 'uncertain') result.uncertain++;
      else if (outcome !== 'called-off') result.failed++;
    }
  }

  #holidays(principal: Principal): Promise<Holidays> {
    return this.database.inTenant(principal, (tx) => holidaysAhead(tx, this.clock.now()));
  }

  #mayAsk(line: string, holidays: Holidays): boolean {
    return mayAskNow(serviceLine(line).checkIns, this.clock.now(), holidays);
  }

  #context(mark: SweepMark): SweepContext {
    return {
      now: this.clock.now(),
      today: this.clock.today(),
      sender: this.sender.name,
      channels: this.sender.channels,
      linkKey: this.secrets.linkKey,
      addressSalt: addressKeySalt(this.secrets.linkKey),
      mark,
    };
  }
}
