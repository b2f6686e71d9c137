import type { Settings } from '#config';
import { ImportRun } from '#imports';
import { systemPrincipal } from '#kernel';
import { openPlatform, PlatformModule } from '#platform';
import { WaitFold, type FoldedBatch } from '#waits';
import { NestFactory } from '@nestjs/core';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environmentOf } from './processes.js';

/** What a worker may be told to do for a tenant: compute its waits, or take in its files that wait. */
export type Work = 'fold' | 'imports';

export interface Done {
  folded: FoldedBatch | null;
  /** The most memory the worker ever held, in MB. */
  peakMb: number;
}

/** Workers that wait to be told what to do. */
export interface Workers {
  /** All of them at once, until nothing is left to do; what each of them did. */
  run(tenant: string, work?: Work): Promise<Done[]>;
  close(): Promise<void>;
}

/** As `npm run start:worker` starts one. */
const AS_STARTED = ['--max-semi-space-size=4'];

/** A worker's two long jobs, on connections of their own. */
export async function openWorker(settings: Settings): Promise<{ run(tenant: string, work: Work): Promise<Done>; close(): Promise<void> }> {
  const platform = await openPlatform(settings, 'meanwhile-worker', () => undefined);
  const app = await NestFactory.createApplicationContext(PlatformModule.of(platform), { logger: false, abortOnError: false });
  const [fold, imports] = [app.get(WaitFold), app.get(ImportRun)];
  const takeIn = async (tenant: string): Promise<null> => {
    for (const job of await imports.toDo(systemPrincipal(tenant, 'imports'))) await imports.run(tenant, job);
    return null;
  };
  return {
    async run(tenant, work) {
      const folded = await (work === 'fold' ? fold.run(tenant) : takeIn(tenant));
      return { folded, peakMb: process.resourceUsage().maxRSS / 1024 };
    },
    async close() {
      await app.close();
      await platform.close();
    },
  };
}

/** As they run in earnest: processes of their own. */
export async function workerProcesses(settings: Settings, count: number): Promise<Workers> {
  const env = environmentOf(settings);
  const children = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, 'worker.js'), [], { env, execArgv: AS_STARTED, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  await Promise.all(children.map((child) => answer(child)));
  return {
    run: (tenant, work = 'fold') =>
      Promise.all(
        children.map(async (child) => {
          child.send({ tenant, work });
          return (await answer(child)) as Done;
        }),
      ),
    async close() {
      for (const child of children) child.disconnect();
      await Promise.all(children.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined)));
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const died = once(child, 'exit').then(([status]) => {
    throw new Error(`A worker of the benchmark ended early (${String(status)}).`);
  });
  died.catch(() => undefined);
  const [message] = (await Promise.race([once(child, 'message'), died])) as [unknown];
  return message;
}

/** In this very process: for tests, which run from the source. */
export async function workersInProcess(settings: Settings, count: number): Promise<Workers> {
  const workers = await Promise.all(Array.from({ length: count }, () => openWorker(settings)));
  return {
    run: (tenant, work = 'fold') => Promise.all(workers.map((worker) => worker.run(tenant, work))),
    async close() {
      for (const worker of workers) await worker.close();
    },
  };
}
