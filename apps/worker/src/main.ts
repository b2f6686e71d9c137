import 'reflect-metadata';
import { readSettings, SettingsError, type Settings } from '#config';
import { openPlatform, type Platform } from '#platform';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { schedule } from './schedule.js';
import { WorkerModule } from './worker.module.js';

const log = (line: string): void => console.log(line);

async function start(settings: Settings): Promise<{ app: INestApplicationContext; platform: Platform }> {
  const platform = await openPlatform(settings, 'meanwhile-worker', log);
  const app = await NestFactory.createApplicationContext(WorkerModule.on(platform), { logger: ['error', 'warn'], abortOnError: false });
  await platform.queues.keepSchedule(schedule);
  // Whatever was left while nobody looked, or by a worker that was killed.
  await platform.queues.ringAnew('waits');
  await platform.queues.ringAnew('check-ins');
  log(`Worker ready (queue: ${platform.queues.backend})`);
  return { app, platform };
}

/** Starts a worker. Any number may run; each stops by finishing the batch it is in. */
async function main(): Promise<void> {
  const starting = start(readSettings());
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const { app, platform } = await starting;
    await app.close();
    await platform.close();
    process.exit(0);
  };
  // Heard from the beginning: it computes before it is ready.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  await starting;
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
