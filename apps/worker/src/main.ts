import 'reflect-metadata';
import { readSettings, SettingsError } from '#config';
import { openPlatform } from '#platform';
import { NestFactory } from '@nestjs/core';
import { schedule } from './schedule.js';
import { WorkerModule } from './worker.module.js';

/** Starts a worker. Any number may run; each stops by finishing the batch it is in. */
async function main(): Promise<void> {
  const settings = readSettings();
  const log = (line: string): void => console.log(line);
  const platform = await openPlatform(settings, 'meanwhile-worker', log);
  const app = await NestFactory.createApplicationContext(WorkerModule.on(platform), { logger: ['error', 'warn'], abortOnError: false });
  await platform.queues.keepSchedule(schedule);
  // Whatever was left while nobody looked, or by a worker that was killed.
  await platform.queues.ringAnew('waits');
  await platform.queues.ringAnew('check-ins');
  log(`Worker ready (queue: ${platform.queues.backend})`);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await app.close();
    await platform.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
