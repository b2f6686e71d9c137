import type { Settings } from '#config';
import { systemPrincipal } from '#kernel';
import { openPlatform } from '#platform';
import { Rebuild, staleness } from '#waits';
import { setTimeout as delay } from 'node:timers/promises';
import { optionsOf } from './options.js';

const LOOK_EVERY_MS = 1_000;
/** Workers that are there have begun by then. */
const NOBODY_AFTER_S = 10;

/** Marks everything stale, wakes the workers, and shows how far they are. Leaving early stops nothing. */
export async function rebuild(args: string[], settings: Settings): Promise<number> {
  const { tenant } = optionsOf(args, { tenant: { type: 'string' } });
  const platform = await openPlatform(settings, 'meanwhile-cli', console.log);
  const { database, clock, queues } = platform;
  try {
    for (const each of tenant === undefined ? await database.tenants() : [tenant]) {
      const marked = await new Rebuild(database, clock).mark(each, { progress: (n) => show(`${each}: ${n} pathways marked`) });
      await queues.ring('waits', each);
      const began = performance.now();
      for (;;) {
        const { notYetComputed } = await database.inTenant(systemPrincipal(each, 'rebuild'), staleness);
        const done = marked - notYetComputed;
        const seconds = (performance.now() - began) / 1000;
        const left = done > 0 ? Math.round((notYetComputed * seconds) / done) : null;
        show(
          `${each}: ${done} of ${marked} computed, ${Math.round(done / Math.max(seconds, 0.001))}/s${left === null ? '' : `, ${left} s left`}`,
        );
        if (notYetComputed === 0) break;
        if (done === 0 && seconds > NOBODY_AFTER_S) {
          show(`${each}: no worker is at it. Start one (npm run start:worker): it goes on by itself.\n`);
          return 1;
        }
        await delay(LOOK_EVERY_MS);
      }
      process.stdout.write('\n');
    }
    return 0;
  } finally {
    await platform.close();
  }
}

const show = (line: string): void => void process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
