import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AT, HEAD, row, terminal, type Terminal } from './import.fixture.js';

let t: Terminal;
beforeAll(async () => void (t = await terminal()));
afterAll(() => t.close());

/** What the terminal shows at the end, without ids, and the exit status. */
async function run(rows: string[], ...options: string[]): Promise<{ status: number; text: string }> {
  const { status, text } = await t.run(t.fileOf('list.csv', HEAD, ...rows), ...AT, ...options);
  return { status, text: text.replace(/[0-9a-f-]{36}/g, 'ID') };
}

test('says what became of a file, and keeps what was set aside', async () => {
  const rejects = join(t.folder, 'rejects.csv');
  const mixed = [...Array.from({ length: 12 }, (_, i) => row(`R-${i + 1}`)), row('R-13').replace('routine', 'soon')];
  const { status, text } = await run(mixed, '--rejects', rejects);
  expect(status).toBe(1);
  expect(text).toContain('Taken in (import ID): 13 rows read, 1 set aside; 12 new.\n');
  expect(readFileSync(rejects, 'utf8')).toContain('14,priority,unknown-code,soon');
  // Mended badly and sent again, the list has its own columns once; when nothing is wrong any more it is emptied.
  const mended = readFileSync(rejects, 'utf8').trimEnd().split('\r\n');
  const again = await t.run(t.fileOf('mended.csv', ...mended), ...AT, '--bad-share', '1', '--rejects', rejects);
  expect(again.text).toContain(`The rows set aside are in ${rejects}: mend them there and send them again, with the same --mapping.`);
  expect(
    readFileSync(rejects, 'utf8')
      .split('\r\n')[0]
      ?.match(/reject_row/g),
  ).toHaveLength(1);
  expect((await run([row('R-1')], '--rejects', rejects)).text).toContain(`Nothing was set aside: ${rejects} has a header only.`);
  expect(readFileSync(rejects, 'utf8').trimEnd().split('\r\n')).toHaveLength(1);
});

test('a whole list that lacks too many goes on when it is confirmed, and says what it lacks', async () => {
  const stopped = await run([row('R-1')], '--complete');
  expect(stopped.status).toBe(1);
  expect(stopped.text).toContain(
    'to-confirm: 11 of 12 open referrals are missing from this list, more than 5 %. Nothing is ended or changed',
  );
  const { status, text } = await run([row('R-1')], '--complete', '--confirm');
  expect(status).toBe(0);
  expect(text).toContain(
    'Taken in (import ID): 1 rows read, 0 set aside; 1 same.\n11 open referrals are missing from it (GET /v1/imports/ID/missing).',
  );
});
