import { DomainError } from '#kernel';
import { Reports, type TenantChoice } from '#reporting';
import { Body, Controller, Get, Headers, HttpStatus, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/asking.js';
import { PageFilter } from './page.filter.js';
import { PagesAreOpenGuard } from './page.guard.js';
import { PAGE_HEADERS, Pages } from './pages.js';
import { Sessions } from './session.js';
import { choicesIn, safeNext, type SignInChoice } from './sign-in.js';

/** Development only: choose who to be. There is no password, for there is no real child. */
@ApiExcludeController()
@Controller()
@Public()
@UseGuards(PagesAreOpenGuard)
@UseFilters(PageFilter)
export class SignInController {
  constructor(
    private readonly reports: Reports,
    private readonly sessions: Sessions,
    private readonly pages: Pages,
  ) {}

  @Get('sign-in')
  async choose(
    @Query('next') next: unknown,
    @Headers('cookie') cookies: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const principal = await this.sessions.principal(cookies);
    const tenants = (await this.reports.signInChoices()).map((t) => ({ ...t, choices: choicesIn(t) }));
    void reply.headers(PAGE_HEADERS);
    return this.pages.render('sign-in.njk', { principal, freshness: null, tenants, next: safeNext(next) });
  }

  @Post('sign-in')
  async signIn(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { as, next } = (body ?? {}) as Record<string, unknown>;
    const choice = find(await this.reports.signInChoices(), as);
    if (!choice) throw new DomainError('invalid', 'Choose one of the people on the list.');
    void reply.header('set-cookie', await this.sessions.begin(choice.principal)).redirect(safeNext(next), HttpStatus.SEE_OTHER);
  }

  @Post('sign-out')
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.header('set-cookie', this.sessions.end()).redirect('/sign-in', HttpStatus.SEE_OTHER);
  }
}

const find = (tenants: TenantChoice[], as: unknown): SignInChoice | undefined => tenants.flatMap(choicesIn).find((c) => c.value === as);
