import type { Settings } from '#config';
import { Database, databaseOptions, findDatabase, migrate } from '#database';
import { serviceLines } from '#service-lines';
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export const TENANT = 'BENCH';
export const PROVIDERS = ['ZZ901', 'ZZ902', 'ZZ903'] as const;

/** Databases of a run's own, made and dropped on the server that was given or the embedded one. */
export interface BenchServer {
  url: string;
  create(tenants?: readonly string[]): Promise<BenchDatabase>;
  close(): Promise<void>;
}

/** A migrated database with its tenants, each with all lines at three providers. */
export interface BenchDatabase {
  /** The settings with this database as theirs: what a child process starts with. */
  settings: Settings;
  url: string;
  database: Database;
  /** As the owner of the tables: for what the application may not do, such as emptying them between runs. */
  owner: pg.Client;
  /** As the application's role in a tenant, with nothing of ours between it and the engine. */
  bare(tenant: string): Promise<pg.Client>;
  drop(): Promise<void>;
}

export async function openServer(settings: Settings, log: (line: string) => void): Promise<BenchServer> {
  const found = await findDatabase(settings, log);
  await dropLeftovers(found.ownerUrl);
  const open = new Set<BenchDatabase>();
  return {
    url: found.ownerUrl,
    async create(tenants = [TENANT]) {
      const name = `${NAME}${randomBytes(6).toString('hex')}`;
      await once(found.ownerUrl, `create database ${name}`);
      const made = await prepare(
        settings,
        { name, url: found.url, ownerUrl: found.ownerUrl },
        tenants,
        (dropped) => void open.delete(dropped),
      );
      open.add(made);
      return made;
    },
    async close() {
      for (const left of open) await left.drop();
      await found.embedded?.stop();
    },
  };
}

const NAME = 'meanwhile_bench_';

/** Databases of runs that were killed: nobody is in them any more. */
async function dropLeftovers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database d where datname ~ $1 and not exists (select from pg_stat_activity a where a.datid = d.oid)`,
      [`^${NAME}[0-9a-f]{12}$`],
    );
    for (const { name } of rows) await client.query(`drop database if exists ${name}`);
  } finally {
    await client.end();
  }
}

interface Place {
  name: string;
  url: string;
  ownerUrl: string;
}

async function prepare(
  settings: Settings,
  place: Place,
  tenants: readonly string[],
  onDrop: (dropped: BenchDatabase) => void,
): Promise<BenchDatabase> {
  const [url, ownerUrl] = [inDatabase(place.url, place.name), inDatabase(place.ownerUrl, place.name)];
  await migrate(ownerUrl, settings.appRole);
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(referenceData(tenants));
  const entities = serviceLines.map((line) => line.details);
  const database = await Database.open({ ...databaseOptions(settings, url, 'meanwhile-bench'), entities });
  const clients: pg.Client[] = [owner];
  const made: BenchDatabase = {
    settings: { ...settings, databaseUrl: url, databaseOwnerUrl: ownerUrl },
    url,
    database,
    owner,
    async bare(tenant) {
      const client = new pg.Client({ connectionString: url, options: `-c role=${settings.appRole} -c timezone=UTC` });
      await client.connect();
      clients.push(client);
      await client.query(`select set_config('meanwhile.tenant', $1, false), set_config('meanwhile.org', '*', false)`, [tenant]);
      return client;
    },
    async drop() {
      for (const client of clients) await client.end();
      await database.close();
      await once(place.ownerUrl, `drop database ${place.name} with (force)`);
      onDrop(made);
    },
  };
  return made;
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

function inDatabase(url: string, name: string): string {
  const u = new URL(url);
  u.pathname = `/${name}`;
  return u.toString();
}

const referenceData = (tenants: readonly string[]): string => `
  insert into organisation (code, name, kind) values ${PROVIDERS.map((p) => `('${p}', 'Bench provider ${p}', 'provider')`).join(', ')};
  ${tenants
    .map(
      (tenant) => `
    insert into tenant (key, name, synthetic_shape) values ('${tenant}', 'Bench ICB', 'Invented for benchmarks');
    set meanwhile.tenant = '${tenant}';
    insert into service (tenant, id, line, provider)
      select '${tenant}', gen_random_uuid(), line, provider
      from unnest(array['${serviceLines.map((l) => l.code).join(`','`)}']) as line, unnest(array['${PROVIDERS.join(`','`)}']) as provider;`,
    )
    .join('')}
  reset meanwhile.tenant;
`;

/** After loading or emptying: what autovacuum would have done by the next day, so that no run pays for the one before it. */
export async function tidy(owner: pg.Client, ...tables: string[]): Promise<void> {
  await owner.query(`vacuum (analyze) ${tables.join(', ')}`);
}
