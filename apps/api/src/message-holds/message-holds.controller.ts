import type { Principal } from '#kernel';
import { MessageHolds, type MessageHold } from '#message-holds';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/asking.js';
import { afterOf, ID, INSTANT, limitOf, pageOf, PageQuery, type Page } from '../http/page.js';
import { HoldMessagesDto, ReleaseMessagesDto } from './message-hold-requests.js';

@ApiTags('Waiting well')
@ApiBearerAuth()
@Controller('v1/message-holds')
@Allow(...PROVIDER_ROLES)
export class MessageHoldsController {
  constructor(private readonly holds: MessageHolds) {}

  @Get()
  @ApiOperation({ summary: 'Children to whose households nothing is sent until you release it, the longest held first, with why' })
  async list(@Asking() principal: Principal, @Query() query: PageQuery): Promise<Page<MessageHold>> {
    const limit = limitOf(query);
    const found = await this.holds.list(principal, { limit: limit + 1, after: afterOf(query.cursor, INSTANT, ID) });
    return pageOf(found, limit, ({ since, personId }) => [since.toISOString(), personId]);
  }

  @Post(':personId/release')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Let messages go to this household again: somebody has found out what there was to find out' })
  release(@Asking() principal: Principal, @Param('personId') personId: string, @Body() body: ReleaseMessagesDto): Promise<MessageHold> {
    return this.holds.release(principal, personId, body);
  }

  @Post('of-import/:importId/release')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Let all go that was held for what a file of yours told: some other day stood where deaths should be' })
  releaseOfImport(
    @Asking() principal: Principal,
    @Param('importId') importId: string,
    @Body() body: ReleaseMessagesDto,
  ): Promise<{ released: number }> {
    return this.holds.releaseOfImport(principal, importId, body);
  }

  @Post(':personId/hold')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Send nothing to this household until it is released; also to take a release back' })
  hold(@Asking() principal: Principal, @Param('personId') personId: string, @Body() body: HoldMessagesDto): Promise<MessageHold> {
    return this.holds.hold(principal, personId, body);
  }
}
