import { Imports } from '#imports';
import type { Principal } from '#kernel';
import { asOwner, testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Tidy } from './tidy.js';

const admin: Principal = { subject: 'admin', name: 'Admin', tenant: 'TEST', org: 'ZZ999', roles: ['provider-admin'] };

let t: TestDatabase;
beforeAll(async () => void (t = await testDatabase()));
afterAll(() => t.close());

it('lets go of an upload whose sender died, in its own tenant, and may run again', async () => {
  const imports = new Imports(t.database, t.clock);
  const tidy = new Tidy(t.database, t.clock, imports);
  const id = '01900000-0000-7000-8000-000000000001';
  await asOwner(t.ownerUrl, async (client) => {
    await client.query(
      `insert into import (tenant, id, provider, mode, state, file_name, extracted_on, bad_share, vanish_share, created_at, created_by)
        values ('TEST', $1, 'ZZ999', 'apply', 'uploading', 'dead.csv', '2026-01-05', 0.1, 0.05, $2, 'admin')`,
      [id, t.clock.now()],
    );
    await client.query(`insert into import_chunk (tenant, import_id, provider, seq, bytes) values ('TEST', $1, 'ZZ999', 0, 'x')`, [id]);
  });
  t.clock.moveTo(new Date(t.clock.now().getTime() + 25 * 3_600_000));
  await tidy.run('ELSE');
  expect(await imports.get(admin, id)).toMatchObject({ state: 'uploading' });
  await tidy.run('TEST');
  await tidy.run('TEST');
  expect(await imports.get(admin, id)).toMatchObject({ state: 'cancelled', endedAt: t.clock.now() });
  const left = await asOwner(t.ownerUrl, (client) => client.query('select from import_chunk'));
  expect(left.rowCount).toBe(0);
});
