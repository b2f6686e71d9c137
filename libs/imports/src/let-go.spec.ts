import { admin, fileOf, importingApp, rowOf, type ImportingApp } from './importing.fixture.js';

let app: ImportingApp;
beforeAll(async () => void (app = await importingApp()));
afterAll(() => app.close());

const HOUR = 3_600_000;
const later = (ms: number): void => app.clock.moveTo(new Date(app.clock.now().getTime() + ms));
const piecesOf = async (id: string): Promise<number> =>
  (await app.rows(`select from import_chunk where tenant = $1 and import_id = $2`, id)).length;

/** A file that is still coming: its first piece is kept when this returns. `end` lets the rest come. */
async function coming(): Promise<{ id: string; end: () => void; received: Promise<unknown> }> {
  let end = (): void => undefined;
  const rest = new Promise<void>((done) => (end = done));
  const file = (async function* () {
    yield Buffer.alloc(300_000, 'x');
    await rest;
    yield Buffer.alloc(300_000, 'y');
  })();
  // An error is the answer here, so that nobody has to catch it while it comes.
  const received = app.imports.receive(admin, { fileName: 'coming.csv', mode: 'apply' }, file).catch((error: unknown) => error);
  for (let tries = 0; tries < 500; tries++) {
    const [found] = await app.rows<{ id: string }>(
      `select id from import i where tenant = $1 and state = 'uploading' and exists (select from import_chunk c where c.tenant = $1 and c.import_id = i.id)`,
    );
    if (found) return { id: found.id, end, received };
  }
  throw new Error('Nothing is coming.');
}

test('an upload can be cancelled; what still comes of it is not kept, and its sender is told', async () => {
  const { id, end, received } = await coming();
  expect(await app.imports.cancel(admin, id)).toMatchObject({ state: 'cancelled', endedAt: app.clock.now() });
  expect(await piecesOf(id)).toBe(0);
  end();
  expect(await received).toMatchObject({ kind: 'conflict', message: expect.stringMatching(/cancelled/) as string });
  expect(await piecesOf(id)).toBe(0);
  expect(await app.imports.get(admin, id)).toMatchObject({ state: 'cancelled', whyStopped: 'cancelled by admin' });
});

test('an upload that never came to its end is let go of, one still coming is not', async () => {
  const { id, end, received } = await coming();
  later(11 * HOUR);
  await app.imports.letGo('TEST');
  expect(await piecesOf(id)).toBe(1);
  later(2 * HOUR);
  await app.imports.letGo('TEST');
  expect(await piecesOf(id)).toBe(0);
  expect(await app.imports.get(admin, id)).toMatchObject({
    state: 'cancelled',
    whyStopped: 'The upload did not come to its end within 12 hours.',
  });
  end();
  await received;
});

test('a file that nobody confirms is let go of after 30 days, and says so beside why it had stopped', async () => {
  const view = await app.take(fileOf(rowOf('R-1'), 'x,y,z'));
  expect(view.state).toBe('to-confirm');
  later(30 * 24 * HOUR - HOUR);
  await app.imports.letGo('TEST');
  expect(await app.imports.get(admin, view.id)).toMatchObject({ state: 'to-confirm' });
  later(2 * HOUR);
  await app.imports.letGo('TEST');
  expect(await app.imports.get(admin, view.id)).toMatchObject({
    state: 'cancelled',
    endedAt: app.clock.now(),
    whyStopped: `${view.whyStopped} Nobody confirmed it within 30 days.`,
  });
  expect(await piecesOf(view.id)).toBe(0);
  await app.imports.letGo('TEST');
});
