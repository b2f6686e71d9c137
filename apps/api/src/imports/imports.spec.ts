import { ImportRun } from '#imports';
import { Escalations } from '#escalations';
import { loadServiceMap } from '#fhir';
import { systemPrincipal } from '#kernel';
import { testApp, type TestApp } from '../../../../test/support/app.js';

let app: TestApp;
let run: ImportRun;

beforeAll(async () => {
  app = await testApp();
  const { database, clock, secrets, settings } = app.platform;
  run = new ImportRun(database, clock, secrets, new Escalations(database, clock), loadServiceMap(null), settings);
});
afterAll(() => app.close());

const HEAD = 'service,source_system,source_id,received_on,priority,source_of_referral,given_name,family_name,birth_date,need';
const row = (id: string, received = '2026-01-05'): string =>
  `speech-and-language-therapy,systmone,${id},${received},routine,gp,Asha,=cmd|calc,2021-05-04,stammering`;

/** What a worker does when it is rung. Time goes on. */
async function worked(): Promise<void> {
  app.clock.moveTo(new Date(app.clock.now().getTime() + 60_000));
  for (const job of await run.toDo(systemPrincipal('TEST', 'imports'))) await run.run('TEST', job);
}

test('a file is sent, taken in, and its bad rows come back to be mended', async () => {
  const as = await app.as();
  const sent = await app.http
    .post('/v1/imports?badShare=1')
    .set(as)
    .attach('file', Buffer.from([HEAD, row('R-1'), row('R-2', '31/13/2026')].join('\r\n')), 'list.csv')
    .expect(202);
  const path = `/v1/imports/${(sent.body as { id: string }).id}`;
  expect((await app.http.get(path).set(as).expect(200)).body).toMatchObject({ state: 'waiting', rowsRead: 0, fileName: 'list.csv' });
  await worked();
  expect((await app.http.get(path).set(as).expect(200)).body).toMatchObject({
    state: 'finished',
    rowsRead: 2,
    rowsBad: 1,
    counts: { new: 1 },
  });

  const rejects = await app.http
    .get(`${path}/rejects`)
    .set(as)
    .expect(200)
    .expect('content-type', /text\/csv/);
  const [head, bad] = rejects.text.split('\r\n');
  expect(head).toBe(`\ufeffreject_row,reject_column,reject_code,reject_found,reject_expected,${HEAD}`);
  // A cell that a spreadsheet would run is kept from it.
  expect(bad).toBe(
    `3,received_on,bad-date,31/13/2026,"must be a day of the calendar, YYYY-MM-DD or DD/MM/YYYY",${row('R-2', '31/13/2026').replace('=cmd', "'=cmd")}`,
  );

  const mended = rejects.text.replaceAll('31/13/2026', '31/12/2025');
  await app.http.post('/v1/imports').set(as).attach('file', Buffer.from(mended), 'mended.csv').expect(202);
  await worked();
  const list = (await app.http.get('/v1/imports').set(as).expect(200)).body as { items: object[] };
  expect(list.items[0]).toMatchObject({ fileName: 'mended.csv', state: 'finished', rowsBad: 0, counts: { new: 1 } });
  const child = await app.http.get('/v1/referrals').set(as).expect(200);
  expect((child.body as { items: unknown[] }).items).toEqual([]); // computed by the workers afterwards
});

test('options are checked, and a mapping that cannot be used is refused at once', async () => {
  const as = await app.as();
  const file = Buffer.from(`${HEAD}\n${row('R-9')}\n`);
  const wrong = await app.http.post('/v1/imports').set(as).field('mode', 'try').attach('file', file, 'a.csv').expect(400);
  expect(wrong.body).toMatchObject({ code: 'invalid', errors: [{ path: 'mode', message: 'must be one of apply, check' }] });
  const unsure = await app.http.post('/v1/imports').set(as).field('complete', 'perhaps').attach('file', file, 'a.csv').expect(400);
  expect(unsure.body).toMatchObject({ errors: [{ path: 'complete', message: 'must be true or false' }] });
  const mapping = await app.http.post('/v1/imports').set(as).field('mapping', 'colums: {}').attach('file', file, 'a.csv').expect(400);
  expect(mapping.body).toMatchObject({ errors: [{ path: 'mapping' }] });
  await app.http.post('/v1/imports').set(as).field('mode', 'check').expect(400);
  await app.http.post('/v1/imports').set(as).send({ mode: 'check' }).expect(400);
});

test('a file that cannot be read says why, and one can be cancelled', async () => {
  const as = await app.as();
  const { body } = await app.http.post('/v1/imports').set(as).attach('file', Buffer.from('PK\x03\x04'), 'list.xlsx').expect(202);
  await worked();
  const failed = await app.http
    .get(`/v1/imports/${(body as { id: string }).id}`)
    .set(as)
    .expect(200);
  expect(failed.body).toMatchObject({ state: 'failed', whyStopped: expect.stringMatching(/zip/) as string });
  const other = (
    await app.http
      .post('/v1/imports')
      .set(as)
      .attach('file', Buffer.from(`${HEAD}\n${row('R-8')}\n`), 'x.csv')
      .expect(202)
  ).body as { id: string };
  expect((await app.http.post(`/v1/imports/${other.id}/cancel`).set(as).expect(200)).body).toMatchObject({ state: 'cancelled' });
  await app.http.post(`/v1/imports/${other.id}/cancel`).set(as).expect(409);
  await app.http.post(`/v1/imports/${other.id}/confirm`).set(as).expect(409);
});

test('what is another provider’s is not there, and an ICB sends no lists', async () => {
  const { body } = await app.http
    .post('/v1/imports')
    .set(await app.as())
    .attach('file', Buffer.from(`${HEAD}\n${row('R-7')}\n`), 'x.csv')
    .expect(202);
  const path = `/v1/imports/${(body as { id: string }).id}`;
  const elsewhere = await app.as({ org: 'ZZ998' });
  for (const each of ['', '/rejects', '/missing']) await app.http.get(`${path}${each}`).set(elsewhere).expect(404);
  await app.http.post(`${path}/cancel`).set(elsewhere).expect(404);
  await app.http
    .get(path)
    .set(await app.as({ roles: ['icb-manager'] }))
    .expect(403);
});

test('a whole list tells what it lacks, page by page, and nothing is done to it', async () => {
  const as = await app.as();
  const send = async (rows: string[], complete: string): Promise<string> => {
    const file = Buffer.from([HEAD, ...rows].join('\n'));
    const { body } = await app.http.post('/v1/imports').set(as).field('complete', complete).attach('file', file, 'list.csv').expect(202);
    await worked();
    return `/v1/imports/${(body as { id: string }).id}`;
  };
  const rows = ['W-1', 'W-2', 'W-3'].map((id) => row(id).replace('systmone', 'rio'));
  const part = await send(rows, 'false');
  await app.http.get(`${part}/missing`).set(as).expect(409);
  const whole = await send(rows.slice(0, 1), 'true');
  expect((await app.http.get(whole).set(as).expect(200)).body).toMatchObject({ complete: true, counts: { same: 1, missing: 2 } });

  interface Missing {
    items: { id: string; source: object; state: string }[];
    nextCursor: string | null;
    note: string;
  }
  const page = async (query: string): Promise<Missing> =>
    (await app.http.get(`${whole}/missing?${query}`).set(as).expect(200)).body as Missing;
  const first = await page('limit=1');
  const second = await page(`limit=1&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items].map(({ source }) => source)).toEqual(
    expect.arrayContaining([
      { system: 'rio', id: 'W-2' },
      { system: 'rio', id: 'W-3' },
    ]),
  );
  expect(second.nextCursor).toBeNull();
  expect(first.note).toMatch(/Nothing is ended or changed/);
  expect(JSON.stringify(first)).not.toMatch(/Asha|2021-05-04/);
  expect((await app.http.get(`/v1/referrals/${first.items[0]?.id}`).set(as).expect(200)).body).toMatchObject({ state: 'waiting' });
  await app.http
    .get(`${whole}/missing?cursor=${Buffer.from('["x"]').toString('base64url')}`)
    .set(as)
    .expect(400);
  await app.http
    .get(`${whole}/missing`)
    .set(await app.as({ org: 'ZZ998' }))
    .expect(404);
});

test('the layouts can be downloaded, and their example is taken in', async () => {
  const as = await app.as();
  await worked();
  const referrals = await app.http.get('/v1/imports/templates/referrals').set(as).expect(200);
  await app.http.post('/v1/imports').set(as).attach('file', Buffer.from(referrals.text), 'referrals.csv').expect(202);
  await worked();
  const events = await app.http.get('/v1/imports/templates/events').set(as).expect(200);
  await app.http.post('/v1/imports').set(as).attach('file', Buffer.from(events.text), 'events.csv').expect(202);
  await worked();
  const list = (await app.http.get('/v1/imports?limit=2').set(as).expect(200)).body as { items: object[]; nextCursor: string };
  expect(list.items).toMatchObject([
    { layout: 'events', state: 'finished', rowsBad: 0, counts: { new: 1 } },
    { layout: 'referrals', state: 'finished', rowsBad: 0, counts: { new: 1 } },
  ]);
  expect(list.nextCursor).toEqual(expect.any(String));
  await app.http.get('/v1/imports/templates/others').set(as).expect(404);
});
