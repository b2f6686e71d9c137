import { HttpStatus, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** Lets one route take a body of CSV, as text. Elsewhere it stays what it was: 415. */
export function takeCsv(fastify: FastifyInstance, path: string): void {
  fastify.addContentTypeParser('text/csv', { parseAs: 'string' }, (request, body, done) => {
    if (request.routeOptions.url === path) done(null, body);
    else done(Object.assign(new UnsupportedMediaTypeException(), { statusCode: HttpStatus.UNSUPPORTED_MEDIA_TYPE }));
  });
}
