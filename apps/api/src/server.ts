import 'reflect-metadata';
import type { Platform } from '#platform';
import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LogLevel } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiModule } from './app.module.js';
import { refuseDeep } from './http/depth.js';
import { plainFhirUrl, takeFhir } from './fhir/fhir-bodies.js';
import { answerOf } from './http/problem.filter.js';
import { LONGEST_OPTION } from './imports/import-requests.js';
import { validationPipe } from './http/validation.js';
import { serveOpenApi } from './openapi.js';

const BODY_LIMIT = 1024 * 1024;
/** A file of an import. It is kept piece by piece, never whole in memory. */
const FILE_LIMIT = 1024 * 1024 * 1024;
const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug'];

/** The HTTP server, ready to listen. `fileLimit` is the largest file of an import, in bytes. */
export async function createServer(platform: Platform, { fileLimit = FILE_LIMIT } = {}): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 600 },
    rewriteUrl: ({ url = '/' }) => plainFhirUrl(url),
    // What Fastify refuses before any route is found: a bad URL.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const { status, type, body } = answerOf(error, request.url);
      void reply.status(status).header('content-type', type).send(body);
    },
  });
  const { logLevel } = platform.settings;
  const logger = logLevel === 'silent' ? (false as const) : LEVELS.slice(0, LEVELS.indexOf(logLevel) + 1);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.on(platform), adapter, { logger, abortOnError: false });
  const fastify = app.getHttpAdapter().getInstance();
  takeFhir(fastify);
  fastify.addHook('preValidation', (request, _reply, done) => {
    try {
      refuseDeep(request.body);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  // One file and one mapping are taken; that there are more is said by who reads the form.
  await app.register(multipart, { limits: { files: 4, fields: 20, fieldSize: LONGEST_OPTION, fileSize: fileLimit } });
  app.useGlobalPipes(validationPipe());
  serveOpenApi(app);
  await app.init();
  await fastify.ready();
  return app;
}
