import { Settings } from '#config';
import type { Principal } from '#kernel';
import { Reports, toXlsx, waitsTable, type Overview, type WaitingWellReport, type WaitsReport } from '#reporting';
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Asking } from '../auth/index.js';
import { preferredFormat, XLSX_TYPE } from './accepted-type.js';
import { answerIn } from './answer.js';
import { WaitsReportQuery } from './report-requests.js';

@ApiTags('Reports')
@ApiBearerAuth()
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly reports: Reports,
    private readonly settings: Settings,
  ) {}

  @Get('waits')
  @ApiOperation({
    summary: 'How many wait on a list, how long, as of any day',
    description:
      'Exact for icb-manager; exact and their own for provider roles; suppressed and rounded for commissioner, who may cut by two dimensions at most.',
  })
  @ApiProduces('application/json', 'text/csv', XLSX_TYPE)
  @ApiOkResponse({ description: 'Bands, target, median and percentiles, one row a group, with definitions and how fresh the figures are' })
  async waits(
    @Asking() principal: Principal,
    @Query() query: WaitsReportQuery,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WaitsReport | string | Buffer> {
    const report = await this.reports.waits(principal, query);
    report.synthetic ||= this.settings.synthetic;
    return answerIn(preferredFormat(accept), reply, {
      name: `waits-${report.measure}-${report.asOf}`,
      report,
      table: () => waitsTable(report),
      workbook: () => toXlsx(report),
    });
  }

  @Get('overview')
  @ApiOperation({
    summary: 'Every list on one page: waiting, over target, over 52 weeks, no contact, escalations, how waits ended; by council',
  })
  overview(@Asking() principal: Principal): Promise<Overview> {
    return this.reports.overview(principal);
  }

  @Get('waiting-well')
  @ApiOperation({ summary: 'Support while waiting: check-ins owed, sent, answered, and the wait for treatment after a first contact' })
  waitingWell(@Asking() principal: Principal): Promise<WaitingWellReport> {
    return this.reports.waitingWell(principal);
  }
}
