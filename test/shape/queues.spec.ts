import { Queues, type WakeUp } from '#queues';
import { testDatabase, type TestDatabase } from '../support/database.js';

/**
 * What everything else relies on, on the backend at hand: in PostgreSQL, or on Redis where REDIS_URL names one (.ci/run does both).
 * A wake-up may come twice and a queue may hold others' jobs: only what is promised is looked at.
 */
let t: TestDatabase;
let queues: Queues;
const redisUrl = process.env['REDIS_URL'] ?? null;
const logged: string[] = [];
const open = (): Promise<Queues> =>
  Queues.open({ redisUrl, databaseUrl: t.url, appRole: 'meanwhile_app', log: (line) => void logged.push(line) });

beforeAll(async () => void (t = await testDatabase()));
beforeEach(async () => void (queues = await open()));
afterEach(() => queues.close());
afterAll(() => t.close());

/** A promise that somebody else keeps. */
function promised(): { kept: Promise<void>; keep: () => void } {
  let keep = (): void => undefined;
  const kept = new Promise<void>((resolve) => (keep = resolve));
  return { kept, keep };
}

/** Keeps looking until it is so; the test's own time limit ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

it('is the backend that was asked for', () => {
  expect(queues.backend).toBe(redisUrl === null ? 'postgres' : 'redis');
});

it('a wake-up reaches whoever answers, with its tenant', async () => {
  const heard: WakeUp[] = [];
  queues.answer('waits', async (wakeUp) => void heard.push(wakeUp));
  await queues.ring('waits', 'TEST');
  await until(() => heard.length > 0);
  expect(heard[0]).toEqual({ tenant: 'TEST' });
});

it('many wake-ups while one is being answered become one more look, so none is missed and none piles up', async () => {
  const [begun, mayEnd] = [promised(), promised()];
  let looks = 0;
  queues.answer('waits', async () => {
    looks += 1;
    begun.keep();
    if (looks === 1) await mayEnd.kept;
  });
  await queues.ring('waits', 'TEST');
  await begun.kept;
  for (let n = 0; n < 20; n++) await queues.ring('waits', 'TEST');
  mayEnd.keep();
  await until(() => looks === 2);
  await until(async () => (await queues.depth()).waits === 0);
  expect(looks).toBe(2);
});

it('wake-ups of two tenants do not become one', async () => {
  const heard = new Set<string | undefined>();
  await queues.ring('waits', 'TEST');
  await queues.ring('waits', 'ELSE');
  queues.answer('waits', async ({ tenant }) => void heard.add(tenant));
  await until(() => heard.size === 2);
  expect([...heard].sort()).toEqual(['ELSE', 'TEST']);
});

it('one that fails is one line in the log, and the next is answered', async () => {
  logged.length = 0;
  let looks = 0;
  queues.answer('waits', async () => {
    looks += 1;
    if (looks === 1) throw new Error('the database was away');
  });
  await queues.ring('waits', 'TEST');
  await until(() => logged.length > 0);
  expect(logged).toEqual(['queue waits: the database was away']);
  await queues.ring('waits', 'TEST');
  await until(() => looks === 2);
});

it('closing finishes what is being answered', async () => {
  const other = await open();
  const [begun, mayEnd] = [promised(), promised()];
  let finished = false;
  other.answer('check-ins', async () => {
    begun.keep();
    await mayEnd.kept;
    finished = true;
  });
  await queues.ring('check-ins', 'TEST');
  await begun.kept;
  const closed = other.close();
  expect(finished).toBe(false);
  mayEnd.keep();
  await closed;
  expect(finished).toBe(true);
});

it('closing waits for calls that are on their way, and nothing is said after it', async () => {
  logged.length = 0;
  const other = await open();
  other.ringSoon('imports', 'TEST');
  other.ringSoon('imports', 'TEST');
  await other.close();
  expect((await queues.depth()).imports).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(logged).toEqual([]);
});

it('the schedule is what it was last told to be: a pass rings by itself, a line that was taken out does not', async () => {
  const heard: WakeUp[] = [];
  await queues.schedule([
    { id: 'every-second', queue: 'passes', pattern: '* * * * * *', pass: 'thresholds' },
    { id: 'taken-out', queue: 'passes', pattern: '0 0 0 1 1 *', pass: 'tidy' },
  ]);
  queues.answer('passes', async (wakeUp) => void heard.push(wakeUp));
  await until(() => heard.length > 0);
  expect(heard[0]).toEqual({ pass: 'thresholds' });
  await queues.schedule([]);
  await until(async () => (await queues.depth()).passes === 0);
});
