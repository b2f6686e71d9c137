import { Escalations, type Escalation } from '#escalations';
import type { Principal } from '#kernel';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/asking.js';
import { afterOf, ID, INSTANT, limitOf, pageOf, type Page } from '../http/page.js';
import { AcknowledgeDto, EscalationListQuery, ResolveDto } from './escalation-requests.js';

@ApiTags('Waiting well')
@ApiBearerAuth()
@Controller('v1/escalations')
@Allow(...PROVIDER_ROLES)
export class EscalationsController {
  constructor(private readonly escalations: Escalations) {}

  @Get()
  @ApiOperation({ summary: 'What a person must look at, the soonest deadline first' })
  async list(@Asking() principal: Principal, @Query() query: EscalationListQuery): Promise<Page<Escalation>> {
    const limit = limitOf(query);
    const { state, level } = query;
    const after = afterOf(query.cursor, INSTANT, ID);
    const found = await this.escalations.list(principal, { ...(state && { state }), ...(level && { level }), limit: limit + 1, after });
    return pageOf(found, limit, ({ dueAt, id }) => [dueAt.toISOString(), id]);
  }

  @Post(':id/acknowledge')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Take one on; again, to give it another owner' })
  acknowledge(@Asking() principal: Principal, @Param('id') id: string, @Body() body: AcknowledgeDto): Promise<Escalation> {
    return this.escalations.acknowledge(principal, id, body);
  }

  @Post(':id/resolve')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Close one, with what was done and what the family was told' })
  resolve(@Asking() principal: Principal, @Param('id') id: string, @Body() body: ResolveDto): Promise<Escalation> {
    return this.escalations.resolve(principal, id, body);
  }
}
