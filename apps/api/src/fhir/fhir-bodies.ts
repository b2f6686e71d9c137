import { FHIR_JSON, parseFhirBody } from '#fhir';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

const JSON_TYPES = [FHIR_JSON, 'application/json', 'application/json+fhir'];

/** An operation's `$` may be written `%24`: the same address, to every layer behind. */
export const plainFhirUrl = (url: string): string => url.replace(/^\/v1\/fhir\/%24/, '/v1/fhir/$');

/** Bodies under /v1/fhir are FHIR JSON in UTF-8, whichever JSON they are called: parsed strictly, and nothing else is taken there. */
export function takeFhir(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(FHIR_JSON, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseFhirBody(Buffer.from(body)));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const type = request.headers['content-type'];
    // By the route that was found: an address can be spelt in many ways.
    const path = request.routeOptions.url ?? request.url;
    if (!path.startsWith('/v1/fhir/') || request.method === 'GET' || type === undefined) return done();
    if (!isFhirJson(type)) return done(new UnsupportedMediaTypeException(`The body must be ${FHIR_JSON}, in UTF-8.`));
    request.headers['content-type'] = FHIR_JSON;
    done();
  });
}

function isFhirJson(header: string): boolean {
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charsets = parameters.filter((p) => p.startsWith('charset=')).map((p) => p.slice('charset='.length).replaceAll('"', ''));
  return JSON_TYPES.includes(type) && charsets.every((charset) => charset === 'utf-8' || charset === 'utf8');
}
