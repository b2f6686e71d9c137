import { readSettings, type Settings } from '#config';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testApp, type TestApp } from '../../../test/support/app.js';
import { referral } from '../../../test/support/referrals.js';
import { UsageError } from './commands.js';
import { reconcile } from './reconcile.js';

let app: TestApp;
let settings: Settings;
let folder: string;
let seen: string;
beforeAll(async () => {
  app = await testApp();
  settings = readSettings({ DATABASE_URL: app.url, MEANWHILE_DATA: app.dataFolder, LOG_LEVEL: 'silent' });
  folder = mkdtempSync(join(tmpdir(), 'meanwhile-reconcile-'));
  for (const receivedOn of ['2026-11-20', '2026-06-01', '2026-06-02']) seen = await received(receivedOn);
  await app.http
    .post(`/v1/referrals/${seen}/events`)
    .set(await app.as())
    .send({ type: 'contact', occurredOn: '2026-07-01', data: { attendance: 'attended', mechanism: 'face-to-face', purpose: 'assessment' } })
    .expect(201);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.close();
});

async function received(receivedOn: string): Promise<string> {
  const { body } = await app.http
    .post('/v1/referrals')
    .set(await app.as())
    .send(referral({ receivedOn }))
    .expect(201);
  return (body as { id: string }).id;
}

async function run(file: string, ...more: string[]): Promise<string> {
  const submitted = join(folder, 'bands.csv');
  writeFileSync(submitted, file);
  const lines: string[] = [];
  const given = ['--tenant', 'TEST', '--provider', 'ZZ999', '--service', 'speech-and-language-therapy', '--submitted', submitted];
  expect(await reconcile([...given, '--as-of', '2026-11-22', ...more], settings, (line) => lines.push(line))).toBe(0);
  return lines.join('\n');
}

test('prints the table and what would explain the difference', async () => {
  const text = await run('band,count\n0-1 weeks,1\n18-52 weeks,2\n');
  expect(text).toContain(
    [
      'speech-and-language-therapy at ZZ999: sitrep as of 2026-11-22. Our clock stops at first-contact; rules 2026.1.',
      'SYNTHETIC: no real child is in these figures. Invented for tests.',
      '',
      '  weeks             computed  submitted  difference',
      '  0-1                      1          1           0',
      '  >18-52                   1          2          +1',
      '  submitted in all         2          3          +1',
      '',
      'Not submitted, and so not compared: >1-2, >2-4, >4-12, >12-18, >52-104, >104.',
    ].join('\n'),
  );
  expect(text).toContain(
    [
      'The clock stopped at the first treatment, not at the first contact (stops-at-first-treatment)',
      '  explains 1 (100 %), leaves 0',
      `  1 from no band to >18-52: ${seen}`,
    ].join('\n'),
  );
  expect(text).toMatch(/Would move no child here: .*rejected-kept/);
});

test('says so when nothing differs, or no rule helps', async () => {
  expect(await run('band,count\n0-1,1\n18-52,1\n')).toContain('Nothing differs.');
  expect(await run('band,count\n>104,9\n')).toContain('No rule that was tried brings the figures nearer.');
});

test('says what is wrong with the file or the options', async () => {
  await expect(run('band,count\n0-1,many\n')).rejects.toThrow(/row 2, column count: must be a whole number/);
  await expect(run('band,count\n0-1,1\n', '--measure', 'how-long')).rejects.toThrow(UsageError);
  await expect(run('band,count\n0-1,1\n', '--as-of', 'yesterday')).rejects.toThrow(/--as-of/);
  await expect(reconcile(['--tenant', 'TEST'], settings)).rejects.toThrow(/--provider is needed/);
});
