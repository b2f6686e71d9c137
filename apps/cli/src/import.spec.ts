import { readSettings } from '#config';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { importFile } from './import.js';

let t: TestDatabase;
let folder: string;
beforeAll(async () => {
  t = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'meanwhile-import-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await t.close();
});

const HEAD = 'service,source_system,source_id,received_on,priority,source_of_referral,given_name,family_name,birth_date,need';
const row = (n: number): string => `speech-and-language-therapy,systmone,R-${n},2026-01-05,routine,gp,Asha,Example,2021-05-04,stammering`;

/** What the terminal shows at the end, without ids, and the exit status. */
async function run(rows: string[], ...options: string[]): Promise<{ status: number; text: string }> {
  const file = join(folder, 'list.csv');
  writeFileSync(file, [HEAD, ...rows].join('\n'));
  const lines: string[] = [];
  const settings = { ...readSettings({ DATABASE_URL: t.url, MEANWHILE_DATA: t.dataFolder, LOG_LEVEL: 'silent' }), clockAt: t.clock.now() };
  const status = await importFile([file, '--tenant', 'TEST', '--provider', 'ZZ999', ...options], settings, (line) => lines.push(line));
  return { status, text: lines.join('\n').replace(/[0-9a-f-]{36}/g, 'ID') };
}

test('says what became of a file, and keeps what was set aside', async () => {
  const rejects = join(folder, 'rejects.csv');
  const mixed = [...Array.from({ length: 12 }, (_, i) => row(i + 1)), row(13).replace('routine', 'soon')];
  const { status, text } = await run(mixed, '--rejects', rejects);
  expect(status).toBe(1);
  expect(text).toContain('Taken in (import ID): 13 rows read, 1 set aside; 12 new.\n');
  expect(readFileSync(rejects, 'utf8')).toContain('14,priority,unknown-code,soon');
});

test('a whole list that lacks too many goes on when it is confirmed, and says what it lacks', async () => {
  const stopped = await run([row(1)], '--complete');
  expect(stopped.status).toBe(1);
  expect(stopped.text).toContain(
    'to-confirm: 11 of 12 open referrals are missing from this list, more than 5 %. Nothing is ended or changed',
  );
  const { status, text } = await run([row(1)], '--complete', '--confirm');
  expect(status).toBe(0);
  expect(text).toContain(
    'Taken in (import ID): 1 rows read, 0 set aside; 1 same.\n11 open referrals are missing from it (GET /v1/imports/ID/missing).',
  );
});
