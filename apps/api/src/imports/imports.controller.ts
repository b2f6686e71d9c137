import { Imports, NOTHING_IS_DONE, template, type ImportRequest, type ImportView, type LayoutName } from '#imports';
import { isUuid, notFound, type Principal } from '#kernel';
import { Queues } from '#queues';
import type { ReferralView } from '#referrals';
import { BYTE_ORDER_MARK, csvCell } from '#reporting';
import { Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiExtraModels, ApiOperation, ApiProduces, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Allow, Asking, PROVIDER_ROLES } from '../auth/index.js';
import { afterOf, ID, INSTANT, limitOf, pageOf, type Page } from '../http/page.js';
import { ImportListQuery, ImportOptions } from './import-requests.js';
import { letBy, SentForm } from './sent-form.js';

/** Lists in bulk: a file is kept at once, taken in by a worker, and its bad rows handed back to be mended. */
@ApiTags('Imports')
@ApiBearerAuth()
@Allow(...PROVIDER_ROLES)
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly imports: Imports,
    private readonly queues: Queues,
  ) {}

  @Post()
  @HttpCode(202)
  @ApiConsumes('multipart/form-data')
  @ApiExtraModels(ImportOptions)
  @ApiBody({
    schema: {
      allOf: [
        { $ref: getSchemaPath(ImportOptions) },
        { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
      ],
    },
  })
  @ApiOperation({
    summary: 'Send a file of referrals or of pathway events (CSV, FHIR)',
    description:
      'The options come before the file, behind it, or in the query, each once. A field that is not known, a second file or an option that cannot be used: 400, and nothing is kept.',
  })
  async send(
    @Asking() principal: Principal,
    @Req() request: FastifyRequest,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<{ id: string }> {
    try {
      const form = new SentForm(request);
      const { name, content } = await form.file();
      const asked = (): ImportRequest => ({ mode: 'apply', ...form.options(), fileName: name });
      const kept = await this.imports.receive(principal, asked(), content, () => form.rest().then(asked), key);
      this.queues.ringSoon('imports', principal.tenant);
      return kept;
    } catch (error) {
      letBy(request);
      throw error;
    }
  }

  @Get()
  @ApiOperation({ summary: 'The files this provider has sent, newest first' })
  async list(@Asking() principal: Principal, @Query() query: ImportListQuery): Promise<Page<ImportView>> {
    const limit = limitOf(query);
    const [createdAt, id] = afterOf(query.cursor, INSTANT, ID) ?? [];
    const after = createdAt !== undefined && id !== undefined ? { createdAt, id } : undefined;
    return pageOf(await this.imports.list(principal, limit + 1, after), limit, (last) => [last.createdAt.toISOString(), last.id]);
  }

  @Get('templates/:layout')
  @ApiProduces('text/csv')
  @ApiOperation({ summary: 'The columns of a layout, with one row that would be taken: referrals or events' })
  @Header('content-type', 'text/csv; charset=utf-8')
  template(@Param('layout') layout: string): string {
    if (layout !== 'referrals' && layout !== 'events') throw notFound('layout');
    const { head, example } = template(layout satisfies LayoutName);
    return line(head) + line(example);
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far an import has got, what became of its rows, and why it stopped' })
  async get(@Asking() principal: Principal, @Param('id') id: string): Promise<ImportView> {
    return this.imports.get(principal, ours(id));
  }

  @Get(':id/rejects')
  @ApiProduces('text/csv')
  @ApiOperation({ summary: 'Rows set aside, with their own columns, to be mended and sent again' })
  async rejects(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    await this.imports.get(principal, ours(id));
    void reply.header('content-disposition', `attachment; filename="rejects-${id}.csv"`).header('cache-control', 'no-store');
    const list = this.imports.rejectList(principal, id);
    const lines = async function* (): AsyncGenerator<string> {
      yield BYTE_ORDER_MARK;
      for await (const cells of list) yield line(cells);
    };
    return new StreamableFile(Readable.from(lines(), { objectMode: false }), { type: 'text/csv; charset=utf-8' });
  }

  @Get(':id/missing')
  @ApiOperation({
    summary: 'Open referrals that a file said to be the whole list lacked; 409 for any other file',
    description: NOTHING_IS_DONE,
  })
  async missing(
    @Asking() principal: Principal,
    @Param('id') id: string,
    @Query() query: ImportListQuery,
  ): Promise<Page<ReferralView> & { note: string }> {
    const limit = limitOf(query);
    const [after = null] = afterOf(query.cursor, ID) ?? [];
    const found = await this.imports.missing(principal, ours(id), limit + 1, after);
    return { ...pageOf(found, limit, (last) => [last.id]), note: NOTHING_IS_DONE };
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'A person has looked: it may go on' })
  async confirm(@Asking() principal: Principal, @Param('id') id: string): Promise<ImportView> {
    const view = await this.imports.confirm(principal, ours(id));
    this.queues.ringSoon('imports', principal.tenant);
    return view;
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop it where it is; what was taken in stays' })
  async cancel(@Asking() principal: Principal, @Param('id') id: string): Promise<ImportView> {
    return this.imports.cancel(principal, ours(id));
  }
}

const line = (cells: readonly (string | number)[]): string => `${cells.map((cell) => csvCell(cell)).join(',')}\r\n`;

function ours(id: string): string {
  if (!isUuid(id)) throw notFound('import');
  return id;
}
