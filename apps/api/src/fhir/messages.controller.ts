import { FHIR_JSON, ProcessMessage, SetAside, type SetAsideMessage } from '#fhir';
import { isUuid, notFound, type Principal } from '#kernel';
import { Queues } from '#queues';
import { Body, Controller, Get, Header, HttpCode, HttpStatus, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/index.js';
import { afterOf, ID, INSTANT, limitOf, pageOf, PageQuery, type Page } from '../http/page.js';
import { ResolveMessage } from './fhir-requests.js';

@ApiTags('FHIR')
@ApiBearerAuth()
@Controller('v1/fhir')
@Allow(...PROVIDER_ROLES)
export class FhirMessagesController {
  constructor(
    private readonly processMessage: ProcessMessage,
    private readonly setAside: SetAside,
    private readonly queues: Queues,
  ) {}

  @Post('$process-message')
  @HttpCode(HttpStatus.OK)
  @Header('content-type', FHIR_JSON)
  @ApiOperation({
    summary: 'A Booking and Referral Standard message about a referral: new, update, revoked, entered-in-error',
    description: '200 with a message Bundle when done; 202 with an OperationOutcome when a person at the provider decides.',
  })
  @ApiConsumes(FHIR_JSON, 'application/json')
  @ApiProduces(FHIR_JSON)
  @ApiBody({ schema: { type: 'object' } })
  async process(
    @Asking() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { state, resource } = await this.processMessage.process(principal, request.body);
    if (state === 'taken') this.queues.ringSoon('waits', principal.tenant);
    else void reply.status(HttpStatus.ACCEPTED);
    return resource;
  }

  @Get('set-aside')
  @ApiOperation({ summary: 'Messages that wait for a person to decide, oldest first' })
  async list(@Asking() principal: Principal, @Query() query: PageQuery): Promise<Page<SetAsideMessage>> {
    const limit = limitOf(query);
    const after = afterOf(query.cursor, INSTANT, ID);
    const items = await this.setAside.list(principal, { limit: limit + 1, after });
    return pageOf(items, limit, ({ receivedAt, id }) => [receivedAt.toISOString(), id]);
  }

  @Get('set-aside/:id')
  @ApiOperation({ summary: 'One of them with what was sent, word for word; the reading is written down' })
  read(@Asking() principal: Principal, @Param('id') id: string): Promise<object> {
    return this.setAside.read(principal, ours(id));
  }

  @Post('set-aside/:id/resolve')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ summary: 'Say that a person has decided, and what' })
  async resolve(@Asking() principal: Principal, @Param('id') id: string, @Body() body: ResolveMessage): Promise<void> {
    await this.setAside.resolve(principal, ours(id), body);
  }
}

function ours(id: string): string {
  if (!isUuid(id)) throw notFound('message');
  return id;
}
