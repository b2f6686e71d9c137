import { CheckIns, RecordCall, type CheckIn, type CheckInCounts, type RecordedCall } from '#check-ins';
import type { Principal } from '#kernel';
import { Queues } from '#queues';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/asking.js';
import { afterOf, DAY, ID, limitOf, pageOf, type Page } from '../http/page.js';
import { CheckInListQuery, RecordCallDto } from './check-in-requests.js';

@ApiTags('Waiting well')
@ApiBearerAuth()
@Controller('v1/check-ins')
@Allow(...PROVIDER_ROLES)
export class CheckInsController {
  constructor(
    private readonly checkIns: CheckIns,
    private readonly recordCall: RecordCall,
    private readonly queues: Queues,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Your open check-ins, the longest owed first, with how many there are of each state' })
  async list(@Asking() principal: Principal, @Query() query: CheckInListQuery): Promise<Page<CheckIn> & { counts: CheckInCounts }> {
    const limit = limitOf(query);
    const { state, service } = query;
    const after = afterOf(query.cursor, DAY, ID);
    const found = await this.checkIns.list(principal, { ...(state && { state }), ...(service && { service }), limit: limit + 1, after });
    return { ...pageOf(found, limit, ({ dueOn, id }) => [dueOn, id]), counts: await this.checkIns.counts(principal, service) };
  }

  @Post(':id/record')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Record a check-in made by telephone: support while waiting, never a contact' })
  async record(@Asking() principal: Principal, @Param('id') id: string, @Body() body: RecordCallDto): Promise<RecordedCall> {
    const recorded = await this.recordCall.record(principal, id, { reached: body.reached, answers: body.answers ?? {} });
    this.queues.ringSoon('waits', principal.tenant);
    return recorded;
  }
}
