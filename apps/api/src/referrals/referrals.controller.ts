import { validatePart } from '#fields';
import { WhereItWent } from '#duplicates';
import { brokenRule, DomainError, isUuid, notFound, type Principal } from '#kernel';
import { Queues } from '#queues';
import {
  ContactsDto,
  eventDataClass,
  eventTypes,
  NewReferral,
  ReceiveReferral,
  RecordEvent,
  ReferralPatch,
  Referrals,
  type LinkedReferral,
  type ReferralListItem,
  type ReferralView,
} from '#referrals';
import { serviceLine } from '#service-lines';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/index.js';
import { decodeCursor, limitOf, notOurCursor, pageOf, type Page } from '../http/page.js';
import { EventDto, ReferralListQuery, WaitsQuery } from './referral-requests.js';

@ApiTags('Referrals')
@ApiBearerAuth()
@Controller('v1')
@Allow(...PROVIDER_ROLES)
export class ReferralsController {
  constructor(
    private readonly receiveReferral: ReceiveReferral,
    private readonly recordEvent: RecordEvent,
    private readonly referrals: Referrals,
    private readonly queues: Queues,
    private readonly whereItWent: WhereItWent,
  ) {}

  @Post('referrals')
  @ApiOperation({ summary: 'Take a referral in; 201, or 200 when this source id is held with the same content' })
  async receive(
    @Asking() principal: Principal,
    @Body() body: NewReferral,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReferralView> {
    body.details = await validatePart(serviceLine(body.service).details, body.details, 'details');
    const { referral, isNew } = await this.receiveReferral.receive(principal, body);
    if (isNew) this.queues.ringSoon('waits', principal.tenant);
    else void reply.status(HttpStatus.OK);
    return referral;
  }

  @Get('referrals')
  @ApiOperation({ summary: 'Your lists, longest wait first' })
  async list(
    @Asking() principal: Principal,
    @Query() query: ReferralListQuery,
  ): Promise<Page<ReferralListItem> & { notYetComputed: number; oldestNotComputed: Date | null }> {
    const limit = limitOf(query);
    const [days, id] = decodeCursor(query.cursor, 2) ?? [];
    if (query.cursor !== undefined && (typeof days !== 'number' || typeof id !== 'string' || !isUuid(id))) {
      throw notOurCursor();
    }
    const after = typeof days === 'number' && typeof id === 'string' ? { days, id } : undefined;
    const { items, notYetComputed, oldest } = await this.referrals.list(principal, { ...query, limit: limit + 1, after });
    return { ...pageOf(items, limit, (last) => [last.days ?? -1, last.id]), notYetComputed, oldestNotComputed: oldest };
  }

  @Get('referrals/:id')
  @ApiOperation({ summary: 'One referral, folded from its events on request' })
  get(@Asking() principal: Principal, @Param('id') id: string): Promise<ReferralView & { linked: LinkedReferral[] }> {
    return this.referrals.get(principal, ours(id, 'referral'));
  }

  @Patch('referrals/:id')
  @ApiOperation({ summary: 'Mend details and source fields' })
  async patch(@Asking() principal: Principal, @Param('id') id: string, @Body() body: ReferralPatch): Promise<ReferralView> {
    const line = serviceLine(await this.referrals.lineOf(principal, ours(id, 'referral')));
    if (body.details) body.details = await validatePart(line.details, body.details, 'details');
    const referral = await this.referrals.patch(principal, id, body);
    this.queues.ringSoon('waits', principal.tenant);
    return referral;
  }

  @Get('referrals/:id/waits')
  @ApiOperation({ summary: 'Every clock of one referral with its working, as of any day and as known at any instant' })
  waits(@Asking() principal: Principal, @Param('id') id: string, @Query() query: WaitsQuery): ReturnType<Referrals['waits']> {
    const knownAt = query.knownAt === undefined ? undefined : new Date(query.knownAt);
    if (knownAt && Number.isNaN(knownAt.getTime()))
      throw new DomainError('invalid', 'knownAt is no instant.', [{ path: 'knownAt', message: 'must be an instant' }]);
    return this.referrals.waits(principal, ours(id, 'referral'), { asOf: query.asOf, knownAt });
  }

  @Post('referrals/:id/events')
  @ApiOperation({ summary: 'Tell what happened to a referral' })
  async tell(@Asking() principal: Principal, @Param('id') id: string, @Body() body: EventDto): Promise<{ seq: number }> {
    const line = serviceLine(await this.referrals.lineOf(principal, ours(id, 'referral')));
    const dataClass = eventDataClass(body.type, line);
    if (!dataClass) throw brokenRule('type', `must be an event of this line: ${eventTypes(line).join(', ')}`);
    if (!body.occurredOn && body.type !== 'event-voided') {
      throw new DomainError('invalid', 'One field is not as it must be.', [
        { path: 'occurredOn', message: 'must be a day of the calendar, YYYY-MM-DD' },
      ]);
    }
    const data = await validatePart(dataClass, body.data ?? {}, 'data');
    const told = await this.recordEvent.record(principal, id, { type: body.type, occurredOn: body.occurredOn ?? '', data: { ...data } });
    this.queues.ringSoon('waits', principal.tenant);
    return told;
  }

  @Get('referrals/:id/events')
  @ApiOperation({ summary: 'Everything told of a referral, in the order told' })
  async events(@Asking() principal: Principal, @Param('id') id: string): Promise<Page<object>> {
    const items = await this.referrals.events(principal, ours(id, 'referral'));
    return { items: items.map(({ referralId: _, ...event }) => event), nextCursor: null };
  }

  @Put('children/:personId/contacts')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Replace the contacts you hold for a child' })
  async putContacts(@Asking() principal: Principal, @Param('personId') personId: string, @Body() body: ContactsDto): Promise<void> {
    const put = (): Promise<void> => this.referrals.putContacts(principal, ours(personId, 'child'), body.contacts);
    await this.whereItWent.orSay(principal, personId, put);
  }
}

/** An id that cannot be one of ours is not there. */
function ours(id: string, what: string): string {
  if (!isUuid(id)) throw notFound(what);
  return id;
}
