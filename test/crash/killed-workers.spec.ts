import { readSettings } from '#config';
import { Queues } from '#queues';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { requireBuild } from './support/build.js';
import { Children, NOW } from './support/children.js';
import { Processes } from './support/processes.js';
import { Random } from './support/random.js';
import { storm, type Damage } from './support/storm.js';
import { expectEveryOwedCheckInSentOnce, expectWaitsToEqualARebuild, leftToDo, query } from './support/truths.js';
import { untilNothingLeft } from './support/until.js';

/** Workers are killed with -9 at random while they compute and send, and events arrive all the while. Afterwards all is as if nothing had been. */
const KILLING_ROUNDS = 14;
const SECONDS_TO_RECOVER = 60;

let t: TestDatabase;
let processes: Processes;
let queues: Queues;
let children: Children;
let damage: Damage;

beforeAll(async () => {
  requireBuild();
  t = await testDatabase();
  t.clock.moveTo(NOW);
  const env = { DATABASE_URL: t.url, MEANWHILE_DATA: t.dataFolder, CLOCK_AT: NOW.toISOString(), DATABASE_POOL: '5' };
  processes = new Processes(env);
  const { appRole } = readSettings(env);
  queues = await Queues.open({ redisUrl: null, databaseUrl: t.url, appRole, log: () => undefined });
  const random = new Random(20261125);
  children = new Children(t, random);
  await children.goLive();
  await children.arrive(240);
  damage = await storm({ t, children, random, queues, startWorker: () => processes.start('worker') }, KILLING_ROUNDS);
  await untilNothingLeft('everything is computed and sent', () => leftToDo(t), SECONDS_TO_RECOVER);
}, 300_000);

afterAll(async () => {
  await processes?.endAll();
  await queues?.close();
  await t?.close();
});

test('the workers were killed in the middle of their work', async () => {
  console.log(
    `${damage.kills} kills over ${children.count} children: ${damage.interrupted} open transactions, ${damage.orphaned} messages on their way.`,
  );
  expect(damage.kills).toBeGreaterThanOrEqual(6);
  expect(damage.interrupted).toBeGreaterThan(0);
  expect(damage.orphaned).toBeGreaterThan(0);
  const [{ count } = { count: 0 }] = await query<{ count: number }>(t, `select count(*) from message where tenant = $1 and state = 'sent'`);
  expect(count).toBeGreaterThan(children.count / 2);
});

test('every family that is owed a check-in and can be reached was written to once, and nobody else', () =>
  expectEveryOwedCheckInSentOnce(t));

test('every stored wait equals a fresh rebuild', async () => {
  await processes.endAll();
  await expectWaitsToEqualARebuild(t);
});
