import type { Response } from 'supertest';
import { testApp, type TestApp } from '../../../../test/support/app.js';
import { referral } from '../../../../test/support/referrals.js';

let app: TestApp;
let ids: string[];
beforeAll(async () => {
  app = await testApp();
  ids = [];
  for (const receivedOn of ['2026-11-20', '2026-06-01', '2026-06-02']) {
    const { body } = await app.http
      .post('/v1/referrals')
      .set(await app.as())
      .send(referral({ receivedOn }))
      .expect(201);
    ids.push((body as { id: string }).id);
  }
  await app.http
    .post(`/v1/referrals/${ids[2]}/events`)
    .set(await app.as())
    .send({
      type: 'contact',
      occurredOn: '2026-07-01',
      data: { attendance: 'attended', mechanism: 'face-to-face', purpose: 'assessment' },
    })
    .expect(201);
});
afterAll(() => app.close());

const SALT = 'speech-and-language-therapy';
const manager = { roles: ['icb-manager' as const], org: 'QZZ' };
const post = async (body: object | string, who?: Parameters<TestApp['as']>[0], query = ''): Promise<Response> =>
  app.http
    .post(`/v1/reports/reconcile${query}`)
    .set(await app.as(who))
    .set('content-type', typeof body === 'string' ? 'text/csv' : 'application/json')
    .send(body);

test('a return in JSON, for the provider, with its referrals', async () => {
  const { status, body } = await post({ measure: 'sitrep', service: SALT, submitted: { '0-1 weeks': 1, '18-52': 2 } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    measure: 'sitrep',
    service: SALT,
    provider: 'ZZ999',
    asOf: '2026-11-22',
    synthetic: true,
    absoluteDifference: 1,
    total: { computed: 2, submitted: 3, difference: 1 },
  });
  expect(body).toMatchObject({
    bands: expect.arrayContaining([
      expect.objectContaining({ band: '0-1', computed: 1, submitted: 1, difference: 0 }),
      expect.objectContaining({ band: '>18-52', computed: 1, submitted: 2, difference: 1, rows: { total: 1, referralIds: [ids[1]] } }),
      expect.objectContaining({ band: '>104', computed: 0, submitted: null, difference: null }),
    ]),
  });
  const { explanations } = body as { explanations: object[] };
  expect(explanations[0]).toMatchObject({
    rule: 'stops-at-first-treatment',
    explained: 1,
    explainedPercent: 100,
    moves: [{ from: null, to: '>18-52', count: 1, referralIds: [ids[2]] }],
  });
});

test('a return as CSV, for the ICB, in counts', async () => {
  const file = `service,band,count\r\n${SALT},0-1 weeks,1\r\n${SALT},>18-52,2\r\n`;
  const { status, body } = await post(file, manager, '?provider=ZZ999&measure=sitrep&asOf=2026-11-22');
  expect(status).toBe(200);
  expect(body).toMatchObject({ service: SALT, absoluteDifference: 1 });
  expect((body as { explanations: object[] }).explanations[0]).toMatchObject({ moves: [{ from: null, to: '>18-52', count: 1 }] });
  for (const id of ids) expect(JSON.stringify(body)).not.toContain(id);
});

test.each<[string, object | string, Parameters<TestApp['as']>[0], number, string]>([
  ['no submission', { service: SALT }, {}, 400, 'submitted'],
  ['a list', { service: SALT, submitted: [1] }, {}, 400, 'submitted'],
  ['a field there is not', { service: SALT, submitted: { '0-1': 1 }, colour: 'red' }, {}, 400, 'colour'],
  ['a band there is not', { service: SALT, submitted: { '>52': 1 } }, {}, 400, 'submitted.>52'],
  ['a row of a file', 'service,band,count\nmental-health,0-1,many\n', {}, 400, 'row 2, column count'],
  ['no service', { submitted: { '0-1': 1 } }, {}, 422, 'service'],
  ['no provider', { service: SALT, submitted: { '0-1': 1 } }, manager, 422, 'provider'],
])('%s is refused and named', async (_, sent, who, status, path) => {
  const { body } = await post(sent, who);
  expect(body).toMatchObject({ status, errors: [{ path }] });
});

test.each<object>([{ submitted: { constructor: 1 } }, { submitted: { '0-1': 1 }, service: { constructor: 1 } }])(
  'a name that would reach a prototype is refused',
  async (sent) => {
    expect((await post({ service: SALT, ...sent })).status).toBe(400);
  },
);

test('of 20,000 bands that are none the first 50 are named, and how many more there are', async () => {
  const bands = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`band ${i}`, 1]));
  const { status, body } = await post({ service: SALT, submitted: bands });
  expect(status).toBe(400);
  expect(body).toMatchObject({
    detail: '20000 parts of the return cannot be read: the first 50 are named here, and there are 19950 more.',
  });
  expect((body as { errors: object[] }).errors).toHaveLength(50);
});

test('who may', async () => {
  const submitted = { service: SALT, provider: 'ZZ999', submitted: { '0-1': 1 } };
  expect((await post(submitted, { roles: ['commissioner'], org: 'QZZ' })).status).toBe(403);
  expect((await post(submitted, { org: 'ZZ998' })).status).toBe(403);
  expect((await post(submitted, { roles: ['admin'], org: 'QZZ' })).status).toBe(403);
  await app.http.post('/v1/reports/reconcile').send(submitted).expect(401);
});

test('CSV is taken here and nowhere else', async () => {
  await app.http
    .post('/v1/referrals')
    .set(await app.as())
    .set('content-type', 'text/csv')
    .send('a,b')
    .expect(415);
});
