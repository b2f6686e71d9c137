import { testApp, type TestApp } from '../../../../test/support/app.js';
import { putOnList } from '../../../../libs/reporting/src/list.fixture.js';
import { XLSX_TYPE } from './accepted-type.js';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  await putOnList(app.database, [{ days: 10 }, { days: 200, provider: 'ZZ998', council: 'E06000062' }]);
});
afterAll(() => app.close());

const manager = { roles: ['icb-manager' as const], org: 'QZZ' };

test('the report as JSON', async () => {
  const { body } = await app.http
    .get('/v1/reports/waits?measure=sitrep&groupBy=provider,localAuthority')
    .set(await app.as(manager))
    .expect(200);
  expect(body).toMatchObject({
    measure: 'sitrep',
    asOf: '2026-11-22',
    frozen: false,
    disclosure: 'none',
    rulesVersion: expect.any(String),
    notYetComputed: 0,
    synthetic: true,
    standard: { percent: 80, withinDays: 126, by: '2029-03-31' },
    rows: [
      { group: { provider: 'ZZ998', localAuthority: 'E06000062' }, waiting: 1, medianDays: 200, withinTarget: { count: 0, percent: 0 } },
      { group: { provider: 'ZZ999', localAuthority: 'E06000061' }, waiting: 1, medianDays: 10, withinTarget: { count: 1, percent: 100 } },
    ],
    dataQuality: { unknownStart: 0 },
  });
});

test('the report as CSV and as a workbook', async () => {
  const csv = await app.http
    .get('/v1/reports/waits')
    .set(await app.as(manager))
    .set('accept', 'text/csv')
    .expect(200);
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(csv.headers['content-disposition']).toBe('attachment; filename="waits-sitrep-2026-11-22.csv"');
  expect(csv.text).toMatch(/^waiting,weeks 0-1/);
  expect(csv.text).toContain('SYNTHETIC');
  const xlsx = await app.http
    .get('/v1/reports/waits')
    .set(await app.as(manager))
    .set('accept', XLSX_TYPE)
    .responseType('blob')
    .expect(200);
  expect(xlsx.headers['content-type']).toBe(XLSX_TYPE);
  expect((xlsx.body as Buffer).subarray(0, 2).toString()).toBe('PK');
});

test.each([
  ['measure=how-long', 400],
  ['service=dentistry', 400],
  ['groupBy=provider,nameOfChild', 400],
  ['asOf=2026-02-30', 400],
  ['localAuthority=Corby', 400],
  ['colour=red', 400],
  ['measure=sitrep&service=mental-health', 422],
])('%s is refused with %i', async (query, status) => {
  const { body } = await app.http
    .get(`/v1/reports/waits?${query}`)
    .set(await app.as(manager))
    .expect(status);
  expect(body).toMatchObject({ status, errors: [{ path: expect.any(String) }] });
});

test('who may', async () => {
  await app.http.get('/v1/reports/waits').expect(401);
  await app.http
    .get('/v1/reports/waits')
    .set(await app.as({ roles: ['admin'], org: 'QZZ' }))
    .expect(403);
  await app.http
    .get('/v1/reports/waits?provider=ZZ998')
    .set(await app.as())
    .expect(403);
  const own = await app.http
    .get('/v1/reports/waits')
    .set(await app.as())
    .expect(200);
  expect(own.body).toMatchObject({ disclosure: 'none', rows: [{ waiting: 1 }] });
  const commissioner = { roles: ['commissioner' as const], org: 'QZZ' };
  const { body } = await app.http
    .get('/v1/reports/waits')
    .set(await app.as(commissioner))
    .expect(200);
  expect(body).toMatchObject({ disclosure: 'hes', rows: [{ waiting: { value: null, suppressed: true, display: '*' } }] });
  await app.http
    .get('/v1/reports/waits?groupBy=provider,localAuthority,need')
    .set(await app.as(commissioner))
    .expect(422);
});
