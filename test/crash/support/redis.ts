import { Redis } from 'ioredis';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { RunningApp, type Processes } from './processes.js';

/** A Redis of this suite's own, which keeps nothing. */
export interface PrivateRedis {
  url: string;
  process: RunningApp;
  /** For looking into it, and emptying it. */
  client: Redis;
}

export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export async function startRedis(processes: Processes): Promise<PrivateRedis> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
  const app = processes.keep(new RunningApp('redis-server', 'redis-server', args, { PATH: process.env['PATH'] }));
  await app.hasSaid(/Ready to accept connections/);
  return { url: `redis://127.0.0.1:${port}`, process: app, client: new Redis(port, '127.0.0.1', { lazyConnect: true }) };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
