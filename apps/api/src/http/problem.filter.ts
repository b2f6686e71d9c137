import { AgainstConstraint } from '#database';
import { FHIR_JSON, refusalOutcome } from '#fhir';
import { DomainError, type DomainErrorKind, type FieldError } from '#kernel';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** An error as clients read it (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors: FieldError[];
}

const STATUS: Record<DomainErrorKind, number> = { invalid: 400, forbidden: 403, 'not-found': 404, conflict: 409, rule: 422, busy: 503 };

const TITLES: Record<number, string> = {
  400: 'Malformed request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Against a rule',
  429: 'Too many requests',
  500: 'Something went wrong here',
  503: 'Busy',
};

/** Words for statuses whose own message might echo input. */
const DETAILS: Record<number, string> = {
  400: 'The request could not be read.',
  404: 'There is nothing here, or it is not yours.',
  413: 'The body is larger than this server takes.',
  415: 'The body must be application/json.',
  500: 'The error was logged. Nothing was changed.',
};

const logger = new Logger('http');

/** What any failure is to a client: no stack, no input, nothing of a child. */
export function problemOf(error: unknown): Problem {
  if (error instanceof AgainstConstraint) logger.warn(`Refused by ${error.constraint ?? 'a constraint without a name'}.`);
  if (error instanceof DomainError) return problem(STATUS[error.kind], error.kind, error.message, error.errors);
  const status = statusOf(error);
  if (status >= 500) {
    const e = error as Error & { code?: string };
    // The message may hold a value from a row; where it happened is enough to find it.
    logger.error(`${e?.name ?? 'Error'} ${e?.code ?? ''} ${stackOf(e)}`);
    return problem(500, 'error', DETAILS[500] ?? '', []);
  }
  const said = error instanceof HttpException && status !== 404 && status !== 400 ? error.message : undefined;
  return problem(status, CODES[status] ?? 'error', said ?? DETAILS[status] ?? 'The request was refused.', []);
}

const CODES: Record<number, string> = {
  400: 'invalid',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not-found',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many',
};

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

const stackOf = (e: Error | undefined): string =>
  (e?.stack ?? '')
    .split('\n')
    .filter((l) => l.startsWith('    at '))
    .slice(0, 4)
    .join(' ');

const problem = (status: number, code: string, detail: string, errors: FieldError[]): Problem => ({
  type: `https://meanwhile.example/problems/${code}`,
  title: TITLES[status] ?? 'Refused',
  status,
  code,
  detail,
  errors,
});

/** A failure as it is sent: problem+json, and to those who speak FHIR an OperationOutcome. */
export function answerOf(error: unknown, url: string): { status: number; type: string; body: string } {
  const p = problemOf(error);
  if (!url.startsWith('/v1/fhir/')) return { status: p.status, type: 'application/problem+json; charset=utf-8', body: JSON.stringify(p) };
  return {
    status: p.status,
    type: `${FHIR_JSON}; charset=utf-8`,
    body: JSON.stringify(refusalOutcome(error, p.status, p.detail, p.errors)),
  };
}

/** Everything that is thrown becomes problem+json, or an OperationOutcome. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const { status, type, body } = answerOf(error, host.switchToHttp().getRequest<FastifyRequest>().url);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    if (status === 503) void reply.header('retry-after', '1');
    void reply.status(status).header('content-type', type).send(body);
  }
}
