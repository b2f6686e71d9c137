import type { Response } from 'supertest';
import { testApp, type TestApp } from '../../../../test/support/app.js';
import { putOnList } from '../../../../libs/reporting/src/list.fixture.js';
import { XLSX_TYPE } from './accepted-type.js';

let app: TestApp;
let own: string[];
beforeAll(async () => {
  app = await testApp();
  const put = await putOnList(app.database, [
    { days: 10, name: ['Asha', 'Example'] },
    { days: 30 },
    { days: null },
    { days: 200, provider: 'ZZ998' },
  ]);
  own = put.slice(0, 3).map((ids) => ids.referralId);
});
afterAll(() => app.close());

const manager = { roles: ['icb-manager' as const], org: 'QZZ' };
const commissioner = { roles: ['commissioner' as const], org: 'QZZ' };
const get = async (path: string, who?: Parameters<TestApp['as']>[0]): Promise<Response> =>
  app.http.get(`/v1/reports/data-quality${path}`).set(await app.as(who));

test('counts by provider and service, in three forms', async () => {
  const { body, status } = await get('?service=speech-and-language-therapy', manager);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    asOf: '2026-11-22',
    disclosure: 'none',
    synthetic: true,
    rows: [
      { provider: 'ZZ998', name: 'Other Example Trust', open: 1, problems: { 'unknown-start': 0, 'no-way-to-contact': 1 } },
      { provider: 'ZZ999', open: 3, problems: { 'unknown-start': 1, 'no-nhs-number': 3, 'unmapped-code': 0 } },
    ],
  });
  const csv = await app.http
    .get('/v1/reports/data-quality')
    .set(await app.as(manager))
    .set('accept', 'text/csv')
    .expect(200);
  expect(csv.headers['content-disposition']).toBe('attachment; filename="data-quality-2026-11-22.csv"');
  expect(csv.text).toContain('SYNTHETIC');
  const xlsx = await app.http
    .get('/v1/reports/data-quality')
    .set(await app.as(manager))
    .set('accept', XLSX_TYPE)
    .responseType('blob')
    .expect(200);
  expect((xlsx.body as Buffer).subarray(0, 2).toString()).toBe('PK');
});

test('a commissioner sees nothing small', async () => {
  const { body } = await get('?service=speech-and-language-therapy', commissioner);
  expect(body).toMatchObject({
    disclosure: 'hes',
    rows: [{ open: { display: '*' } }, { problems: { 'no-nhs-number': { display: '*' } } }],
  });
});

test('rows are the provider’s own, a page at a time, and name nobody', async () => {
  const first = await get('/no-nhs-number?limit=2');
  expect(first.status).toBe(200);
  const { items, nextCursor } = first.body as { items: { referralId: string }[]; nextCursor: string };
  const second = await get(`/no-nhs-number?limit=2&cursor=${nextCursor}`);
  expect(second.body).toMatchObject({ nextCursor: null });
  const all = [...items, ...(second.body as { items: typeof items }).items];
  expect(all.map((i) => i.referralId).toSorted()).toEqual(own.toSorted());
  expect(all[0]).toEqual({
    referralId: own[1],
    personId: expect.any(String),
    service: 'speech-and-language-therapy',
    receivedOn: '2026-10-23',
    problem: 'no-nhs-number',
    wrong: 'No NHS number',
    since: '2026-10-23',
  });
  expect(JSON.stringify(all)).not.toContain('Asha');
  const elsewhere = await get('/no-nhs-number?service=mental-health');
  expect(elsewhere.body).toEqual({ items: [], nextCursor: null });
});

test.each<[string, Parameters<TestApp['as']>[0], number]>([
  ['/no-nhs-number', manager, 403],
  ['/no-nhs-number', commissioner, 403],
  ['', { roles: ['admin'], org: 'QZZ' }, 403],
  ['?provider=ZZ998', {}, 403],
  ['?service=dentistry', {}, 400],
  ['?asOf=2026-01-05', {}, 400],
  ['/no-manners', {}, 404],
  ['/no-nhs-number?cursor=WzEsMl0', {}, 400],
  ['/no-nhs-number?limit=201', {}, 400],
])('GET data-quality%s as %j is refused with %i', async (path, who, status) => {
  expect(await get(path, who)).toMatchObject({ status, body: { status } });
});
