import { systemPrincipal } from '#kernel';
import type pg from 'pg';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';

let t: TestDatabase;
beforeAll(async () => void (t = await testDatabase()));
afterAll(() => t.close());

describe('a transaction in a tenant', () => {
  it('sees its own services and no other tenant’s', async () => {
    const services = await t.database.inTenant(systemPrincipal('TEST', 'test'), (tx) => tx.query('select tenant, provider from service'));
    expect(services).toHaveLength(6);
    expect(new Set(services.map((s) => s['tenant']))).toEqual(new Set(['TEST']));
  });

  it('can write into no other tenant', async () => {
    const writing = t.database.inTenant(systemPrincipal('TEST', 'test'), (tx) =>
      tx.execute(`insert into service (tenant, id, line, provider) values ('ELSE', gen_random_uuid(), 'x', 'ZZ997')`),
    );
    await expect(writing).rejects.toThrow(/row-level security/);
  });

  it('sees nothing where no tenant was set', async () => {
    expect(await t.database.dataSource.query('select * from service')).toEqual([]);
  });

  it('is taken back with an error when a statement in it failed, though somebody swallowed that', async () => {
    const work = t.database.inTenant(systemPrincipal('TEST', 'test'), async (tx) => {
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(work).rejects.toThrow(/taken back/);
  });

  it('outlives a connection that is cut while it changes hands', async () => {
    const pool = (t.database.dataSource.driver as unknown as { master: pg.Pool }).master;
    await new Promise<void>((done) => {
      pool.connect((_error, client, release) => {
        expect(client?.emit('error', new Error('cut'))).toBe(true);
        release();
        done();
      });
    });
  });

  it('lists the tenants for background work', async () => {
    expect(await t.database.tenants()).toEqual(['ELSE', 'TEST']);
  });
});
