import type { Queues } from '#queues';
import { TENANT } from './support/children.js';
import { hasRedis, startRedis } from './support/redis.js';
import { stage, type Stage } from './support/stage.js';
import { until } from './support/until.js';

/** However often a tenant is rung for, there are few looks; and after the last ring there is always one that sees everything. */
const RINGS = 200;

describe.each([['PostgreSQL'], ...(hasRedis() ? [['Redis']] : [])])('wake-ups on %s', (backend) => {
  let s: Stage;
  let queues: Queues;
  /** What is true, and what each look saw of it. */
  let truth = 0;
  const looks: number[] = [];
  let gate: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    s = await stage(20261129);
    queues = await s.openQueues(backend === 'Redis' ? (await startRedis(s.processes)).url : null);
    queues.answer('waits', async () => {
      looks.push(truth);
      await gate;
    });
  }, 60_000);
  afterAll(() => s?.close());

  const untilQuiet = (): Promise<unknown> => until('nothing waits or runs', async () => (await queues.depth()).waits === 0, 20);

  test('200 rings while a look runs are one more look', async () => {
    let open = (): void => undefined;
    gate = new Promise((done) => (open = done));
    await queues.ring('waits', TENANT);
    await until('a look runs', () => Promise.resolve(looks.length === 1), 20);
    for (truth = 1; truth < RINGS; truth++) await queues.ring('waits', TENANT);
    open();
    await untilQuiet();
    expect(looks).toEqual([0, RINGS]);
  }, 60_000);

  test('200 rings at once are few looks', async () => {
    looks.length = 0;
    truth++;
    await Promise.all(Array.from({ length: RINGS }, () => queues.ring('waits', TENANT)));
    await untilQuiet();
    expect(looks.length).toBeLessThan(RINGS / 4);
    expect(looks.at(-1)).toBe(truth);
  }, 60_000);

  test('a ring is never lost between the end of one look and the start of the next', async () => {
    for (let n = 0; n < 60; n++) {
      truth++;
      await queues.ring('waits', TENANT);
      // Of some rings the look is awaited, so that the next falls beside its end.
      if (n % 3 === 0) await until('a look saw it', () => Promise.resolve(looks.at(-1) === truth), 20);
    }
    await untilQuiet();
    expect(looks.at(-1)).toBe(truth);
  }, 60_000);

  test('tenants do not share a wake-up', async () => {
    looks.length = 0;
    await Promise.all([queues.ring('waits', TENANT), queues.ring('waits', 'ELSE')]);
    await untilQuiet();
    expect(looks).toHaveLength(2);
  }, 60_000);
});
