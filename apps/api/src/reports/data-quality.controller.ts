import { Settings } from '#config';
import type { Principal } from '#kernel';
import { PROBLEM_CODES, qualityTable, Reports, workbook, type ProblemRow, type QualityReport } from '#reporting';
import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/index.js';
import { afterOf, DAY, ID, limitOf, pageOf, type Page } from '../http/page.js';
import { preferredFormat, XLSX_TYPE } from './accepted-type.js';
import { answerIn } from './answer.js';
import { ProblemQuery, QualityReportQuery } from './report-requests.js';

@ApiTags('Reports')
@ApiBearerAuth()
@Controller('v1/reports/data-quality')
export class DataQualityController {
  constructor(
    private readonly reports: Reports,
    private readonly settings: Settings,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What is wrong with the data, by provider and service',
    description: 'Exact for icb-manager; exact and their own for provider roles; suppressed and rounded for commissioner.',
  })
  @ApiProduces('application/json', 'text/csv', XLSX_TYPE)
  async counts(
    @Asking() principal: Principal,
    @Query() query: QualityReportQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QualityReport | string | Buffer> {
    const report = await this.reports.dataQuality(principal, query);
    report.synthetic ||= this.settings.synthetic;
    return answerIn(preferredFormat(accept), reply, {
      name: `data-quality-${report.asOf}`,
      report,
      table: () => qualityTable(report),
      workbook: () =>
        workbook({ sheet: 'Data quality', report, table: qualityTable(report), meanings: Object.entries(report.definitions) }),
    });
  }

  @Get(':problem')
  @Allow(...PROVIDER_ROLES)
  @ApiOperation({
    summary: 'Your own referrals with one problem, the oldest first; of unmapped codes the rows that were set aside. Without names',
  })
  @ApiParam({ name: 'problem', enum: PROBLEM_CODES })
  async rows(
    @Asking() principal: Principal,
    @Param('problem') problem: string,
    @Query() query: ProblemQuery,
  ): Promise<Page<Omit<ProblemRow, 'key'>>> {
    const limit = limitOf(query);
    const [since, key] = afterOf(query.cursor, DAY, ID) ?? [];
    const after = since !== undefined && key !== undefined ? { after: { since, key } } : {};
    const rows = await this.reports.problem(principal, problem, { service: query.service, limit: limit + 1, ...after });
    const { items, nextCursor } = pageOf(rows, limit, (last) => [last.since, last.key]);
    return { items: items.map(({ key: _, ...row }) => row), nextCursor };
  }
}
