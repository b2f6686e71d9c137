import { FHIR_JSON, parseFhirJson } from '#fhir';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

const JSON_TYPES = [FHIR_JSON, 'application/json', 'application/json+fhir'];

/** Bodies under /v1/fhir are FHIR JSON, whichever JSON they are called: parsed strictly, and nothing else is taken there. */
export function takeFhir(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(FHIR_JSON, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseFhirJson(body.toString()));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const type = request.headers['content-type'];
    if (!request.url.startsWith('/v1/fhir/') || request.method === 'GET' || type === undefined) return done();
    if (!JSON_TYPES.includes(type.split(';')[0]?.trim().toLowerCase() ?? '')) {
      return done(new UnsupportedMediaTypeException(`The body must be ${FHIR_JSON}.`));
    }
    request.headers['content-type'] = FHIR_JSON;
    done();
  });
}
