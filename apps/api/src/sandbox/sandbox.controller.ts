import { Settings } from '#config';
import { notFound } from '#kernel';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/asking.js';
import { sandboxPage } from './sandbox-page.js';
import { SandboxMessages, type SandboxMessage } from './sandbox-messages.js';

/** What the sandbox sender "sent", with the links, so that anyone can try being the family. Does not exist in production. */
@ApiExcludeController()
@Controller('sandbox')
@Public()
export class SandboxController {
  constructor(
    private readonly settings: Settings,
    private readonly messages: SandboxMessages,
  ) {}

  @Get()
  async latest(
    @Query('tenant') tenant: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | { items: SandboxMessage[] }> {
    if (this.settings.production) throw notFound('page');
    const items = await this.messages.latest(typeof tenant === 'string' ? tenant : null);
    void reply.header('cache-control', 'no-store');
    if ((request.headers.accept ?? '').includes('application/json')) return { items };
    void reply.header('content-type', 'text/html; charset=utf-8');
    return sandboxPage(items);
  }
}
