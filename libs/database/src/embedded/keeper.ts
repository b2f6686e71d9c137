import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { serves, type Postmaster } from './postmaster.js';

// Any number nobody else takes in the `postgres` database, where we are alone.
const inUse = "hashtext('meanwhile: in use')";

/**
 * Our sign in the server's window: a connection holding a shared lock for as long as this process uses the server. The server itself
 * thus knows who is still there, also when one of us was killed, and the last to leave can tell that it is the last.
 */
export interface Keeper {
  query(sql: string, values?: unknown[]): Promise<pg.QueryResult>;
  /** True when nobody else uses the server; from then on nobody can join, so that it can be stopped. */
  lastOneHere(): Promise<boolean>;
  close(): void;
}

/**
 * Waits until the server answers, for 10 seconds, or as long as it takes while it says that it is recovering from a crash.
 * Undefined: it went away (stopped by its last user, killed, or never came up).
 */
export async function enter(server: Postmaster, cluster: string, url: string): Promise<Keeper | undefined> {
  let giveUp = performance.now() + 10_000;
  while (await serves(server.pid, cluster)) {
    try {
      const keeper = await signIn(url, server.pid);
      if (keeper) return keeper;
      giveUp = performance.now() + 10_000; // its last user is stopping it: it will be gone soon
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      if (code === '57P03') giveUp = performance.now() + 10_000; // starting up, recovering, or shutting down
      // Even a refused password may pass: a server that came first to the port answers until ours has noticed and ended.
      if (performance.now() > giveUp)
        throw new Error(`The embedded database in ${cluster} does not let us in: ${message}`, { cause: error });
    }
    await delay(100);
  }
  return undefined;
}

async function signIn(url: string, postmaster: number): Promise<Keeper | undefined> {
  const socket = new Socket();
  const client = new pg.Client({ connectionString: url, ssl: false, stream: () => socket, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined); // the server went away: whoever works with it will notice, and say it better
  try {
    await client.connect();
    // While several start at once, one's port may be answered by another's server, the wrong one to stop.
    const sql = `select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as postmaster, pg_try_advisory_lock_shared(${inUse}) as entered`;
    const { rows } = await client.query<{ postmaster: number; entered: boolean }>(sql);
    if (rows[0]?.postmaster !== postmaster) throw new Error(`Another server answers there: process ${rows[0]?.postmaster}.`);
    if (!rows[0].entered) {
      await client.end();
      return undefined;
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.unref(); // being in use must not keep a process alive that has nothing else to do
  const query = async (sql: string, values?: unknown[]): Promise<pg.QueryResult> => {
    socket.ref(); // but an answer is waited for
    return client.query(sql, values).finally(() => socket.unref());
  };
  return {
    query,
    async lastOneHere() {
      const { rows } = await query(`select pg_advisory_unlock_shared(${inUse}), pg_try_advisory_lock(${inUse}) as last`);
      return (rows as { last: boolean }[])[0]?.last ?? false;
    },
    close() {
      socket.destroy();
    },
  };
}
