import { Reports } from '#reporting';
import { admin, fileOf, importingApp, ROW, rowOf, type ImportingApp } from './importing.fixture.js';

/** A code nobody has mapped is counted as a problem of the data until what it was about is told again. */
let app: ImportingApp;
let reports: Reports;
beforeAll(async () => {
  app = await importingApp();
  reports = app.server.get(Reports);
});
afterAll(() => app.close());

const SALT = 'speech-and-language-therapy';
const counted = async (): Promise<unknown> =>
  (await reports.dataQuality(admin, { service: SALT })).rows.find((r) => r.provider === 'ZZ999')?.problems['unmapped-code'];
const listed = async () => reports.problem(admin, 'unmapped-code', { limit: 9 });
const good = Array.from({ length: 20 }, (_, i) => rowOf(`G-${i}`));
const EVENTS = 'source_system,source_id,type,occurred_on,attendance,mechanism,purpose';

it('counts a row of a referral that is not held, and lists where it stands', async () => {
  const view = await app.take(fileOf(...good, ROW.replace('health-visitor', 'ZZ')));
  expect(view).toMatchObject({ state: 'finished', rowsBad: 1 });
  expect(await counted()).toBe(1);
  expect(await listed()).toMatchObject([
    { service: SALT, referralId: null, personId: null, importId: view.id, rowNo: 22, since: '2026-11-22' },
  ]);
});

it('counts a row set aside again once, and no check', async () => {
  await app.take(fileOf(...good, ROW.replace('health-visitor', 'YY')));
  await app.take(fileOf(...good, ROW.replace('health-visitor', 'XX')), { mode: 'check' });
  expect(await counted()).toBe(1);
});

it('no longer counts it when it was mended and sent again', async () => {
  await app.take(fileOf(ROW));
  expect(await counted()).toBe(0);
  expect(await listed()).toEqual([]);
});

it('counts an event of a referral that is held, until something is told of it', async () => {
  const told = Array.from({ length: 12 }, (_, i) => `systmone,G-${i},contact,2026-03-10,attended,telephone,assessment`);
  await app.take([EVENTS, ...told, 'systmone,R-1,contact,2026-03-10,99,telephone,assessment'].join('\n'));
  expect(await counted()).toBe(1);
  const [row] = await listed();
  expect(row).toMatchObject({ rowNo: 14, referralId: expect.any(String), personId: expect.any(String) });
  app.clock.moveTo(new Date('2026-11-22T10:45:00Z'));
  await app.take([EVENTS, 'systmone,R-1,contact,2026-03-10,attended,telephone,assessment'].join('\n'));
  expect(await counted()).toBe(0);
});

it('is nothing wrong of another kind: a bad date is no code', async () => {
  await app.take(fileOf(...good, rowOf('B-1').replace('2026-01-05', '2026-13-05')));
  expect(await counted()).toBe(0);
});
