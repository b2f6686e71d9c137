import { Queues } from '#queues';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { requireBuild } from './build.js';
import { Children, NOW } from './children.js';
import { Processes } from './processes.js';
import { Random } from './random.js';

/** What every suite here works with: a database of its own, real processes on it, and the side of the API that rings. */
export interface Stage {
  t: TestDatabase;
  processes: Processes;
  random: Random;
  children: Children;
  /** Opens the queue as an API would; closed with the stage. */
  openQueues(redisUrl?: string | null): Promise<Queues>;
  close(): Promise<void>;
}

/** @param seed of everything random, @param env what all processes are told besides the database and the clock */
export async function stage(seed: number, env: NodeJS.ProcessEnv = {}): Promise<Stage> {
  requireBuild();
  const t = await testDatabase();
  t.clock.moveTo(NOW);
  const processes = new Processes({
    DATABASE_URL: t.url,
    MEANWHILE_DATA: t.dataFolder,
    CLOCK_AT: NOW.toISOString(),
    DATABASE_POOL: '5',
    LOG_LEVEL: 'warn',
    ...env,
  });
  const random = new Random(seed);
  const children = new Children(t, random);
  const opened: Queues[] = [];
  return {
    t,
    processes,
    random,
    children,
    async openQueues(redisUrl = null) {
      const queues = await Queues.open({ redisUrl, databaseUrl: t.url, appRole: t.database.options.appRole, log: () => undefined });
      opened.push(queues);
      return queues;
    },
    async close() {
      for (const queues of opened) await queues.close();
      await processes.endAll();
      await t.close();
    },
  };
}
