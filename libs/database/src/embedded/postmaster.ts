import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A PostgreSQL server's first process. */
export interface Postmaster {
  pid: number;
  port: number;
}

/** What the cluster's pid file says; it outlives a killed server, so its pid may be nobody's or a stranger's by now. */
export async function recordedPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : undefined;
}

/** Whether this process is a live server of this cluster. A zombie has no command line, so it is not. */
export async function serves(pid: number, cluster: string): Promise<boolean> {
  const commandLine = process.platform === 'linux' ? await procCommandLine(pid) : await psCommandLine(pid);
  return `${commandLine} `.includes(`/postgres -D ${cluster} `);
}

async function procCommandLine(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
}

async function psCommandLine(pid: number): Promise<string> {
  const found = await promisify(execFile)('/bin/ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return found.stdout.trim();
}

/** Fast shutdown (sessions are ended, all data is written); an immediate one only if that takes more than half a minute. */
export async function stopPostmaster({ pid }: Postmaster, cluster: string): Promise<void> {
  for (const [signal, seconds] of [['SIGINT', 30] as const, ['SIGQUIT', 10] as const]) {
    const giveUp = performance.now() + seconds * 1000;
    if (await serves(pid, cluster)) signalTo(pid, signal);
    while (await serves(pid, cluster)) {
      if (performance.now() > giveUp) break;
      await delay(30);
    }
  }
  if (await serves(pid, cluster)) throw new Error(`The embedded database (process ${pid}, in ${cluster}) does not stop.`);
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in between, which is all we wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
