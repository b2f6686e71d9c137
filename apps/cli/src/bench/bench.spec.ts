import { readSettings } from '#config';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { bench } from './bench.js';

let t: TestDatabase;
beforeAll(async () => void (t = await testDatabase()));
afterAll(() => t.close());

test('the rebuild and the nightly pass are measured as ratios', async () => {
  const lines: string[] = [];
  const settings = readSettings({ DATABASE_URL: t.url, MEANWHILE_DATA: t.dataFolder });
  expect(await bench(['rebuild', 'nightly', '--quick', '--in-process'], settings, (line) => void lines.push(line))).toBe(0);
  const ratios = [...lines.join('\n').matchAll(/ratio (\S+) \[(\S+) to (\S+)\]/g)].flatMap(([, ...figures]) => figures.map(Number));
  expect(ratios).toHaveLength(3 * 5);
  expect(ratios.every((r) => Number.isFinite(r) && r > 0)).toBe(true);
}, 180_000);

test('an unknown benchmark is refused', async () => {
  await expect(bench(['everything'], readSettings({}))).rejects.toThrow(/rebuild, nightly, intake, import, report/);
});
