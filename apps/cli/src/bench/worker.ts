import 'reflect-metadata';
import { readSettings } from '#config';
import { openWorker, type Work } from './workers.js';

/** A worker process of the benchmarks: does for a tenant what it is told, each time it is told, and ends with its parent. */
async function main(): Promise<void> {
  const { run, close } = await openWorker(readSettings());
  process.on('message', ({ tenant, work }: { tenant: string; work: Work }) => {
    run(tenant, work).then(
      (done) => process.send?.(done),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => void close().then(() => process.exit(0)));
  process.send?.('ready');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
