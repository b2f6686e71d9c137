import type { Settings } from '#config';
import { findDatabase, migrate } from '#database';
import { describeColumns } from '#imports';
import { openPlatform } from '#platform';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { openApiDocument } from '../../api/src/openapi.js';
import { createServer } from '../../api/src/server.js';
import { optionsOf } from './options.js';
import { schemaDocument } from './schema-document.js';

/**
 * Writes what is generated into the repository, from the code as it is: the HTTP contract, the schema, and the columns of imports.
 * With `--check` writes nothing, and ends with status 1 when a document is not what the code says. Paths are from the folder npm runs in.
 */
export async function generate(args: string[], settings: Settings): Promise<number> {
  const { check } = optionsOf(args, { check: { type: 'boolean' } });
  const documents = await generated(settings);
  const stale: string[] = [];
  for (const [file, text] of Object.entries(documents)) {
    const held = await readFile(file, 'utf8').catch(() => null);
    if (held === text) continue;
    stale.push(file);
    if (check) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (stale.length === 0) console.log(`Up to date: ${Object.keys(documents).join(', ')}`);
  else if (check) console.error(`Stale: ${stale.join(', ')}. Run npm run generate, look at the difference, and add it.`);
  else console.log(`Written: ${stale.join(', ')}`);
  return check && stale.length > 0 ? 1 : 0;
}

/** Text by file, from a database made for this and dropped after: what the developer's own one holds plays no part. */
async function generated(settings: Settings): Promise<Record<string, string>> {
  const found = await findDatabase(settings, () => undefined);
  const name = `generate_${randomBytes(6).toString('hex')}`;
  const url = new URL(found.ownerUrl);
  url.pathname = `/${name}`;
  try {
    await asOwner(found.ownerUrl, (client) => client.query(`create database ${name}`));
    await migrate(url.toString(), settings.appRole);
    const schema = await asOwner(url.toString(), (client) => schemaDocument(client, settings.appRole));
    const openapi = await openApi(settings, url.toString());
    return { 'docs/openapi.json': openapi, 'docs/schema.sql': schema, 'docs/import-columns.md': describeColumns() };
  } finally {
    await asOwner(found.ownerUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    await found.embedded?.stop();
  }
}

async function openApi(settings: Settings, databaseUrl: string): Promise<string> {
  const platform = await openPlatform({ ...settings, databaseUrl, redisUrl: null, logLevel: 'error' }, 'meanwhile-generate', console.error);
  try {
    const app = await createServer(platform);
    const { paths, components, ...rest } = openApiDocument(app);
    await app.close();
    // In alphabetical order, so that moving a module moves nothing here.
    const document = { ...rest, paths: sorted(paths), components: { ...components, schemas: sorted(components?.schemas ?? {}) } };
    return `${JSON.stringify(document, null, 2)}\n`;
  } finally {
    await platform.close();
  }
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
