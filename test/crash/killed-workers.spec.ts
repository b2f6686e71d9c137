import { stage, type Stage } from './support/stage.js';
import { inWords, storm, type Damage } from './support/storm.js';
import { expectEveryOwedCheckInSentOnce, expectWaitsToEqualARebuild, leftToDo, query } from './support/truths.js';
import { untilNothingLeft } from './support/until.js';

/** Workers are killed with -9 at random while they compute and send, and events arrive all the while. Afterwards all is as if nothing had been. */
const ROUNDS = 14;
const SECONDS_TO_RECOVER = 60;

let s: Stage;
let damage: Damage;
let recovered: number;

beforeAll(async () => {
  s = await stage(20261125);
  await s.children.goLive();
  await s.children.arrive(240);
  damage = await storm({ ...s, queues: await s.openQueues(), startWorker: () => s.processes.start('worker') }, ROUNDS);
  recovered = await untilNothingLeft('everything is computed and sent', () => leftToDo(s.t), SECONDS_TO_RECOVER);
}, 300_000);

afterAll(() => s?.close());

test('the workers were killed in the middle of their work', async () => {
  console.log(inWords(damage, s.children.count, recovered));
  expect(damage.interrupted).toBeGreaterThan(0);
  expect(damage.orphaned).toBeGreaterThan(0);
  const [{ count } = { count: 0 }] = await query<{ count: number }>(
    s.t,
    `select count(*) from message where tenant = $1 and state = 'sent'`,
  );
  expect(count).toBeGreaterThan(s.children.count / 3);
});

test('every family that is owed a check-in and can be reached was written to once, and nobody else', () =>
  expectEveryOwedCheckInSentOnce(s.t));

test('every stored wait equals a fresh rebuild', async () => {
  await s.processes.endAll();
  await expectWaitsToEqualARebuild(s.t);
});
