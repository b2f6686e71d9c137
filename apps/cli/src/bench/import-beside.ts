import { Imports } from '#imports';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TENANT } from './bench-database.js';
import type { Bench } from './context.js';
import { HttpClient } from './http-client.js';
import { writeReferrals } from './import-file.js';
import { DATA_MANAGER } from './import.js';
import { API_SCRIPT, bearer } from './intake.js';
import { loadOpenWaits } from './open-waits.js';
import { percentile, seconds, timed, type Finding } from './print.js';
import { environmentOf, startServer } from './processes.js';

const PATH = '/v1/reports/waits';
/** Between two looks at the report: somebody reads it, nobody leans on the key. */
const READ_EVERY_MS = 50;

/** The waits report of an ICB while a file is taken in beside it, against the same report while nothing is: the time that 95 of 100 keep. */
export async function importBeside(
  bench: Bench,
  { waiting, rows, reads }: { waiting: number; rows: number; reads: number },
): Promise<Finding[]> {
  const target = await bench.server.create();
  const folder = mkdtempSync(join(tmpdir(), 'meanwhile-bench-'));
  const file = join(folder, 'beside.csv');
  const worker = await bench.workers(target.settings, 1);
  const api = await startServer(API_SCRIPT, environmentOf(target.settings));
  try {
    await writeReferrals(file, rows);
    await loadOpenWaits(target, [{ tenant: TENANT, each: 1 }], waiting, bench.clock.today());
    const http = new HttpClient(api.url, await bearer(target.settings, 'QZZ', ['icb-manager']), 1);
    const read = async (goOn: (taken: number) => boolean): Promise<number[]> => {
      const taken: number[] = [];
      while (goOn(taken.length)) {
        taken.push((await timed(() => http.send('GET', PATH, 200))).ms);
        await delay(READ_EVERY_MS);
      }
      return taken;
    };
    await read((n) => n < 20);
    const alone = await read((n) => n < reads);
    await new Imports(target.database, bench.clock).receive(
      DATA_MANAGER,
      { fileName: 'beside.csv', mode: 'apply' },
      createReadStream(file),
    );
    let isDone = false;
    const imported = timed(() => worker.run(TENANT, 'imports')).finally(() => (isDone = true));
    const beside = await read(() => !isDone);
    const { ms } = await imported;
    http.close();
    bench.say(`import: the report read ${beside.length} times while ${rows} referrals were taken in in ${seconds(ms)}`);
    return [
      {
        what: `p95 of the waits report of ${waiting} while ${rows} referrals are taken in, against the report alone`,
        pairs: [{ ours: percentile(beside, 0.95), bare: percentile(alone, 0.95) }],
        unit: 'ms',
        goal: { atMost: 2 },
      },
    ];
  } finally {
    await api.stop();
    await worker.close();
    rmSync(folder, { recursive: true, force: true });
    await target.drop();
  }
}
