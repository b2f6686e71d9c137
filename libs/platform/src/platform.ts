import { readSecrets, type Secrets, type Settings } from '#config';
import { Database, databaseOptions, findDatabase, type EmbeddedDatabase } from '#database';
import { FixedClock, SystemClock, type Clock } from '#kernel';
import { Queues } from '#queues';
import { serviceLines } from '#service-lines';

/** The open connections and fixed things of one process. */
export interface Platform {
  settings: Settings;
  secrets: Secrets;
  clock: Clock;
  database: Database;
  queues: Queues;
  /** Finishes or releases jobs, then closes the queue, then the database. */
  close(): Promise<void>;
}

/** Opens what an app needs. Rejects with one clear error when the database or the queue is not ready for this version. */
export async function openPlatform(settings: Settings, applicationName: string, log: (line: string) => void): Promise<Platform> {
  const found = await findDatabase(settings, log);
  const secrets = readSecrets(settings);
  const clock = settings.clockAt === null ? new SystemClock() : new FixedClock(settings.clockAt);
  const opened: (() => Promise<void>)[] = [() => stop(found.embedded)];
  try {
    const entities = serviceLines.map((line) => line.details);
    const database = await Database.open({ ...databaseOptions(settings, found.url, applicationName), entities });
    opened.unshift(() => database.close());
    const queues = await Queues.open({ redisUrl: settings.redisUrl, databaseUrl: found.url, appRole: settings.appRole, log });
    opened.unshift(() => queues.close());
    return { settings, secrets, clock, database, queues, close: () => inTurn(opened) };
  } catch (error) {
    await inTurn(opened);
    throw error;
  }
}

const stop = async (embedded: EmbeddedDatabase | null): Promise<void> => embedded?.stop();

async function inTurn(steps: (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step();
}
