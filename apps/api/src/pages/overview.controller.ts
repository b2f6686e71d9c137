import type { Principal } from '#kernel';
import { disclosureWords, Reports } from '#reporting';
import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Asking, Public } from '../auth/asking.js';
import { PageFilter } from './page.filter.js';
import { SignedInGuard } from './page.guard.js';
import { PAGE_HEADERS, Pages } from './pages.js';

/** Rows of a list's table, in their order: the whole, councils, providers. */
const CUTS = ['all', 'council', 'provider'] as const;

/** The first screen: every list on one page. */
@ApiExcludeController()
@Controller()
@Public()
@UseGuards(SignedInGuard)
@UseFilters(PageFilter)
export class OverviewController {
  constructor(
    private readonly reports: Reports,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Asking() principal: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const overview = await this.reports.overview(principal);
    void reply.headers(PAGE_HEADERS);
    return this.pages.render('overview.njk', {
      principal,
      freshness: overview.freshness,
      overview,
      groups: overview.lines.map((line) => CUTS.map((cut) => line.rows.filter((row) => row.cut === cut)).filter((rows) => rows.length > 0)),
      disclosureWords: disclosureWords(overview.disclosure),
    });
  }
}
