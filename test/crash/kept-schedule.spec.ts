import type { Queues, ScheduledWakeUp, WakeUp } from '#queues';
import { asOwner } from '../support/database.js';
import { stage, type Stage } from './support/stage.js';
import { until } from './support/until.js';

/** The schedule is made sure of by every worker that starts, and again and again: it must bear that. */
const STARTING_AT_ONCE = 6;

let s: Stage;
let workers: Queues[];

beforeAll(async () => {
  s = await stage(20261130);
  workers = await Promise.all(Array.from({ length: STARTING_AT_ONCE }, () => s.openQueues()));
}, 60_000);
afterAll(() => s?.close());

const line = (id: string, pass?: string): ScheduledWakeUp => ({ id, queue: 'passes', pattern: '0 0 5 1 1 *', pass });

const planned = (): Promise<{ id: string; jobs: number }[]> =>
  asOwner(s.t.ownerUrl, async (client) => {
    const { rows } = await client.query<{ id: string; jobs: number }>(
      `select s.scheduler_id as id, (select count(*)::integer from bullmq.job j where j.queue = s.queue and j.scheduler_id = s.scheduler_id and j.state = 'delayed') as jobs
       from bullmq.scheduler s order by 1`,
    );
    return rows;
  });

test('of workers that start at once none is refused, and each line is planned once', async () => {
  for (let n = 0; n < 15; n++) {
    await Promise.all(workers.map((queues) => queues.schedule([line(`line-${n}`), line('kept')])));
    expect(await planned()).toEqual([
      { id: 'kept', jobs: 1 },
      { id: `line-${n}`, jobs: 1 },
    ]);
  }
}, 60_000);

test('a night that was missed while no worker lived is made up for by the first that starts', async () => {
  const [queues, another] = workers;
  if (!queues || !another) throw new Error('no workers');
  const nightly = [line('nightly', 'nightly')];
  await queues.schedule(nightly);
  await asOwner(s.t.ownerUrl, (client) =>
    client.query(
      `with late as (update bullmq.scheduler set next_run_ms = next_run_ms - 400 * 86400000::bigint where scheduler_id = 'nightly' returning next_run_ms)
       update bullmq.job set id = 'repeat:nightly:' || next_run_ms, process_at_ms = next_run_ms, state = 'delayed' from late where scheduler_id = 'nightly'`,
    ),
  );
  await asOwner(s.t.ownerUrl, (client) => client.query(`delete from bullmq.job where scheduler_id is null; delete from bullmq.dedup`));
  await another.schedule(nightly);
  const rung: WakeUp[] = [];
  queues.answer('passes', (wakeUp) => Promise.resolve(void rung.push(wakeUp)));
  await until('the pass is rung', () => Promise.resolve(rung.length > 0), 20);
  expect(rung).toContainEqual({ pass: 'nightly' });
  await until('it is planned again', async () => (await planned()).some(({ jobs }) => jobs === 1), 20);
}, 60_000);
