import type { Database } from '#database';
import type { ImportRun } from '#imports';
import type { Queues } from '#queues';
import { ImportsProcessor } from './imports.processor.js';

it('an import that fails keeps no other waiting, of no tenant, and is told of', async () => {
  const [done, rung]: [string[], string[]] = [[], []];
  const importRun = {
    toDo: async () => [{ id: 'poison' }, { id: 'good' }],
    run: async (tenant: string, { id }: { id: string }) => {
      if (id === 'poison') throw new Error(`unexpected, of ${tenant}`);
      done.push(`${tenant} ${id}`);
      return true;
    },
  } as unknown as ImportRun;
  const processor = new ImportsProcessor(
    { ringSoon: (_: string, tenant: string) => void rung.push(tenant) } as unknown as Queues,
    { tenants: async () => ['A', 'B'] } as unknown as Database,
    importRun,
  );
  await expect(processor.answer({})).rejects.toThrow('unexpected, of A');
  expect(done).toEqual(['A good', 'B good']);
  expect(rung).toEqual(['A', 'B']);
});
