import { TENANT } from './support/children.js';
import { hasRedis, startRedis, type PrivateRedis } from './support/redis.js';
import { stage, type Stage } from './support/stage.js';
import { inWords, storm, type Damage } from './support/storm.js';
import { expectEveryOwedCheckInSentOnce, expectWaitsToEqualARebuild, leftToDo } from './support/truths.js';
import { until, untilNothingLeft } from './support/until.js';

/** The queue is on Redis, and Redis loses everything it knows in the middle of the work, while workers are killed as well. */
const ROUNDS = 9;
const FLUSHED_AFTER = [3, 6, 9];
const SECONDS_TO_RECOVER = 60;
/** Workers make sure of the schedule three times a minute. */
const SECONDS_TO_RESCHEDULE = 45;

const describeWithRedis = hasRedis() ? describe : describe.skip;
if (!hasRedis()) console.warn('NOT TESTED: what FLUSHALL on Redis does, since no redis-server is on PATH (apt-get install redis-server).');

describeWithRedis('a Redis that is emptied', () => {
  let s: Stage;
  let redis: PrivateRedis;
  let damage: Damage;
  let recovered: number;

  beforeAll(async () => {
    s = await stage(20261126);
    redis = await startRedis(s.processes);
    await s.children.goLive();
    await s.children.arrive(240);
    const startWorker = () => s.processes.start('worker', { REDIS_URL: redis.url });
    damage = await storm({ ...s, queues: await s.openQueues(redis.url), startWorker }, ROUNDS, async (round) => {
      if (FLUSHED_AFTER.includes(round)) await redis.client.flushall();
    });
    recovered = await untilNothingLeft('everything is computed and sent', () => leftToDo(s.t), SECONDS_TO_RECOVER);
  }, 300_000);

  afterAll(async () => {
    redis?.client.disconnect();
    await s?.close();
  });

  test('was emptied in the middle of the work', () => {
    console.log(inWords(damage, s.children.count, recovered));
    expect(damage.interrupted).toBeGreaterThan(0);
  });

  test('is given its schedule again by workers that live, and what was missed is looked after, though nobody rings', async () => {
    await redis.client.flushall();
    await s.children.arrive(20);
    await s.children.tellSomething(20);
    await untilNothingLeft('everything is computed and sent', () => leftToDo(s.t), SECONDS_TO_RESCHEDULE);
    const lines = await until('the schedule is whole', () => scheduled(redis), SECONDS_TO_RESCHEDULE);
    expect(lines).toEqual(expect.arrayContaining(['sweep-check-ins', 'sweep-waits', 'thresholds', 'tidy']));
  }, 120_000);

  test('takes wake-ups again at once', async () => {
    await redis.client.flushall();
    await s.children.arrive(20);
    await (await s.openQueues(redis.url)).ring('waits', TENANT);
    await untilNothingLeft('everything is computed and sent', () => leftToDo(s.t), 15);
  }, 60_000);

  test('has cost no family its check-in, and none got two', () => expectEveryOwedCheckInSentOnce(s.t));

  test('has cost no wait', async () => {
    await s.processes.endAll();
    await expectWaitsToEqualARebuild(s.t);
  });
});

/** The ids of the lines in Redis, once every queue that has some has them. */
async function scheduled({ client }: PrivateRedis): Promise<string[] | null> {
  const perQueue = await Promise.all(['waits', 'check-ins', 'passes'].map((queue) => client.zrange(`bull:${queue}:repeat`, '0', '-1')));
  return perQueue.every((ids) => ids.length > 0) ? perQueue.flat() : null;
}
