import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process of ours: told to stop it finishes what it does. */
export interface AppProcess {
  name: string;
  child: ChildProcess;
}

/** Together they keep within a gibibyte: room for the newly made would else grow in each of them. */
const SMALL_YOUNG_SPACE = '--max-semi-space-size=2';

/** Starts a built app beside this one; its lines are passed on where they matter. */
export function startApp(name: 'api' | 'worker', env: Record<string, string>, onExit: (name: string) => void): AppProcess {
  const child = spawn(process.execPath, [SMALL_YOUNG_SPACE, join(import.meta.dirname, '../../..', name, 'src/main.js')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
    // Ctrl-C reaches the whole group of the terminal; ours are told in order, by us.
    detached: true,
  });
  child.on('exit', () => onExit(name));
  return { name, child };
}

/** Tells all of them to stop and waits; one that does not is ended after half a minute. */
export async function stopApps(apps: readonly AppProcess[]): Promise<void> {
  await Promise.all(
    apps.map(async ({ child }) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const last = delay(30_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
      await Promise.race([ended, last.then(() => ended)]);
    }),
  );
}

/** Waits until an address answers with 200. @throws after a minute */
export async function untilReady(url: string): Promise<void> {
  const giveUp = performance.now() + 60_000;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    if (performance.now() > giveUp) throw new Error(`${url} does not answer.`);
    await delay(100);
  }
}

/** The port asked for; where nobody asked and the usual one is taken, any free one. */
export async function choosePort(usual: number, asked: boolean): Promise<number> {
  if (asked || (await isFree(usual))) return usual;
  return freePort();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, '127.0.0.1');
  const free = await listening;
  server.close();
  return free;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}
