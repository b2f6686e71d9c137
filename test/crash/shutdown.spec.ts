import { readSecrets, readSettings } from '#config';
import pg from 'pg';
import { developmentToken } from '../../apps/api/src/auth/development-token.js';
import { asOwner } from '../support/database.js';
import { TENANT, TODAY } from './support/children.js';
import type { RunningApp } from './support/processes.js';
import { hasRedis, startRedis } from './support/redis.js';
import { MailServer } from './support/smtp.js';
import { stage, type Stage } from './support/stage.js';
import { query } from './support/truths.js';
import { until } from './support/until.js';

/** A process that is told to stop finishes what it has in hand, gives back the rest, and ends. Twice told is once told. */
const SECONDS_TO_STOP = 20;

let s: Stage;

beforeEach(async () => {
  s = await stage(20261128);
  await s.children.goLive();
}, 60_000);
afterEach(() => s?.close());

const stop = async (app: RunningApp): Promise<void> => {
  app.signal('SIGTERM');
  app.signal('SIGTERM');
  app.signal('SIGINT');
  expect(await app.endsWithin(SECONDS_TO_STOP)).toEqual({ code: 0, signal: null });
};

const heldJobs = (): Promise<number> =>
  asOwner(s.t.ownerUrl, async (client) => {
    const { rowCount } = await client.query(`select from bullmq.job where state = 'active' or lock_token is not null`);
    return rowCount ?? 0;
  });

const states = (): Promise<{ state: string; count: number }[]> =>
  query(s.t, 'select state, count(*) from message where tenant = $1 group by 1 order by 1');

test('a worker in the midst of sending sends what is on its way, calls off the rest, and leaves no job', async () => {
  const server = await MailServer.listen(() => 'holds');
  try {
    await s.children.arrive(240, 'email');
    const worker = s.processes.start('worker', { MESSAGE_SENDER: 'smtp', SMTP_URL: server.url });
    await until('mails are on their way', () => Promise.resolve(server.held > 0), 60);
    const stopping = stop(worker);
    // The server answers slowly, so that there is something to wait for.
    await until('it has ended', async () => {
      server.answerOne();
      return !worker.isRunning;
    });
    await stopping;
    expect(await heldJobs()).toBe(0);
    const [calledOff, sent, ...others] = await states();
    expect([calledOff, sent, ...others]).toMatchObject([{ state: 'called-off' }, { state: 'sent', count: server.mails.length }]);
    expect(server.mails.length).toBeLessThan(120);

    // What was given back is owed still, and sent by the next.
    const next = await MailServer.listen(() => 'takes');
    const worker2 = s.processes.start('worker', { MESSAGE_SENDER: 'smtp', SMTP_URL: next.url });
    await until('the rest is sent', () => Promise.resolve(server.mails.length + next.mails.length === 240), 60);
    await stop(worker2);
    await next.goDown();
    expect(new Set([...server.mails, ...next.mails].map((m) => m.recipient)).size).toBe(240);
  } finally {
    await server.goDown();
  }
}, 120_000);

test('a worker in the midst of computing ends with the batch it is in', async () => {
  await s.children.arrive(1_500);
  const worker = s.processes.start('worker');
  await until('it computes', async () => (await query(s.t, 'select from pathway where tenant = $1 and folded > 0 limit 1')).length > 0, 60);
  await stop(worker);
  expect(await heldJobs()).toBe(0);
  expect(await query(s.t, `select from message where tenant = $1 and state = 'claimed'`)).toEqual([]);
}, 120_000);

test('the API answers what it was asked, though it was told to stop meanwhile', async () => {
  await s.children.arrive(1, 'sms');
  const { referralId, pathwayId } = s.children.first;
  const api = s.processes.start('api', { PORT: '0' });
  const [, url = ''] = await api.hasSaid(/answers at (\S+) /, 60);
  const secrets = readSecrets(readSettings({ DATABASE_URL: s.t.url, MEANWHILE_DATA: s.t.dataFolder }));
  const [{ org } = { org: '' }] = await query<{ org: string }>(s.t, 'select provider as org from referral where tenant = $1');
  const token = await developmentToken(secrets, { subject: 'a', name: 'A', tenant: TENANT, org, roles: ['clinician'] });
  // Leaves an idle connection behind, which must not keep the API alive.
  expect((await fetch(`${url}/health/live`)).status).toBe(200);

  const blocker = new pg.Client({ connectionString: s.t.ownerUrl });
  await blocker.connect();
  await blocker.query('begin');
  await blocker.query('select from pathway where id = $1 for update', [pathwayId]);
  const asking = fetch(`${url}/v1/referrals/${referralId}/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'indirect-activity', occurredOn: TODAY }),
  });
  await until('the request is being answered', async () => {
    const { rowCount } = await blocker.query(
      `select from pg_stat_activity where application_name = 'meanwhile-api' and wait_event_type = 'Lock'`,
    );
    return (rowCount ?? 0) > 0;
  });
  const stopping = stop(api);
  await until('nobody new is let in', () =>
    fetch(`${url}/health/live`, { headers: { connection: 'close' } }).then(
      (answer) => answer.status === 503,
      () => true,
    ),
  );
  await blocker.query('rollback');
  await blocker.end();
  const answer = await asking;
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 201, body: { seq: 2 } });
  await stopping;
  expect(await query(s.t, 'select seq from pathway_event where tenant = $1 order by seq')).toEqual([{ seq: 1 }, { seq: 2 }]);
}, 120_000);

test.each(['worker', 'api'] as const)(
  '%s: a process whose queue has no tables says so in one error, and ends',
  async (name) => {
    await asOwner(s.t.ownerUrl, (client) => client.query('drop schema bullmq cascade'));
    const app = s.processes.start(name, { PORT: '0' });
    expect(await app.endsWithin(60)).toEqual({ code: 1, signal: null });
    expect(app.said.match(/^Error: .*/gm)).toEqual([
      'Error: The queue has no tables in this database: run the migrations first (npm run meanwhile -- migrate).',
    ]);
    expect(app.said.trim().split('\n').length).toBeLessThan(20);
  },
  90_000,
);

(hasRedis() ? test : test.skip)(
  'processes whose Redis is gone stop all the same, and say little about it',
  async () => {
    const redis = await startRedis(s.processes);
    const apps = [s.processes.start('worker', { REDIS_URL: redis.url }), s.processes.start('api', { REDIS_URL: redis.url, PORT: '0' })];
    await Promise.all([apps[0]?.hasSaid(/Worker ready/, 60), apps[1]?.hasSaid(/answers at/, 60)]);
    redis.client.disconnect();
    await redis.process.kill();
    await Promise.all(apps.map(stop));
    for (const app of apps) expect(app.said.trim().split('\n').length).toBeLessThan(20);
  },
  120_000,
);
