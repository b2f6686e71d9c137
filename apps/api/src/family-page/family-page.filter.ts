import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../http/problem.filter.js';
import { FamilyPages } from './family-pages.js';

/** A program asks for JSON, or speaks it; a browser lists text/html. */
export const wantsJson = ({ headers }: FastifyRequest): boolean => {
  const accept = headers.accept ?? '';
  if (accept.includes('text/html')) return false;
  return accept.includes('application/json') || (headers['content-type'] ?? '').startsWith('application/json');
};

/** A failure on a family's page is a page too, with the numbers for help on it. Programs get problem+json. */
@Catch()
export class FamilyPageFilter implements ExceptionFilter {
  constructor(private readonly pages: FamilyPages) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    void reply.status(problem.status).header('cache-control', 'no-store');
    if (wantsJson(http.getRequest<FastifyRequest>())) {
      void reply.header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem));
    } else {
      void reply.header('content-type', 'text/html; charset=utf-8').send(this.pages.sorry());
    }
  }
}
