import { Timeline, type TimelineEntry } from '#check-ins';
import { WhereItWent } from '#duplicates';
import type { Principal } from '#kernel';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/asking.js';
import { afterOf, INSTANT, limitOf, pageOf, PageQuery, type Page } from '../http/page.js';

const ENTRY_KEY = /^[a-z][0-9a-f-]{36}\d{0,6}$/;

@ApiTags('Waiting well')
@ApiBearerAuth()
@Controller('v1/children')
@Allow(...PROVIDER_ROLES)
export class ChildrenController {
  constructor(
    private readonly timeline: Timeline,
    private readonly whereItWent: WhereItWent,
  ) {}

  @Get(':personId/timeline')
  @ApiOperation({ summary: 'Everything owed, sent, answered, acted on and told of one child by you, newest first' })
  async timelineOf(
    @Asking() principal: Principal,
    @Param('personId') personId: string,
    @Query() query: PageQuery,
  ): Promise<Page<Omit<TimelineEntry, 'key'>>> {
    const limit = limitOf(query);
    const after = afterOf(query.cursor, INSTANT, ENTRY_KEY);
    const read = (): Promise<TimelineEntry[]> => this.timeline.of(principal, personId, { limit: limit + 1, after });
    const found = await this.whereItWent.orSay(principal, personId, read);
    const { items, nextCursor } = pageOf(found, limit, ({ at, key }) => [at.toISOString(), key]);
    return { items: items.map(({ key: _, ...entry }) => entry), nextCursor };
  }
}
