import type { Queues } from '#queues';
import pg from 'pg';
import type { TestDatabase } from '../../support/database.js';
import { TENANT, type Children } from './children.js';
import type { RunningApp } from './processes.js';
import type { Random } from './random.js';
import { until } from './until.js';

export interface Weather {
  t: TestDatabase;
  children: Children;
  random: Random;
  /** The API's side: rings after what it told, though now and then the wake-up is lost. */
  queues: Queues;
  startWorker: () => RunningApp;
}

/** What the killing met, so that a test can tell that it killed in the middle and not beside it. */
export interface Damage {
  kills: number;
  /** Messages that had been claimed and not settled by a worker that was killed. */
  orphaned: number;
  /** Transactions that were open when their worker was killed. */
  interrupted: number;
}

export const inWords = (d: Damage, children: number, seconds: number): string =>
  `${d.kills} kills over ${children} children met ${d.interrupted} open transactions and ${d.orphaned} messages on their way; ` +
  `all was well ${seconds.toFixed(1)} s after the last.`;

/** When to kill: in the midst of sending, in the midst of computing, or whenever, which is often while it starts. */
const MOMENTS = ['sending', 'sending', 'computing', 'whenever'] as const;
const PATIENCE_SECONDS = 4;
/** On a machine that does much else a worker takes long to start; then fewer rounds must do. */
const BOOT_SECONDS = 60;
const ENOUGH_SECONDS = 45;
const FEWEST_ROUNDS = 6;
const FURTHER_SECONDS = 60;

const isUp = (worker: RunningApp): boolean => worker.isRunning && worker.said.includes('Worker ready');

/**
 * Two workers work; children arrive and things are told of them all the while; again and again one of the workers, or both, are killed
 * at a random moment and started anew. `between` may do worse after each. At the end two workers live.
 */
export async function storm(
  { t, children, random, queues, startWorker }: Weather,
  rounds: number,
  between: (round: number) => Promise<void> = () => Promise.resolve(),
): Promise<Damage> {
  const watcher = new pg.Client({ connectionString: t.ownerUrl });
  await watcher.connect();
  const workers = [startWorker(), startWorker()];
  const damage: Damage = { kills: 0, orphaned: 0, interrupted: 0 };

  const goOn = async (): Promise<void> => {
    await children.tellSomething();
    if (random.below(3) > 0) queues.ringSoon('waits', TENANT);
  };
  const isTheMoment = async (moment: (typeof MOMENTS)[number]): Promise<boolean> => {
    const busy = await busyness(watcher);
    return moment === 'sending' ? busy.claimed > 0 : moment === 'computing' ? busy.open > 0 : random.below(15) === 0;
  };

  const giveUp = performance.now() + ENOUGH_SECONDS * 1000;
  const isTimeLeft = (more = 0): boolean => performance.now() < giveUp + more * 1000;
  for (let round = 1; ; round++) {
    // Sending is soon done: where none was met by chance it is looked for.
    const isFurther = round > rounds || (round > FEWEST_ROUNDS && !isTimeLeft());
    if (isFurther && (damage.orphaned > 0 || !isTimeLeft(FURTHER_SECONDS))) break;
    await children.arrive(16 + random.below(16));
    const moment = isFurther ? 'sending' : random.of(MOMENTS);
    if (moment !== 'whenever') await until('a worker is up', () => goOn().then(() => workers.some(isUp)), BOOT_SECONDS);
    // One that does not come in time is no failure: nothing was to be sent just now. Then whenever.
    await until(moment, () => goOn().then(() => isTheMoment(moment)), PATIENCE_SECONDS).catch(() => undefined);
    const doomed = isFurther || random.below(2) === 0 ? [0, 1] : [random.below(2)];
    const { open } = await busyness(watcher);
    await Promise.all(doomed.map((n) => workers[n]?.kill()));
    damage.kills += doomed.length;
    damage.interrupted += open;
    if (doomed.length === 2) damage.orphaned += (await busyness(watcher)).claimed;
    for (const n of doomed) workers[n] = startWorker();
    await between(round);
  }
  await watcher.end();
  return damage;
}

/** Messages on their way, and transactions that are open in workers: as the owner, since the application does not see what others do. */
async function busyness(watcher: pg.Client): Promise<{ claimed: number; open: number }> {
  const { rows } = await watcher.query<{ claimed: number; open: number }>(
    `select (select count(*) from message where tenant = $1 and state = 'claimed')::integer as claimed,
       (select count(*) from pg_stat_activity
         where application_name = 'meanwhile-worker' and datname = current_database() and xact_start is not null)::integer as open`,
    [TENANT],
  );
  return rows[0] ?? { claimed: 0, open: 0 };
}
