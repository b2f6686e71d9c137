import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One database server for the whole run; suites join it and clone their own database. Uses the build, as jest's set-up is not transformed. */
export default async function setUp() {
  if (process.env.DATABASE_URL || !existsSync('dist/libs/database/src/embedded/index.js')) return;
  const { startEmbeddedDatabase } = await import('../../dist/libs/database/src/embedded/index.js');
  const folder = process.env.MEANWHILE_TEST_DATA ?? join('.meanwhile', 'test');
  globalThis.meanwhileTestServer = await startEmbeddedDatabase({
    dataFolder: folder,
    log: (line) => console.log(line),
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
  });
}
