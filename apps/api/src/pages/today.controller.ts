import { Escalations } from '#escalations';
import { DomainError, type Principal } from '#kernel';
import { MessageHolds } from '#message-holds';
import { LIST_LIMIT, Reports } from '#reporting';
import { Body, Controller, Get, HttpStatus, Param, Post, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Asking, Public } from '../auth/asking.js';
import { missingFrom, type FormErrors } from './forms.js';
import { PageFilter } from './page.filter.js';
import { SignedInGuard } from './page.guard.js';
import { PAGE_HEADERS, Pages } from './pages.js';

/** Work a provider owes, by deadline. */
@ApiExcludeController()
@Controller('today')
@Public()
@UseGuards(SignedInGuard)
@UseFilters(PageFilter)
export class TodayController {
  constructor(
    private readonly reports: Reports,
    private readonly escalations: Escalations,
    private readonly holds: MessageHolds,
    private readonly pages: Pages,
  ) {}

  @Get()
  show(@Asking() principal: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.#page(principal, reply, null);
  }

  @Post('escalations/:id/acknowledge')
  acknowledge(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | void> {
    return this.#act(principal, reply, missingFrom(id, body, ['owner']), ({ owner = '' }) =>
      this.escalations.acknowledge(principal, id, { owner }),
    );
  }

  @Post('escalations/:id/resolve')
  resolve(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | void> {
    return this.#act(principal, reply, missingFrom(id, body, ['outcome', 'familyTold']), ({ outcome = '', familyTold = '' }) =>
      this.escalations.resolve(principal, id, { outcome, familyTold }),
    );
  }

  /** Does it and shows the list anew; or shows it with what is missing and everything that was typed. */
  async #act(
    principal: Principal,
    reply: FastifyReply,
    form: FormErrors,
    act: (given: Record<string, string>) => Promise<unknown>,
  ): Promise<string | void> {
    if (form.list.length > 0) return this.#page(principal, reply, form);
    try {
      await act(form.given);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
      // Somebody else was quicker: the list shows how it is now.
      return this.#page(principal, reply, { ...form, list: [{ text: error.message, href: '#escalations' }] });
    }
    void reply.redirect('/today', HttpStatus.SEE_OTHER);
  }

  async #page(principal: Principal, reply: FastifyReply, errors: FormErrors | null): Promise<string> {
    const today = await this.reports.today(principal);
    const holds = await this.holds.list(principal, { limit: LIST_LIMIT });
    void reply.status(errors ? HttpStatus.UNPROCESSABLE_ENTITY : HttpStatus.OK).headers(PAGE_HEADERS);
    return this.pages.render('today.njk', { principal, freshness: today.freshness, today, holds, errors, limit: LIST_LIMIT });
  }
}
