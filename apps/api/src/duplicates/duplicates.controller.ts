import { Disputes, Duplicates, JoinRecords, SplitRecords, type Dispute, type Duplicate } from '#duplicates';
import { isUuid, type Principal } from '#kernel';
import { Queues } from '#queues';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/asking.js';
import { afterOf, decodeCursor, ID, limitOf, notOurCursor, pageOf, PageQuery, type Page } from '../http/page.js';
import { DecideDisputeDto, DuplicateListQuery, JoinDto, KeepApartDto, UndoDto } from './duplicate-requests.js';

@ApiTags('One child, one record')
@ApiBearerAuth()
@Controller('v1/duplicates')
@Allow(...PROVIDER_ROLES)
export class DuplicatesController {
  constructor(
    private readonly duplicates: Duplicates,
    private readonly joinRecords: JoinRecords,
    private readonly splitRecords: SplitRecords,
    private readonly disputes: Disputes,
    private readonly queues: Queues,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Records of yours that may be of one child, the likeliest first, with why' })
  async list(@Asking() principal: Principal, @Query() query: DuplicateListQuery): Promise<Page<Duplicate>> {
    const limit = limitOf(query);
    const [score, id] = decodeCursor(query.cursor, 2) ?? [];
    const after = typeof score === 'number' && isScore(score) && typeof id === 'string' && isUuid(id) ? { score, id } : undefined;
    if (query.cursor !== undefined && !after) throw notOurCursor();
    const found = await this.duplicates.list(principal, { state: query.state ?? 'open', limit: limit + 1, after });
    return pageOf(found, limit, (last) => [last.score, last.id]);
  }

  @Get('disputes')
  @ApiOperation({ summary: 'Children told of with two birth dates; nothing is sent to them until you decide' })
  async listDisputes(@Asking() principal: Principal, @Query() query: PageQuery): Promise<Page<Dispute>> {
    const limit = limitOf(query);
    const [after] = afterOf(query.cursor, ID) ?? [];
    const found = await this.disputes.list(principal, { limit: limit + 1, after });
    return pageOf(found, limit, ({ personId }) => [personId]);
  }

  @Post('disputes/:personId/decide')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Say which birth date is right' })
  decideDispute(
    @Asking() principal: Principal,
    @Param('personId') personId: string,
    @Body() body: DecideDisputeDto,
  ): ReturnType<Disputes['decide']> {
    return this.disputes.decide(principal, personId, body);
  }

  @Post(':id/join')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'They are one child: everything moves to the record you keep' })
  async join(@Asking() principal: Principal, @Param('id') id: string, @Body() body: JoinDto): Promise<Duplicate> {
    const joined = await this.joinRecords.join(principal, id, body);
    this.queues.ringSoon('waits', principal.tenant);
    return joined;
  }

  @Post(':id/keep-apart')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'They are two children, and are not proposed again' })
  keepApart(@Asking() principal: Principal, @Param('id') id: string, @Body() body: KeepApartDto): Promise<Duplicate> {
    return this.duplicates.keepApart(principal, id, body.reason);
  }

  @Post(':id/undo')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ summary: 'Take back what was decided; what had moved goes back' })
  async undo(@Asking() principal: Principal, @Param('id') id: string, @Body() body: UndoDto): Promise<Duplicate> {
    const undone = await this.splitRecords.undo(principal, id, { reason: body.reason, ofOther: body.ofOther ?? undefined });
    this.queues.ringSoon('waits', principal.tenant);
    return undone;
  }
}

const isScore = (score: number): boolean => Number.isInteger(score) && score >= 0 && score <= 100;
