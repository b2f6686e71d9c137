import { isLocalDate, isProvider, isUuid, notFound, type Principal } from '#kernel';
import { Referrals } from '#referrals';
import { Reports } from '#reporting';
import { serviceLine } from '#service-lines';
import { Controller, Get, Param, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Asking, Public } from '../auth/asking.js';
import { PageFilter } from './page.filter.js';
import { SignedInGuard } from './page.guard.js';
import { PAGE_HEADERS, Pages } from './pages.js';
import { toldEvents } from './told-events.js';

/** One child's line: every clock with its working, and everything told. */
@ApiExcludeController()
@Controller('referrals')
@Public()
@UseGuards(SignedInGuard)
@UseFilters(PageFilter)
export class ReferralController {
  constructor(
    private readonly referrals: Referrals,
    private readonly reports: Reports,
    private readonly pages: Pages,
  ) {}

  @Get(':id')
  async show(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Query('asOf') asOf: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!isUuid(id) || !isProvider(principal)) throw notFound('referral');
    const referral = await this.referrals.get(principal, id);
    const waits = await this.referrals.waits(principal, id, { asOf: isLocalDate(asOf) ? asOf : undefined });
    const events = await this.referrals.events(principal, id);
    const child = await this.reports.child(principal, referral.personId, referral.service);
    void reply.headers(PAGE_HEADERS);
    return this.pages.render('referral.njk', {
      principal,
      freshness: child.freshness,
      referral,
      child,
      clocks: waits,
      headline: serviceLine(referral.service).rules.headline,
      events: toldEvents(events),
    });
  }
}
