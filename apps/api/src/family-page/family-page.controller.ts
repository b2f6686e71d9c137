import { Replies, type LinkView } from '#check-ins';
import { DomainError } from '#kernel';
import { Body, Controller, Get, Header, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/asking.js';
import { asJson } from './family-answers.js';
import { FamilyPageFilter, wantsJson } from './family-page.filter.js';
import { FamilyPages, type PageErrors } from './family-pages.js';
import { readFamilyRequest, type FamilyRequest } from './family-request.js';

/** Kept nowhere, told to nobody, found by no search engine, shown in no frame; and nothing is loaded from elsewhere. */
const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

/**
 * The page behind a family's link. There is no token against forged posts: there is no session or cookie that a forged one could borrow.
 * The secret in the address is all there is, who has it may act, and who has it not cannot.
 */
@ApiTags('Family page')
@Controller()
@Public()
@UseFilters(FamilyPageFilter)
export class FamilyPageController {
  constructor(
    private readonly replies: Replies,
    private readonly pages: FamilyPages,
  ) {}

  @Get('c/:token')
  @ApiOperation({ summary: 'What a family’s link opens: asks for a birth date, changes nothing' })
  async open(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | object> {
    return this.#show(await this.replies.open(token), request, reply);
  }

  @Post('c/:token')
  @ApiOperation({ summary: 'A birth date, one urgent worry, the answers, or "this is not me"; form or JSON' })
  async say(
    @Param('token') token: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | object> {
    void reply.headers(HEADERS);
    try {
      const asked = readFamilyRequest(body);
      return this.#show(await this.#act(token, asked), request, reply, asked.step === 'answer' && asked.afterUrgent);
    } catch (error) {
      if (wantsJson(request) || !(error instanceof DomainError) || !['invalid', 'rule'].includes(error.kind)) throw error;
      return this.#showErrors(token, error, body, reply);
    }
  }

  @Get('family-page/nhsuk-frontend.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=86400')
  styles(): string {
    return this.pages.styles;
  }

  async #act(token: string, asked: FamilyRequest): Promise<LinkView> {
    if (asked.step === 'stop') return this.replies.stop(token, asked.why);
    if (asked.step === 'birth-date') return this.replies.giveBirthDate(token, asked.birthDate);
    let { pass } = asked;
    if (asked.birthDate) {
      // A program may say all at once; the birth date still comes first.
      const entered = await this.replies.giveBirthDate(token, asked.birthDate);
      if (entered.kind !== 'questions') return entered;
      pass = entered.pass;
    }
    return asked.step === 'choose' ? this.replies.choose(token, pass, asked.concern) : this.replies.submit(token, pass, asked.answers);
  }

  #show(view: LinkView, request: FastifyRequest, reply: FastifyReply, afterUrgent = false): string | object {
    void reply.headers(HEADERS).status(statusOf(view, request.method));
    if (wantsJson(request)) return asJson(view);
    void reply.header('content-type', 'text/html; charset=utf-8');
    return this.pages.page(view, null, afterUrgent);
  }

  /** The same page again, saying what is missing. */
  async #showErrors(token: string, error: DomainError, body: unknown, reply: FastifyReply): Promise<string> {
    const given = (body ?? {}) as Record<string, unknown>;
    const errors: PageErrors = { list: error.errors.map(({ path }) => ERRORS[path] ?? { text: error.message, href: '#main' }), given };
    const opened = await this.replies.open(token);
    const pass = typeof given['pass'] === 'string' ? given['pass'] : '';
    const view = opened.kind === 'birth-date' && pass !== '' ? await this.replies.questions(token, pass) : opened;
    const isForm = view.kind === 'birth-date' || view.kind === 'questions';
    void reply.status(isForm ? 422 : statusOf(view, 'GET')).header('content-type', 'text/html; charset=utf-8');
    return this.pages.page(view, errors);
  }
}

const ERRORS: Record<string, { text: string; href: string }> = {
  birthDate: { text: 'Enter a real date of birth, such as 27 3 2019', href: '#birth-date-day' },
  change: { text: 'Say whether things are better, the same or worse', href: '#change' },
  message: { text: 'What you write must be shorter', href: '#message' },
};

/** A wrong birth date, or answers without one, is a form to mend; a link that opens nothing is gone, and nothing more is said of it. */
function statusOf(view: LinkView, method: string): number {
  if (view.kind === 'unknown') return 404;
  if (view.kind === 'expired') return 410;
  if (view.kind === 'closed') return method === 'POST' && view.why !== 'wrong-birth-date' ? 200 : 410;
  return view.kind === 'birth-date' && method === 'POST' ? 422 : 200;
}
