import { systemPrincipal } from '#kernel';
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

  it('lists the tenants for background work', async () => {
    expect(await t.database.tenants()).toEqual(['ELSE', 'TEST']);
  });
});
