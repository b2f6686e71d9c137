import type { Settings } from '#config';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server of ours in a process of its own. */
export interface ServerProcess {
  url: string;
  stop(): Promise<void>;
}

/** The environment in which a child finds the benchmark's database and the same secrets as we. */
export function environmentOf(settings: Settings, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: 'development',
    DATABASE_URL: settings.databaseUrl ?? '',
    DATABASE_OWNER_URL: '',
    DATABASE_APP_ROLE: settings.appRole,
    DATABASE_POOL: String(settings.poolSize),
    MEANWHILE_DATA: settings.dataFolder,
    METRICS_PORT: '0',
    CLOCK_AT: '',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'error',
    ...more,
  };
}

/** Starts a server and waits until it has said, on a line of its own, at which address it answers. */
export async function startServer(script: string, env: NodeJS.ProcessEnv): Promise<ServerProcess> {
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  // Whatever becomes of us, no server stays behind.
  const orphaned = (): void => void child.kill();
  process.once('exit', orphaned);
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const found = /answers at (http:\S+)/.exec(line)?.[1];
      if (found) resolve(found.replace('[::1]', '127.0.0.1'));
    });
    ended.then(([status]) => reject(new Error(`${script} ended early (${String(status)}).`)), reject);
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.removeListener('exit', orphaned);
    },
  };
}
