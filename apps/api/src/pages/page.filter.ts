import { Catch, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { RequestWithPrincipal } from '../auth/asking.js';
import { problemOf } from '../http/problem.filter.js';
import { SignInNeeded } from './page.guard.js';
import { PAGE_HEADERS, Pages } from './pages.js';

/** What went wrong on a page is a page too. */
@Catch()
export class PageFilter implements ExceptionFilter {
  constructor(private readonly pages: Pages) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (error instanceof SignInNeeded) {
      void reply.redirect(`/sign-in?next=${encodeURIComponent(error.from)}`, HttpStatus.SEE_OTHER);
      return;
    }
    const { status, title, detail } = problemOf(error);
    const principal = http.getRequest<RequestWithPrincipal>().principal ?? null;
    void reply
      .status(status)
      .headers(PAGE_HEADERS)
      .send(this.pages.render('problem.njk', { title, detail, principal, freshness: null }));
  }
}
