import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { usableBinaries, type Binaries } from './binaries.js';
import { lastPort, password, recordPort, settleIn, type DataFolder } from './data-folder.js';
import { enter, type Keeper } from './keeper.js';
import { recordedPostmaster, serves, stopPostmaster, type Postmaster } from './postmaster.js';
import { runAs, serverEnvironment } from './server-user.js';

export interface EmbeddedOptions {
  /** Made when absent. Two servers at once need two folders. */
  dataFolder: string;
  /** Preferred; when it is busy, the port of the last start is taken, else any free one. */
  port?: number;
  log?: (line: string) => void;
  /** More settings for postgresql.conf, stronger than ours. They count when we start the server, not when one is adopted. */
  settings?: Record<string, string>;
}

export interface EmbeddedDatabase {
  /** postgres://postgres:<random password>@127.0.0.1:<port>/meanwhile */
  url: string;
  port: number;
  /** The data folder really used: another than the asked one when the server's user could not work there. */
  folder: string;
  /** True when a live server was found on the folder and joined. */
  adopted: boolean;
  /**
   * Leaves the server, and stops it when no other process of ours uses it, whoever started it. So a short command that started it does not
   * take it away from a long one that joined, and a server orphaned by a kill -9 stops with its next user. May be called twice.
   */
  stop(): Promise<void>;
}

const database = 'meanwhile';

// For a demo on two cores beside the application; durable, since fsync and its like stay on.
const modestSettings = {
  shared_buffers: '128MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_connections: '100',
  random_page_cost: '1.1', // these are SSDs
  autovacuum_naptime: '10s', // lists are loaded in bulk, and planned for soon after
  wal_level: 'minimal', // no replica reads it
  max_wal_senders: '0',
  log_checkpoints: 'off', // the log is never rotated, so it must stay short
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Starts the embedded database, or joins the live server of this data folder. Rejects with the tail of the server's log. */
export async function startEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const log = options.log ?? (() => undefined);
  const folder = await settleIn(options.dataFolder, log);
  const cluster = join(folder.path, 'cluster');
  const secret = await password(folder);
  const urlOf = (port: number, name: string): string => `postgres://postgres:${secret}@127.0.0.1:${port}/${name}`;

  const { server, keeper, adopted } = await serverInUse(options, folder, cluster, (port) => urlOf(port, 'postgres'), log);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= leave(server, keeper, cluster, adopted, log));
  try {
    await createDatabase(keeper);
    await recordPort(folder, server.port);
  } catch (error) {
    await stop();
    throw error;
  }
  log(`The embedded database ${adopted ? 'was already running' : 'runs'} on port ${server.port}, its data in ${folder.path}.`);
  return { url: urlOf(server.port, database), port: server.port, folder: folder.path, adopted, stop };
}

interface ServerInUse {
  server: Postmaster;
  keeper: Keeper;
  adopted: boolean;
}

/**
 * Two starts at once on one folder need no lock of ours: the cluster appears by a rename, which one wins, and PostgreSQL itself lets
 * one server in. The loser looks again and finds the winner's. So does who finds a server that is just being stopped.
 */
async function serverInUse(
  options: EmbeddedOptions,
  folder: DataFolder,
  cluster: string,
  urlOf: (port: number) => string,
  log: (line: string) => void,
): Promise<ServerInUse> {
  let giveUp: number | undefined;
  for (;;) {
    const found = await recordedPostmaster(cluster);
    if (found && (await serves(found.pid, cluster))) {
      const keeper = await enter(found, cluster, urlOf(found.port));
      if (keeper) return { server: found, keeper, adopted: true };
    }
    const binaries = await usableBinaries(folder.user, log);
    await initialise(binaries, folder, cluster, options.settings?.['fsync'] === 'off');
    const server = await launch(binaries, folder, cluster, options);
    try {
      const keeper = await enter(server, cluster, urlOf(server.port));
      if (keeper) return { server, keeper, adopted: false };
    } catch (error) {
      await stopPostmaster(server, cluster);
      throw error;
    }
    const reason = await server.logged();
    // Another start was quicker, sessions of a killed server are still ending, or a stranger took the port: all of these pass.
    const passing = /lock file "postmaster\.pid"|shared memory block|could not create any TCP\/IP sockets/.test(reason);
    giveUp ??= performance.now() + 10_000; // from the first failure on: initdb may have taken longer
    if (!passing || performance.now() > giveUp) {
      throw new Error(`The embedded database did not start. Its log in ${folder.path}:\n${tail(reason)}`);
    }
    await delay(200);
  }
}

/** Makes the cluster, unless there is one. It appears whole or not at all, also when we are killed in the middle. */
async function initialise({ initdb }: Binaries, folder: DataFolder, cluster: string, hasty: boolean): Promise<void> {
  if (await stat(cluster).catch(() => undefined)) return;
  for (const name of await readdir(folder.path)) {
    const maker = /^cluster\.(\d+)\./.exec(name)?.[1];
    if (maker && !isAlive(Number(maker))) await rm(join(folder.path, name), { recursive: true });
  }
  const draft = `${cluster}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const { succeeded, output } = await runAs(folder.user, initdb, [
    `--pgdata=${draft}`,
    '--username=postgres',
    `--pwfile=${join(folder.path, 'password')}`,
    '--auth=scram-sha-256',
    // The same order and letters on every machine, whatever LANG says and whichever locales it has.
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(hasty ? ['--no-sync'] : []),
  ]);
  if (!succeeded) throw new Error(`initdb could not make ${cluster}:\n${tail(output)}`);
  await rename(draft, cluster).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another start was quicker
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Launched extends Postmaster {
  /** What the server has written to its log since. */
  logged(): Promise<string>;
}

async function launch({ postgres }: Binaries, folder: DataFolder, cluster: string, options: EmbeddedOptions): Promise<Launched> {
  const port = await freePort([options.port, await lastPort(folder)]);
  const settings = { ...modestSettings, ...options.settings, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

  const logFile = join(folder.path, 'server.log');
  const output = await open(logFile, 'a', 0o600);
  try {
    if (folder.user) await output.chown(folder.user.uid, folder.user.gid);
    const { size } = await output.stat();
    const child = spawn(postgres, ['-D', cluster, '-p', String(port), ...args], {
      ...folder.user,
      cwd: '/',
      detached: true, // Ctrl-C goes to the terminal's process group: the application drains first, then stops the server
      stdio: ['ignore', output.fd, output.fd],
      env: { ...serverEnvironment, ...(await withoutStranger(cluster)) },
    });
    await once(child, 'spawn');
    child.unref();
    const logged = async (): Promise<string> => (await readFile(logFile)).subarray(size).toString();
    return { pid: child.pid ?? 0, port, logged };
  } finally {
    await output.close();
  }
}

/**
 * After a kill -9 the pid file stays, and its pid may by now be a zombie or a stranger's, which PostgreSQL takes for a live server. We do not
 * remove the file, for that would also switch off the check that no session of the dead server still writes. PostgreSQL ignores the pid that
 * pg_ctl names in this variable (meant for its own parent shell) and keeps all other checks.
 */
async function withoutStranger(cluster: string): Promise<Record<string, string>> {
  const recorded = await recordedPostmaster(cluster);
  return recorded && !(await serves(recorded.pid, cluster)) ? { PG_GRANDPARENT_PID: String(recorded.pid) } : {};
}

/** The first of these ports nobody listens on, else any. */
async function freePort(wanted: (number | undefined)[]): Promise<number> {
  for (const port of [...wanted, 0]) {
    if (port === undefined) continue;
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch {
      continue;
    }
    const { port: free } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    return free;
  }
  throw new Error('No port of 127.0.0.1 is free.');
}

async function createDatabase(keeper: Keeper): Promise<void> {
  if ((await keeper.query('select from pg_database where datname = $1', [database])).rowCount) return;
  await keeper.query(`create database ${database}`).catch((error: { code?: string }) => {
    if (error.code !== '42P04' && error.code !== '23505') throw error; // another start was quicker
  });
}

async function leave(server: Postmaster, keeper: Keeper, cluster: string, adopted: boolean, log: (line: string) => void): Promise<void> {
  // When the server cannot tell us, it is in trouble: then who started it stops it.
  const last = await keeper.lastOneHere().catch(() => !adopted);
  if (last) await stopPostmaster(server, cluster);
  else log(`The embedded database on port ${server.port} goes on: another process uses it.`);
  keeper.close();
}

const tail = (text: string): string => text.trim().split('\n').slice(-15).join('\n');
