import { transformFile } from '@swc/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { binariesPackage } from './binaries.js';
import { startEmbeddedDatabase, type EmbeddedDatabase, type EmbeddedOptions } from './index.js';
import { recordedPostmaster, serves } from './postmaster.js';
import { runAs, serverUserFor } from './server-user.js';

const isRoot = process.getuid?.() === 0;
const hasty = { fsync: 'off', shared_buffers: '16MB' };

let place: string; // for everything made here; open to the server's user
let folders = 0;
const started: EmbeddedDatabase[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'embedded spec ')));
  await chmod(place, 0o755);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const database of started.splice(0)) await database.stop();
});

afterAll(async () => {
  const left = (await runAs(undefined, '/bin/sh', ['-c', `ps -eww -o args= | grep -F "-D $0/" | grep -v grep`, place])).output;
  await rm(place, { recursive: true });
  expect(left).not.toContain('/postgres');
});

const newFolder = (): string => join(place, `data ${++folders}`);

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedDatabase> {
  const database = await startEmbeddedDatabase({ dataFolder: newFolder(), settings: hasty, ...options });
  started.push(database);
  return database;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return ((await client.query(sql)).rows as Record<string, unknown>[])[0] ?? {};
  } finally {
    await client.end();
  }
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  const giveUp = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error('waited 15 s in vain');
    await delay(20);
  }
}

const clusterOf = ({ folder }: EmbeddedDatabase): string => join(folder, 'cluster');
const pidOf = async (database: EmbeddedDatabase): Promise<number> => (await recordedPostmaster(clusterOf(database)))?.pid ?? 0;

async function killed(database: EmbeddedDatabase): Promise<EmbeddedDatabase> {
  const pid = await pidOf(database);
  process.kill(pid, 'SIGKILL');
  await until(async () => !(await serves(pid, clusterOf(database))));
  started.splice(started.indexOf(database), 1);
  return database;
}

/** A process of another kind, of the server's user: the one whose pid PostgreSQL would respect. */
async function stranger(database: EmbeddedDatabase, script: string): Promise<number> {
  const { uid, gid } = await stat(clusterOf(database));
  const child = spawn('/bin/sh', ['-c', script], isRoot ? { uid, gid, cwd: '/' } : {});
  children.push(child);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(chunk.toString());
}

interface OtherProcess {
  pid: number;
  database: EmbeddedDatabase;
  ended: Promise<[number | null, string | null]>;
}

/** The launcher as plain JavaScript, for starts in other processes. Does what `then` says, and prints the started database. */
async function otherProcess(dataFolder: string, then: string, as: { uid?: number; gid?: number } = {}): Promise<OtherProcess> {
  const home = await mkdtemp(join(place, 'program-'));
  await chmod(home, 0o755);
  const source = dirname(fileURLToPath(import.meta.url));
  for (const name of (await readdir(source)).filter((name) => !name.endsWith('.spec.ts'))) {
    const { code } = await transformFile(join(source, name), { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
    await writeFile(join(home, name.replace('.ts', '.js')), code);
  }
  await writeFile(join(home, 'package.json'), '{ "type": "module" }');
  await symlink(dirname(dirname(binariesPackage())), join(home, 'node_modules'));
  const program = `
    import { startEmbeddedDatabase } from './index.js';
    const options = { dataFolder: ${JSON.stringify(dataFolder)}, settings: ${JSON.stringify(hasty)} };
    const database = await startEmbeddedDatabase(options);
    ${then}
    console.log(JSON.stringify(database));`;
  await writeFile(join(home, 'program.js'), program);
  const env = { PATH: process.env['PATH'], HOME: join(home, 'none') }; // no LANG, no LC_ALL
  const child = spawn(process.execPath, [join(home, 'program.js')], {
    ...as,
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, ended, database: JSON.parse(chunk.toString()) as EmbeddedDatabase };
}

const stayed = 'setInterval(() => {}, 1000);';

describe('a first start', () => {
  it('gives a UTF8 database with the same order everywhere, on 127.0.0.1 only, behind a password', async () => {
    const database = await start({ settings: { ...hasty, max_connections: '50', listen_addresses: '*' } });
    const answer = await ask(
      database.url,
      `select pg_encoding_to_char(encoding) as encoding, datlocale, upper('é') as upper, current_setting('listen_addresses') as listens,
         current_setting('unix_socket_directories') as sockets, current_setting('timezone') as timezone, current_setting('max_connections') as most,
         (select count(*)::int from pg_hba_file_rules where auth_method <> 'scram-sha-256') as other_ways_in
       from pg_database where datname = current_database()`,
    );
    expect(answer).toEqual({
      encoding: 'UTF8',
      datlocale: 'C.UTF-8',
      upper: 'É',
      listens: '127.0.0.1',
      sockets: '',
      timezone: 'UTC',
      most: '50',
      other_ways_in: 0,
    });
    expect(database).toMatchObject({
      adopted: false,
      url: expect.stringMatching(/^postgres:\/\/postgres:.{24}@127\.0\.0\.1:\d+\/meanwhile$/),
    });
    expect((await stat(join(database.folder, 'password'))).mode & 0o777).toBe(0o600);
    await expect(ask(database.url.replace(/:[^:]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('tells why the server did not start, and leaves no process', async () => {
    const dataFolder = newFolder();
    await expect(start({ dataFolder, settings: { shared_buffers: 'plenty' } })).rejects.toThrow(/did not start[^]*shared_buffers/);
    await expect(start({ dataFolder })).resolves.toMatchObject({ adopted: false });
  });

  it('works twice at once, in two folders', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(other.port);
    expect(await Promise.all([ask(one.url, 'select 1 as n'), ask(other.url, 'select 1 as n')])).toEqual([{ n: 1 }, { n: 1 }]);
  });

  it('works for an ordinary user, with LANG and HOME unset', async () => {
    const as = await serverUserFor('/');
    if (!as) return console.warn('Not tried again: the whole spec runs as an ordinary user.');
    if (!(await runAs(as, process.execPath, ['--version'])).succeeded)
      return console.warn(`NOT TRIED: others cannot run ${process.execPath}`);
    const open = join(place, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    const { database, ended } = await otherProcess(join(open, 'data'), 'await database.stop();', as);
    expect((await stat(database.folder)).uid).toBe(as.uid);
    expect(await ended).toEqual([0, null]);
  });
});

describe('the port', () => {
  it('is another when the preferred one is taken, and then stays the same', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const first = await start({ port });
    await first.stop();
    const second = await start({ port, dataFolder: first.folder });
    squatter.close();
    expect(first.port).not.toBe(port);
    expect(second.port).toBe(first.port);
    expect(await readFile(join(first.folder, 'port'), 'utf8')).toBe(`${first.port}\n`);
    await second.stop();
    expect(await start({ port, dataFolder: first.folder })).toMatchObject({ port });
  });
});

describe('after a kill -9 of the server', () => {
  it.each([
    ['nobody', ''],
    ['a stranger', 'echo $$; exec sleep 60'],
    ['a zombie', 'sleep 0 & echo $!; exec sleep 60'],
  ])('it starts again, with its data, though its old pid is now %s', async (_who, script) => {
    const first = await start({ settings: { shared_buffers: '16MB' } });
    await ask(first.url, 'create table kept as select 42 as n');
    await killed(first);
    if (script) {
      const pidFile = join(clusterOf(first), 'postmaster.pid');
      const pid = await stranger(first, script);
      await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(pid)));
    }
    const second = await start({ dataFolder: first.folder });
    expect(second).toMatchObject({ adopted: false, url: first.url });
    expect(await ask(second.url, 'select n from kept')).toEqual({ n: 42 });
  });
});

describe('a shared data folder', () => {
  it('has one server when two start at once; the last one out stops it', async () => {
    const dataFolder = newFolder();
    const both = await Promise.all([start({ dataFolder }), start({ dataFolder })]);
    expect(both.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
    expect(both[0].url).toBe(both[1].url);
    const pid = await pidOf(both[0]);
    await both[0].stop();
    expect(await ask(both[1].url, 'select 1 as n')).toEqual({ n: 1 });
    await both[1].stop();
    expect(await serves(pid, clusterOf(both[1]))).toBe(false);
  });

  it('lets a start that meets a stop begin anew', async () => {
    const first = await start();
    const [, second] = await Promise.all([first.stop(), start({ dataFolder: first.folder })]);
    expect(await ask(second.url, 'select 1 as n')).toEqual({ n: 1 });
  });

  it('keeps its server when the process that started it is killed; the next user takes it over and stops it', async () => {
    const { database: first, pid: starter, ended } = await otherProcess(newFolder(), stayed);
    const pid = await pidOf(first);
    process.kill(starter, 'SIGKILL');
    await ended;
    const second = await start({ dataFolder: first.folder });
    expect(second).toMatchObject({ adopted: true, url: first.url });
    await second.stop();
    expect(await serves(pid, clusterOf(second))).toBe(false);
  });

  it('keeps its server through a Ctrl-C until the application has drained', async () => {
    // Asks the keeper's server a last time after the signal, then stops it.
    const drain = `import pg from 'pg';
      process.once('SIGINT', async () => {
        const client = new pg.Client({ connectionString: database.url });
        await client.connect();
        await client.query('create table drained ()');
        await client.end();
        await database.stop();
        process.exit(0);
      });`;
    const { database: first, pid, ended } = await otherProcess(newFolder(), `${drain}${stayed}`);
    process.kill(-pid, 'SIGINT'); // as a terminal does: to the whole process group
    expect(await ended).toEqual([0, null]);
    const second = await start({ dataFolder: first.folder });
    expect(second.adopted).toBe(false);
    expect(await ask(second.url, "select to_regclass('drained')::text as found")).toEqual({ found: 'drained' });
  });
});
