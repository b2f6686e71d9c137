import { readSettings } from '#config';
import { Database, databaseOptions, migrate, startEmbeddedDatabase, type EmbeddedDatabase } from '#database';
import { FixedClock } from '#kernel';
import { serviceLines } from '#service-lines';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface TestDatabase {
  /** As the application's role, as always. */
  database: Database;
  url: string;
  ownerUrl: string;
  /** Sunday 22 November 2026, 10:30. Tests may move it. */
  clock: FixedClock;
  /** A folder of this suite's own, for secrets. */
  dataFolder: string;
  close(): Promise<void>;
}

const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };
const LOCK = 0x74657374;

/** A database of this suite's own, cloned from a migrated template, with tenants TEST (providers ZZ999, ZZ998) and ELSE (provider ZZ997). */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asOwner(server.url, async (client) => {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const template = await migratedTemplate(client, server.url);
    await client.query(`create database ${name} template ${template}`);
  });
  const url = inDatabase(server.url, name);
  const dataFolder = mkdtempSync(join(tmpdir(), 'meanwhile-test-'));
  const settings = readSettings({ DATABASE_URL: url, MEANWHILE_DATA: dataFolder });
  const entities = serviceLines.map((l) => l.details);
  const database = await Database.open({ ...databaseOptions(settings, url, 'test'), entities });
  return {
    database,
    url,
    ownerUrl: url,
    dataFolder,
    clock: new FixedClock(new Date('2026-11-22T10:30:00Z')),
    async close() {
      await database.close();
      await asOwner(server.url, (client) => client.query(`drop database ${name} with (force)`));
      rmSync(dataFolder, { recursive: true, force: true });
      await server.embedded?.stop();
    },
  };
}

async function testServer(): Promise<{ url: string; embedded: EmbeddedDatabase | null }> {
  const given = process.env['DATABASE_URL'];
  if (given) return { url: given, embedded: null };
  const embedded = await startEmbeddedDatabase({
    dataFolder: process.env['MEANWHILE_TEST_DATA'] ?? join('.meanwhile', 'test'),
    settings: SETTINGS,
  });
  return { url: embedded.url, embedded };
}

/** Made once for each version of the migrations; the caller holds the lock. */
async function migratedTemplate(client: pg.Client, serverUrl: string): Promise<string> {
  const name = `template_${migrationsDigest()}`;
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount) return name;
  const draft = `${name}_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  await client.query(`create database ${draft}`);
  await migrate(inDatabase(serverUrl, draft), 'meanwhile_app');
  await asOwner(inDatabase(serverUrl, draft), (c) => c.query(referenceData()));
  await client.query(`alter database ${draft} rename to ${name}`);
  return name;
}

function migrationsDigest(): string {
  const hash = createHash('sha256').update(referenceData());
  const folder = join(import.meta.dirname, '../../libs/database/src');
  for (const file of readdirSync(join(folder, 'migrations')).sort()) hash.update(readFileSync(join(folder, 'migrations', file)));
  for (const file of ['migrate.ts', 'row-level-security.ts']) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

const referenceData = (): string => `
  insert into tenant (key, name, icb_ods_codes, synthetic_shape) values
    ('TEST', 'Test ICB', '{QZZ}', 'Invented for tests'), ('ELSE', 'Another ICB', '{QZY}', 'Invented for tests');
  insert into organisation (code, name, kind) values
    ('QZZ', 'Test ICB', 'icb'), ('ZZ999', 'Example Trust', 'provider'), ('ZZ998', 'Other Example Trust', 'provider'), ('ZZ997', 'Elsewhere Trust', 'provider'),
    ('E06000061', 'North Northamptonshire', 'local-authority'), ('E06000062', 'West Northamptonshire', 'local-authority');
  ${[
    ['TEST', 'ZZ999'],
    ['TEST', 'ZZ998'],
    ['ELSE', 'ZZ997'],
  ]
    .map(
      ([tenant, provider]) => `
    set meanwhile.tenant = '${tenant}';
    insert into service (tenant, id, line, provider)
      select '${tenant}', gen_random_uuid(), line, '${provider}' from unnest(array['${serviceLines.map((l) => l.code).join(`','`)}']) as line;`,
    )
    .join('')}
  reset meanwhile.tenant;
`;

function inDatabase(url: string, name: string): string {
  const u = new URL(url);
  u.pathname = `/${name}`;
  return u.toString();
}

/** As the owner of the tables: for what the application may not do, such as making databases. */
export async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
