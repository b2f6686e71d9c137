import { CheckInSweep } from '#check-ins';
import { readSecrets, readSettings } from '#config';
import type { Role } from '#kernel';
import { SandboxSender } from '#messages';
import { PlatformModule, type Platform } from '#platform';
import { Queues } from '#queues';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { developmentToken } from '../auth/development-token.js';
import { BearerGuard, Tokens } from '../auth/index.js';
import { CheckInsModule } from '../check-ins/check-ins.module.js';
import { ChildrenModule } from '../children/children.module.js';
import { EscalationsModule } from '../escalations/escalations.module.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { validationPipe } from '../http/validation.js';
import { SandboxModule } from '../sandbox/sandbox.module.js';
import { FamilyPageModule } from './family-page.module.js';

@Module({
  imports: [CheckInsModule, EscalationsModule, ChildrenModule, FamilyPageModule, SandboxModule],
  providers: [Tokens, { provide: APP_GUARD, useClass: BearerGuard }, { provide: APP_FILTER, useClass: ProblemFilter }],
})
class WaitingWellModule {}

export interface WaitingWellApp extends TestDatabase {
  http: ReturnType<typeof supertest>;
  as(who?: { org?: string; roles?: Role[] }): Promise<Record<string, string>>;
  /** One sweep to the sandbox. */
  sweep(): ReturnType<CheckInSweep['run']>;
}

/** The waiting-well part of the API on a database of its own. */
export async function waitingWellApp(environment: Record<string, string> = {}): Promise<WaitingWellApp> {
  const t = await testDatabase();
  const settings = readSettings({
    DATABASE_URL: t.url,
    MEANWHILE_DATA: t.dataFolder,
    PUBLIC_URL: 'https://meanwhile.example',
    ...environment,
  });
  const secrets = readSecrets(settings);
  const queues = await Queues.open({ redisUrl: null, databaseUrl: t.url, appRole: settings.appRole, log: () => undefined });
  const platform: Platform = { settings, secrets, clock: t.clock, database: t.database, queues, close: () => queues.close() };
  const root = { module: WaitingWellModule, imports: [PlatformModule.of(platform)] };
  const server = await NestFactory.create<NestFastifyApplication>(root, new FastifyAdapter(), { logger: false, abortOnError: false });
  server.useGlobalPipes(validationPipe());
  await server.listen(0, '127.0.0.1');
  const sweeper = new CheckInSweep(t.database, t.clock, new SandboxSender(t.database, t.clock), secrets, settings);
  return {
    ...t,
    http: supertest(await server.getUrl()),
    sweep: () => sweeper.run('TEST'),
    async as({ org = 'ZZ999', roles = ['clinician'] }: { org?: string; roles?: Role[] } = {}) {
      const token = await developmentToken(secrets, { subject: `${org} ${roles.join()}`, name: 'A Nurse', tenant: 'TEST', org, roles });
      return { authorization: `Bearer ${token}` };
    },
    async close() {
      await server.close();
      await queues.close();
      await t.close();
    },
  };
}
