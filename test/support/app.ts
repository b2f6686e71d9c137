import { readSecrets, readSettings } from '#config';
import type { Role } from '#kernel';
import type { Platform } from '#platform';
import { Queues } from '#queues';
import { createServer } from '../../apps/api/src/server.js';
import { developmentToken } from '../../apps/api/src/auth/development-token.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { testDatabase, type TestDatabase } from './database.js';

export interface As {
  roles?: Role[];
  tenant?: string;
  org?: string;
}

export interface TestApp extends TestDatabase {
  platform: Platform;
  server: NestFastifyApplication;
  http: ReturnType<typeof supertest>;
  /** An Authorization header of a clinician and administrator at ZZ999 in TEST, or whom it says. */
  as(who?: As): Promise<Record<string, string>>;
}

/** The API on a database of its own, answering on a loopback port, with a clock that stands still. */
export async function testApp(): Promise<TestApp> {
  const t = await testDatabase();
  const settings = readSettings({ DATABASE_URL: t.url, MEANWHILE_DATA: t.dataFolder, LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent' });
  const secrets = readSecrets(settings);
  const queues = await Queues.open({
    redisUrl: process.env['REDIS_URL'] ?? null,
    databaseUrl: t.url,
    appRole: settings.appRole,
    log: console.log,
  });
  const platform: Platform = { settings, secrets, clock: t.clock, database: t.database, queues, close: () => queues.close() };
  const server = await createServer(platform);
  await server.listen(0, '127.0.0.1');
  return {
    ...t,
    platform,
    server,
    http: supertest(await server.getUrl()),
    async as({ roles = ['provider-admin', 'clinician'], tenant = 'TEST', org = 'ZZ999' }: As = {}) {
      const token = await developmentToken(secrets, { subject: `${org} ${roles.join()}`, name: 'A Clinician', tenant, org, roles });
      return { authorization: `Bearer ${token}` };
    },
    async close() {
      await server.close();
      await queues.close();
      await t.close();
    },
  };
}
