import type { Principal } from '#kernel';
import { PROBLEMS, Reports } from '#reporting';
import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Asking, Public } from '../auth/asking.js';
import { PageFilter } from './page.filter.js';
import { SignedInGuard } from './page.guard.js';
import { PAGE_HEADERS, Pages } from './pages.js';

/** What is wrong with the data, by service. A page of its own: it reads every event, and the first screen must not wait for that. */
@ApiExcludeController()
@Controller('data-quality')
@Public()
@UseGuards(SignedInGuard)
@UseFilters(PageFilter)
export class DataQualityPageController {
  constructor(
    private readonly reports: Reports,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Asking() principal: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const report = await this.reports.dataQuality(principal, {});
    const freshness = await this.reports.freshness(principal);
    void reply.headers(PAGE_HEADERS);
    return this.pages.render('data-quality.njk', { principal, freshness, report, problems: PROBLEMS });
  }
}
