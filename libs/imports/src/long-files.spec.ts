import { fileOf, HEAD, importingApp, rowOf, type ImportingApp } from './importing.fixture.js';
import { admin } from './importing.fixture.js';

/** What shows only after the first pieces of a file were read, and what would keep other files waiting. */
let app: ImportingApp;
beforeAll(async () => void (app = await importingApp()));
afterAll(() => app.close());

const MANY = Array.from({ length: 3_000 }, (_, i) => rowOf(`L-${i}`));
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

it('a file whose first letter that is not ASCII comes late is read again as Windows-1252', async () => {
  const view = await app.take(latin(fileOf(...MANY, rowOf('L-late').replace('Asha', 'Zo\u00eb'))));
  expect(view).toMatchObject({ state: 'finished', counts: { new: 3_001 } });
  expect(
    await app.rows(
      `select given_name as name from person_identity i join referral r on r.tenant = i.tenant and r.person_id = i.person_id
        where i.tenant = $1 and r.source_id = 'L-late'`,
    ),
  ).toEqual([{ name: 'Zoë' }]);
});

it.each([
  ['a zero byte far into the file', Buffer.from(fileOf(...MANY, 'x\0y')), {}, /zero bytes/],
  ['not the encoding that was said', latin(fileOf(...MANY, 'Zo\u00eb')), { encoding: 'utf-8' as const }, /not UTF-8/],
  ['UTF-16 with half a letter', Buffer.from(`\ufeff${fileOf(...MANY)}\ud800,`, 'utf16le'), {}, /not UTF-16/],
  ['a quote never closed', Buffer.from(fileOf(...MANY, '"x')), {}, /never closed/],
])('%s: said, and nothing of it half in', async (_, file, options, why) => {
  const before = await app.rows('select count(*) as n from referral where tenant = $1');
  const view = await app.take(file, options);
  expect(view).toMatchObject({ state: 'failed', whyStopped: expect.stringMatching(why) });
  expect(await app.rows('select count(*) as n from referral where tenant = $1')).toEqual(before);
});

it('one that can never be taken in is given up after so many tries, and says where to look', async () => {
  const { id } = await app.imports.receive(
    admin,
    { fileName: 'poison.csv', mode: 'apply' },
    (async function* () {
      yield Buffer.from(`${HEAD}\n${rowOf('P-1')}`);
    })(),
  );
  await app.rows('update import set attempts = 20 where tenant = $1 and id = $2 returning id', id);
  expect(await app.done(id)).toMatchObject({ state: 'failed', whyStopped: expect.stringMatching(/^Begun 20 times/) });
});
