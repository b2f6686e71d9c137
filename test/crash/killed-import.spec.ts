import { Imports } from '#imports';
import type { Principal } from '#kernel';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReferrals } from '../../apps/cli/src/bench/import-file.js';
import { stage, type Stage } from './support/stage.js';
import { query } from './support/truths.js';
import { until } from './support/until.js';

/** A worker is killed with -9 again and again while it takes a file in. Afterwards every row is in, once. */
const ROWS = 8_000;
const KILLS = 3;
const admin: Principal = { subject: 'admin', name: 'Admin', tenant: 'TEST', org: 'ZZ999', roles: ['provider-admin'] };

let s: Stage;
const folder = mkdtempSync(join(tmpdir(), 'meanwhile-import-'));

beforeAll(async () => void (s = await stage(20261126)), 60_000);
afterAll(async () => {
  await s?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a killed import goes on where it was, and no row is in twice', async () => {
  const file = join(folder, 'list.csv');
  await writeReferrals(file, ROWS);
  const imports = new Imports(s.t.database, s.t.clock);
  const queues = await s.openQueues();
  const { id } = await imports.receive(admin, { fileName: 'list.csv', mode: 'apply' }, createReadStream(file));
  const applied: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const worker = s.processes.start('worker');
    await queues.ringAnew('imports');
    const from = applied.at(-1) ?? 0;
    // The first is killed while it reads, the others when they have taken in some more.
    await until(
      'the import gets on',
      async () => {
        const { state, rowsRead, rowsApplied } = await imports.get(admin, id);
        return kill === 0 ? state === 'reading' && rowsRead > 0 : rowsApplied > from || state === 'finished';
      },
      60,
    );
    await worker.kill();
    applied.push((await imports.get(admin, id)).rowsApplied);
  }
  s.processes.start('worker');
  await queues.ringAnew('imports');
  const done = await until(
    'the import is finished',
    async () => (await imports.get(admin, id)).state === 'finished' && imports.get(admin, id),
    90,
  );

  expect(applied.filter((n) => n > 0 && n < ROWS).length).toBeGreaterThan(0);
  expect(done).toMatchObject({ rowsRead: ROWS, rowsBad: 0, rowsApplied: ROWS, counts: { new: ROWS } });
  const [counted] = await query(
    s.t,
    `select (select count(*) from referral where tenant = $1) as referrals, (select count(distinct source_id) from referral where tenant = $1) as sources,
      (select count(*) from pathway_event where tenant = $1) as events, (select count(*) from person where tenant = $1) as children,
      (select count(*) from contact where tenant = $1) as contacts`,
  );
  expect(counted).toEqual({ referrals: ROWS, sources: ROWS, events: ROWS, children: ROWS, contacts: ROWS });
}, 240_000);
