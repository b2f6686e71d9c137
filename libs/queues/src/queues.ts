import { SystemClock } from '#kernel';
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  createRedisBackend,
  Queue,
  setDefaultBackendFactory,
  Worker,
  type Job,
  type JobSchedulerJson,
} from 'bullmq';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { QUEUE_NAMES, type QueueName, type WakeUp } from './names.js';

export interface QueueOptions {
  /** On Redis when given, else in the database. */
  redisUrl: string | null;
  databaseUrl: string;
  appRole: string;
  log: (line: string) => void;
}

/** A line of the schedule: when a queue rings by itself, in London time. */
export interface ScheduledWakeUp {
  id: string;
  queue: QueueName;
  /** Cron pattern with six fields (seconds first), in Europe/London. */
  pattern: string;
  pass?: string;
}

const SCHEMA = 'bullmq';
/** Workers of one process, the listeners, and room for the calls they make. Too few connections mean no jobs and no error. */
const POOL_SIZE = QUEUE_NAMES.length * 2 + 4;
const ERRORS_LOGGED_EVERY_MS = 10_000;
/**
 * A killed worker keeps its job until its lock runs out and somebody notices; wake-ups of that tenant coalesce into it meanwhile.
 * So both are short: 16 seconds at most, not the two minutes of BullMQ's own. A lock lost by a worker that lives means one look too many.
 */
const LOCK_MS = 8_000;
const LOOK_FOR_DEAD_EVERY_MS = 4_000;
/** A look is never given up for having met workers that were killed; BullMQ would after one. */
const KILLS_SURVIVED = 1_000_000;
/** How often the schedule is made sure of: a Redis that was emptied has none. */
const SCHEDULE_KEPT_EVERY_MS = 20_000;
/** A line whose time has passed by so long is rung by nobody. */
const OVERDUE_MS = 5 * 60_000;
/** Between two wake-ups of one tenant by one process. */
const RINGS_APART_MS = 100;
/** How long a queue that does not answer is waited for at closing. */
const PARTING_MS = 3_000;
const LONDON = 'Europe/London';

/** The queue side of one process: ring, answer, schedule, close. */
export class Queues {
  readonly #queues = new Map<QueueName, Queue<WakeUp>>();
  readonly #workers: Worker<WakeUp>[] = [];
  readonly #errors = new Map<string, number>();
  /** By queue and tenant: a call is wanted; calls are on their way. */
  readonly #ringWanted = new Set<string>();
  readonly #ringing = new Map<string, Promise<void>>();
  /** What is being done for a wake-up. */
  readonly #working = new Set<Promise<void>>();
  #keeping: NodeJS.Timeout | undefined;
  #isClosed = false;

  private constructor(
    private readonly connection: pg.Pool | Redis,
    private readonly options: QueueOptions,
  ) {}

  get backend(): 'redis' | 'postgres' {
    return this.connection instanceof Redis ? 'redis' : 'postgres';
  }

  /** Connects and checks that the queue can work. Rejects with what to do. */
  static async open(options: QueueOptions): Promise<Queues> {
    return options.redisUrl === null ? Queues.#onPostgres(options) : Queues.#onRedis(options, options.redisUrl);
  }

  static async #onPostgres(options: QueueOptions): Promise<Queues> {
    setDefaultBackendFactory(createPostgresBackend);
    const pool = new pg.Pool({
      connectionString: options.databaseUrl,
      max: POOL_SIZE,
      application_name: 'meanwhile-queue',
      options: `-c role=${options.appRole} -c search_path=${SCHEMA} -c timezone=UTC`,
    });
    pool.on('error', () => undefined);
    // One that is cut while it changes hands would end the process; whoever uses it next is told anyway.
    pool.on('connect', (client) => client.on('error', () => undefined));
    try {
      const client = await pool.connect();
      await assertSchemaCompatibility(client, SCHEMA).finally(() => client.release());
    } catch (error) {
      await pool.end();
      throw new Error('The queue has no tables in this database: run the migrations first (npm run meanwhile -- migrate).', {
        cause: error,
      });
    }
    return new Queues(pool, options);
  }

  static async #onRedis(options: QueueOptions, url: string): Promise<Queues> {
    setDefaultBackendFactory(createRedisBackend);
    const redis = new Redis(url, { maxRetriesPerRequest: null, enableReadyCheck: true, lazyConnect: true });
    let lastError: Error | undefined;
    redis.on('error', (error: Error) => (lastError = error));
    try {
      await redis.connect();
      const policy = ((await redis.config('GET', 'maxmemory-policy').catch(() => [])) as string[])[1];
      if (policy !== undefined && policy !== 'noeviction')
        options.log(`Redis may drop jobs: maxmemory-policy is ${policy}, wanted noeviction.`);
    } catch (error) {
      redis.disconnect();
      throw new Error('Redis (REDIS_URL) does not answer.', { cause: lastError ?? error });
    }
    return new Queues(redis, options);
  }

  /** Says "look now". Calls that come while one is waiting or running become one more look, so none is missed. Never within a transaction. */
  async ring(name: QueueName, tenant: string, pass?: string): Promise<void> {
    const data: WakeUp = pass === undefined ? { tenant } : { tenant, pass };
    const id = pass === undefined ? tenant : `${tenant}.${pass}`;
    await this.#queue(name).add('wake-up', data, { deduplication: { id, keepLastIfActive: true }, ...KEEP_FEW });
  }

  /** Says "look now" for every tenant, besides all wake-ups there are: one that a killed worker still holds does not swallow it. */
  async ringAnew(name: QueueName): Promise<void> {
    await this.#queue(name).add('wake-up', {}, KEEP_FEW);
  }

  /**
   * As ring, but never fails its caller: a lost wake-up is found by the sweep. The first call goes at once, those of the next moments
   * together as one more: a busy intake does not ring for each referral, and while Redis is away callers do not pile up.
   */
  ringSoon(name: QueueName, tenant: string): void {
    const key = `${name} ${tenant}`;
    this.#ringWanted.add(key);
    if (!this.#ringing.has(key)) this.#ringing.set(key, this.#ringWhileWanted(key, name, tenant));
  }

  async #ringWhileWanted(key: string, name: QueueName, tenant: string): Promise<void> {
    while (this.#ringWanted.delete(key)) {
      await this.ring(name, tenant).catch((error: unknown) => this.#logError(name, error));
      await delay(RINGS_APART_MS);
    }
    this.#ringing.delete(key);
  }

  /** Answers the wake-ups of a queue, one at a time in this process. */
  answer(name: QueueName, work: (wakeUp: WakeUp, job: Job<WakeUp>) => Promise<void>): void {
    const remembered = (job: Job<WakeUp>): Promise<void> => {
      const working = work(job.data, job).finally(() => this.#working.delete(working));
      this.#working.add(working);
      return working;
    };
    const worker = new Worker<WakeUp>(name, remembered, {
      ...this.#connected(),
      concurrency: 1,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_DEAD_EVERY_MS,
      maxStalledCount: KILLS_SURVIVED,
    });
    worker.on('error', (error) => this.#logError(name, error));
    worker.on('failed', (_job, error) => this.#logError(name, error));
    this.#workers.push(worker);
  }

  /** Makes the schedule what it should be, and keeps it so until closing. */
  async keepSchedule(lines: readonly ScheduledWakeUp[]): Promise<void> {
    await this.schedule(lines);
    let busy = false;
    this.#keeping = setInterval(() => {
      if (busy) return;
      busy = true;
      this.schedule(lines)
        .catch((error: unknown) => this.#logError('schedule', error))
        .finally(() => (busy = false));
    }, SCHEDULE_KEPT_EVERY_MS).unref();
  }

  /** Makes the schedule what it should be: lines that are missing, changed or stuck are put right, others removed, the rest left alone. */
  async schedule(lines: readonly ScheduledWakeUp[]): Promise<void> {
    for (const name of QUEUE_NAMES) {
      const wanted = lines.filter((l) => l.queue === name);
      const known = await this.#queue(name).getJobSchedulers();
      for (const { key } of known) if (!wanted.some((l) => l.id === key)) await this.#queue(name).removeJobScheduler(key);
      for (const line of wanted) if (!known.some((k) => isKept(line, k))) await this.#putRight(line);
    }
  }

  /** Only where it must be, since planning a line anew drops its wake-up that waits to be answered. So it also rings, for what was missed. */
  async #putRight({ id, queue, pattern, pass }: ScheduledWakeUp): Promise<void> {
    const data: WakeUp = pass === undefined ? {} : { pass };
    try {
      await this.#queue(queue).upsertJobScheduler(id, { pattern, tz: LONDON }, { name: id, data, opts: KEEP_FEW });
    } catch (error) {
      // Of two workers that start at once one may be refused: then the other has done it.
      const known = await this.#queue(queue).getJobSchedulers();
      if (!known.some((k) => isKept({ id, queue, pattern, pass }, k))) throw error;
    }
    await this.#queue(queue).add(id, data, { deduplication: { id, keepLastIfActive: true }, ...KEEP_FEW });
  }

  /** How many wake-ups wait or are being answered, by queue; those of the schedule that are still to come do not count. */
  async depth(): Promise<Record<QueueName, number>> {
    const counts = await Promise.all(
      QUEUE_NAMES.map(async (n) => [n, (await this.#queue(n).getJobCountByTypes('wait', 'active')) ?? 0] as const),
    );
    return Object.fromEntries(counts) as Record<QueueName, number>;
  }

  /** Takes no more jobs, finishes what runs, then disconnects. A Redis that is away is not waited for: its jobs are given back by their locks. */
  async close(): Promise<void> {
    clearInterval(this.#keeping);
    const parting = this.#part();
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
    if (!(await within(PARTING_MS, parting))) {
      this.options.log('queue: does not answer, left without a word');
      for (const worker of this.#workers) void worker.disconnect().catch(() => undefined);
      if (this.connection instanceof Redis) this.connection.disconnect();
    }
    this.#isClosed = true;
  }

  async #part(): Promise<void> {
    await Promise.all(this.#workers.map((w) => w.close()));
    await Promise.all(this.#ringing.values());
    await Promise.all([...this.#queues.values()].map((q) => q.close()));
    if (this.connection instanceof Redis) await this.connection.quit().catch(() => undefined);
    else await this.connection.end();
  }

  #queue(name: QueueName): Queue<WakeUp> {
    const known = this.#queues.get(name);
    if (known) return known;
    const queue = new Queue<WakeUp>(name, this.#connected());
    queue.on('error', (error) => this.#logError(name, error));
    this.#queues.set(name, queue);
    return queue;
  }

  /** BullMQ types its connection for Redis; the backend chosen at opening takes the pool. */
  #connected(): { connection: Redis } {
    return { connection: this.connection as Redis };
  }

  /** At most one line a queue in ten seconds: an outage must not fill the log. What is cut off by closing is no news. */
  #logError(name: string, error: unknown): void {
    if (this.#isClosed) return;
    const now = performance.now();
    if (now - (this.#errors.get(name) ?? -Infinity) < ERRORS_LOGGED_EVERY_MS) return;
    this.#errors.set(name, now);
    this.options.log(`queue ${name}: ${error instanceof Error ? error.message : 'failed'}`);
  }
}

/** Whether it is done in time; later, nobody minds how it ends. */
async function within(ms: number, done: Promise<void>): Promise<boolean> {
  done.catch(() => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  return Promise.race([done.then(() => true), late]).finally(() => clearTimeout(timer));
}

/** Whether a line is planned as it should be, and was rung when its time came. The queue runs on real time, wherever our clock stands. */
function isKept({ id, pattern, pass }: ScheduledWakeUp, known: JobSchedulerJson<WakeUp>): boolean {
  const isSame = known.key === id && known.pattern === pattern && known.tz === LONDON && known.template?.data?.pass === pass;
  return isSame && (known.next ?? 0) > new SystemClock().now().getTime() - OVERDUE_MS;
}

const KEEP_FEW = { removeOnComplete: { count: 20 }, removeOnFail: { count: 100 } };
