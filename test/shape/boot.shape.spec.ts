import { Database, migrate } from '#database';
import { Queues } from '#queues';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asOwner, testDatabase, type TestDatabase } from '../support/database.js';

/** What a process is told when it is started on the wrong database, or as the wrong role: one sentence, and it ends. */
let t: TestDatabase;
const suffix = randomBytes(6).toString('hex');
const [EMPTY, STRONG, OWNING, LOGIN] = [`empty_${suffix}`, `strong_${suffix}`, `owning_${suffix}`, `login_${suffix}`];

beforeAll(async () => {
  t = await testDatabase();
  await asServer(`create database ${EMPTY}`);
  await asServer(`create role ${STRONG} nologin bypassrls`);
  await asServer(`create role ${OWNING} nologin`);
  await asServer(`create role ${LOGIN} login noinherit password 'of-this-test-alone' in role meanwhile_app`);
  await asOwner(t.ownerUrl, (client) => client.query(`alter table service owner to ${OWNING}; grant usage on schema public to ${STRONG}`));
});
afterAll(async () => {
  await asOwner(t.ownerUrl, (client) => client.query(`revoke usage on schema public from ${STRONG}`));
  await t.close();
  await asServer(`drop database ${EMPTY} with (force)`);
  await asServer(`drop role ${STRONG}, ${OWNING}, ${LOGIN}`);
});

const asServer = (sql: string): Promise<unknown> => asOwner(inDatabase('postgres'), (client) => client.query(sql));

function inDatabase(name: string, login?: string): string {
  const url = new URL(t.ownerUrl);
  url.pathname = `/${name}`;
  if (login) [url.username, url.password] = [login, 'of-this-test-alone'];
  return url.toString();
}

const ours = (login?: string): string => inDatabase(new URL(t.ownerUrl).pathname.slice(1), login);
const open = (url: string, appRole = 'meanwhile_app'): Promise<Database> =>
  Database.open({ url, appRole, poolSize: 1, applicationName: 'boot' });

describe('a database is refused', () => {
  it('as a superuser, whom row-level security does not bind', async () => {
    const superuser = decodeURIComponent(new URL(t.ownerUrl).username);
    await expect(open(ours(), superuser)).rejects.toThrow(
      `The application must not run as ${superuser}: it could bypass row-level security.`,
    );
  });

  it('as a role that bypasses row-level security', async () => {
    await expect(open(ours(), STRONG)).rejects.toThrow(`The application must not run as ${STRONG}: it could bypass row-level security.`);
  });

  it('as a role that owns a table, and so could switch it off', async () => {
    await expect(open(ours(), OWNING)).rejects.toThrow(`The application must not run as ${OWNING}: it owns tables (service).`);
  });

  it('as a role that is not there', async () => {
    await expect(open(ours(), `nobody_${suffix}`)).rejects.toThrow(/has no role nobody_\w+: run the migrations first/);
  });

  it('when it was never migrated', async () => {
    await expect(open(inDatabase(EMPTY))).rejects.toThrow(
      'The database is empty: run the migrations first (npm run meanwhile -- migrate).',
    );
  });

  it('when it is at another version', async () => {
    const [before] = await asOwner(
      t.ownerUrl,
      async (client) => (await client.query(`delete from migration where id = (select max(id) from migration) returning *`)).rows,
    );
    try {
      await expect(open(ours())).rejects.toThrow(
        /The database is at \w+, this program wants \w+: run meanwhile migrate, or the other version\./,
      );
    } finally {
      await asOwner(t.ownerUrl, (client) =>
        client.query('insert into migration (id, timestamp, name) values ($1, $2, $3)', [before.id, before.timestamp, before.name]),
      );
    }
  });
});

describe('the queue', () => {
  it('says in one sentence that its tables are missing, instead of trying for ever', async () => {
    const logged: string[] = [];
    const opening = Queues.open({
      redisUrl: null,
      databaseUrl: inDatabase(EMPTY),
      appRole: 'meanwhile_app',
      log: (line) => void logged.push(line),
    });
    await expect(opening).rejects.toThrow(
      'The queue has no tables in this database: run the migrations first (npm run meanwhile -- migrate).',
    );
    expect(logged).toEqual([]);
    const left = await asOwner(
      inDatabase(EMPTY),
      async (client) =>
        (await client.query(`select from pg_stat_activity where application_name = 'meanwhile-queue' and datname = current_database()`))
          .rowCount,
    );
    expect(left).toBe(0);
  });
});

describe('a login that is nothing but a member of the role', () => {
  it('is all an app needs: database and queue', async () => {
    const database = await open(ours(LOGIN));
    expect(await database.tenants()).toEqual(['ELSE', 'TEST']);
    await database.close();
    const queues = await Queues.open({ redisUrl: null, databaseUrl: ours(LOGIN), appRole: 'meanwhile_app', log: () => undefined });
    await queues.ring('waits', 'TEST');
    expect((await queues.depth()).waits).toBe(1);
    await queues.close();
  });

  it('sees no table as itself', async () => {
    const reading = asOwner(ours(LOGIN), (client) => client.query('select from person'));
    await expect(reading).rejects.toThrow(/permission denied/);
  });
});

describe('migrating', () => {
  it('again changes nothing, and two at once wait for each other', async () => {
    expect(await Promise.all([migrate(t.ownerUrl, 'meanwhile_app'), migrate(t.ownerUrl, 'meanwhile_app')])).toEqual([[], []]);
  });

  it('never drops, renames or locks for long: statements a live table cannot take are not there', () => {
    const folder = join(import.meta.dirname, '../../libs/database/src/migrations');
    const index = readFileSync(join(folder, 'index.ts'), 'utf8');
    const files = [...index.matchAll(/from '\.\/(\d{13}-[a-z-]+)\.js'/g)].map((m) => m[1] ?? '');
    expect(files.length).toBeGreaterThan(0);
    expect([...files].sort()).toEqual(files);
    for (const file of files) {
      const sql = readFileSync(join(folder, `${file}.ts`), 'utf8');
      expect({ file, found: /\b(drop table|drop column|rename|alter column \w+ type|vacuum full|lock table)\b/i.exec(sql)?.[0] }).toEqual({
        file,
        found: undefined,
      });
    }
  });
});
