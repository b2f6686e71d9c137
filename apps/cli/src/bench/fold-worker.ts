import 'reflect-metadata';
import { readSettings } from '#config';
import { openFold } from './fold-workers.js';

/** A worker process of the rebuild benchmark: computes a tenant each time it is told to, and ends with its parent. */
async function main(): Promise<void> {
  const { fold, close } = await openFold(readSettings());
  process.on('message', ({ tenant }: { tenant: string }) => {
    fold.run(tenant).then(
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
