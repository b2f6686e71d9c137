import 'reflect-metadata';
import { readSettings, SettingsError, type Settings } from '#config';
import { openPlatform } from '#platform';
import { createServer } from './server.js';
import { serveMetrics } from './metrics.js';

async function start(settings: Settings) {
  const log = (line: string): void => console.log(line);
  const platform = await openPlatform(settings, 'meanwhile-api', log);
  const app = await createServer(platform);
  await app.listen(settings.port, settings.host);
  const metrics = settings.metricsPort > 0 ? await serveMetrics(platform, settings.metricsPort) : null;
  log(`Meanwhile answers at ${await app.getUrl()} (queue: ${platform.queues.backend})`);
  return { app, metrics, platform };
}

/** Starts the API and pages, and stops them so that what was being answered is answered. */
async function main(): Promise<void> {
  const starting = start(readSettings());
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const { app, metrics, platform } = await starting;
    // A connection whose last answer is given while we stop is idle only then, and would be waited for until its keep-alive ends.
    const idle = setInterval(() => app.getHttpServer().closeIdleConnections(), 100);
    await app.close();
    clearInterval(idle);
    metrics?.close();
    await platform.close();
    process.exit(0);
  };
  // Heard from the beginning: it answers before it says so.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());
  await starting;
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
