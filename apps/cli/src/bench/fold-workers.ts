import type { Settings } from '#config';
import { openPlatform, PlatformModule } from '#platform';
import { WaitFold, type FoldedBatch } from '#waits';
import { NestFactory } from '@nestjs/core';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environmentOf } from './processes.js';

/** Workers that wait to be told to compute a tenant. */
export interface FoldWorkers {
  /** All of them at once, until nothing is left to compute; what each of them did. */
  run(tenant: string): Promise<FoldedBatch[]>;
  close(): Promise<void>;
}

/** The fold as a worker has it, on connections of its own. */
export async function openFold(settings: Settings): Promise<{ fold: WaitFold; close(): Promise<void> }> {
  const platform = await openPlatform(settings, 'meanwhile-worker', () => undefined);
  const app = await NestFactory.createApplicationContext(PlatformModule.of(platform), { logger: false, abortOnError: false });
  return {
    fold: app.get(WaitFold),
    async close() {
      await app.close();
      await platform.close();
    },
  };
}

/** As they run in earnest: processes of their own. */
export async function workerProcesses(settings: Settings, count: number): Promise<FoldWorkers> {
  const children = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, 'fold-worker.js'), [], { env: environmentOf(settings), stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  await Promise.all(children.map((child) => answer(child)));
  return {
    run: (tenant) =>
      Promise.all(
        children.map(async (child) => {
          child.send({ tenant });
          return (await answer(child)) as FoldedBatch;
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
export async function workersInProcess(settings: Settings, count: number): Promise<FoldWorkers> {
  const folds = await Promise.all(Array.from({ length: count }, () => openFold(settings)));
  return {
    run: (tenant) => Promise.all(folds.map(({ fold }) => fold.run(tenant))),
    async close() {
      for (const fold of folds) await fold.close();
    },
  };
}
