import { DomainError, isLocalDate, isProvider, isUuid, notFound, type Principal } from '#kernel';
import { MessageHolds } from '#message-holds';
import { Referrals, type ReferralView } from '#referrals';
import { Reports } from '#reporting';
import { serviceLine } from '#service-lines';
import { Body, Controller, Get, HttpStatus, Param, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Asking, Public } from '../auth/asking.js';
import { missingFrom, type FormErrors } from './forms.js';
import { PageFilter } from './page.filter.js';
import { SignedInGuard } from './page.guard.js';
import { PAGE_HEADERS, Pages } from './pages.js';
import { toldEvents } from './told-events.js';

/** One child's line: every clock with its working, everything told, and whether messages go to its household. */
@ApiExcludeController()
@Controller('referrals')
@Public()
@UseGuards(SignedInGuard)
@UseFilters(PageFilter)
export class ReferralController {
  constructor(
    private readonly referrals: Referrals,
    private readonly reports: Reports,
    private readonly holds: MessageHolds,
    private readonly pages: Pages,
  ) {}

  @Get(':id')
  async show(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Query('asOf') asOf: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.#page(principal, await this.#referral(principal, id), reply, isLocalDate(asOf) ? asOf : undefined);
  }

  @Post(':id/messages/hold')
  hold(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | void> {
    return this.#act(principal, id, reply, missingFrom('hold', body, ['reason']), (personId, reason) =>
      this.holds.hold(principal, personId, { reason }),
    );
  }

  @Post(':id/messages/release')
  release(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | void> {
    return this.#act(principal, id, reply, missingFrom('release', body, ['reason']), (personId, reason) =>
      this.holds.release(principal, personId, { reason }),
    );
  }

  /** Does it and shows the page anew; or shows it with what is missing and what was typed. */
  async #act(
    principal: Principal,
    id: string,
    reply: FastifyReply,
    form: FormErrors,
    act: (personId: string, reason: string) => Promise<unknown>,
  ): Promise<string | void> {
    const referral = await this.#referral(principal, id);
    if (form.list.length > 0) return this.#page(principal, referral, reply, undefined, form);
    try {
      await act(referral.personId, form.given['reason'] ?? '');
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
      // Somebody else was quicker: the page shows how it is now.
      return this.#page(principal, referral, reply, undefined, { ...form, list: [{ text: error.message, href: '#messages' }] });
    }
    void reply.redirect(`/referrals/${referral.id}`, HttpStatus.SEE_OTHER);
  }

  async #referral(principal: Principal, id: string): Promise<ReferralView> {
    if (!isUuid(id) || !isProvider(principal)) throw notFound('referral');
    return this.referrals.get(principal, id);
  }

  async #page(
    principal: Principal,
    referral: ReferralView,
    reply: FastifyReply,
    asOf: string | undefined,
    errors: FormErrors | null = null,
  ): Promise<string> {
    const waits = await this.referrals.waits(principal, referral.id, { asOf });
    const events = await this.referrals.events(principal, referral.id);
    const child = await this.reports.child(principal, referral.personId, referral.service);
    void reply.status(errors ? HttpStatus.UNPROCESSABLE_ENTITY : HttpStatus.OK).headers(PAGE_HEADERS);
    return this.pages.render('referral.njk', {
      principal,
      freshness: child.freshness,
      referral,
      child,
      clocks: waits,
      headline: serviceLine(referral.service).rules.headline,
      events: toldEvents(events),
      errors,
    });
  }
}
