import { readIdentity, type Tx } from '#database';
import { DomainError, newId, systemPrincipal, type Principal, type Role } from '#kernel';
import { asOwner, testDatabase, type TestDatabase } from '../support/database.js';

/** Two providers know the same child, each under its own record; another tenant knows neither. */
let t: TestDatabase;
let person: string;
beforeAll(async () => {
  t = await testDatabase();
  person = newId(t.clock.now());
  await t.database.inTenant(systemPrincipal('TEST', 'test'), (tx) =>
    tx.execute(`insert into person (tenant, id, birth_month) values ($1, $2, '2016-05-01')`, [tx.tenant, person]),
  );
  for (const org of ['ZZ999', 'ZZ998']) await t.database.inTenant(asking(org), (tx) => giveIdentity(tx, person));
});
afterAll(() => t.close());

const asking = (org: string, role: Role = 'clinician', tenant = 'TEST'): Principal => ({
  subject: `${org} ${role}`,
  name: org,
  tenant,
  org,
  roles: [role],
});

async function giveIdentity(tx: Tx, personId: string): Promise<void> {
  const { org } = tx.principal;
  await tx.execute(
    `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date) values ($1, $2, $3, $4, 'Example', '2016-05-04')`,
    [tx.tenant, personId, org, `Known to ${org}`],
  );
  await tx.execute(
    `insert into contact (tenant, id, person_id, provider, name, relationship, may_contact) values ($1, $2, $3, $4, $5, 'mother', true)`,
    [tx.tenant, newId(t.clock.now()), personId, org, `Contact of ${org}`],
  );
}

const STATEMENTS = {
  person_identity: 'select given_name as name from person_identity order by 1',
  contact: 'select name from contact order by 1',
};
const NAMES: Record<string, (org: string) => string> = {
  person_identity: (org) => `Known to ${org}`,
  contact: (org) => `Contact of ${org}`,
};

describe.each(Object.entries(STATEMENTS))('%s', (table, select) => {
  const read = (who: Principal): Promise<string[]> =>
    t.database.inTenant(who, (tx) => readIdentity(tx, t.clock.now(), 'a test', [person], () => names(tx)));
  const names = async (tx: Tx): Promise<string[]> => (await tx.query<{ name: string }>(select)).map((row) => row.name);
  const nameFor = NAMES[table] ?? String;

  it('shows nothing without a purpose, though the statement forgot to ask for one', async () => {
    expect(await t.database.inTenant(asking('ZZ999'), names)).toEqual([]);
    expect(await t.database.inTenant(systemPrincipal('TEST', 'test'), names)).toEqual([]);
  });

  it('shows a provider its own record and not the other provider’s', async () => {
    expect(await read(asking('ZZ999'))).toEqual([nameFor('ZZ999')]);
    expect(await read(asking('ZZ998'))).toEqual([nameFor('ZZ998')]);
  });

  it('shows the system every record of its tenant, and another tenant none', async () => {
    expect(await read(systemPrincipal('TEST', 'test'))).toEqual([nameFor('ZZ998'), nameFor('ZZ999')]);
    expect(await read(systemPrincipal('ELSE', 'test'))).toEqual([]);
    expect(await read(asking('ZZ999', 'clinician', 'ELSE'))).toEqual([]);
  });

  it('is closed again when the reading is over', async () => {
    await t.database.inTenant(asking('ZZ999'), async (tx) => {
      await readIdentity(tx, t.clock.now(), 'a test', [person], async () => expect(await names(tx)).toHaveLength(1));
      expect(await names(tx)).toEqual([]);
    });
  });

  it('is neither changed nor dropped without a purpose, and never the other provider’s', async () => {
    const changed = (who: Principal, sql: string, purpose: boolean): Promise<number> =>
      t.database.inTenant(who, (tx) =>
        purpose ? readIdentity(tx, t.clock.now(), 'a test', [person], () => tx.execute(sql)) : tx.execute(sql),
      );
    expect(await changed(asking('ZZ999'), `update ${table} set provider = provider`, false)).toBe(0);
    expect(await changed(asking('ZZ999'), `delete from ${table}`, false)).toBe(0);
    expect(await changed(asking('ZZ999'), `delete from ${table} where provider = 'ZZ998'`, true)).toBe(0);
  });

  it('cannot be written into another tenant', async () => {
    await expect(t.database.inTenant(asking('ZZ999', 'clinician', 'ELSE'), (tx) => giveElsewhere(tx, table))).rejects.toThrow(
      /row-level security/,
    );
  });
});

const giveElsewhere = (tx: Tx, table: string): Promise<number> =>
  table === 'contact'
    ? tx.execute(
        `insert into contact (tenant, id, person_id, provider, name, relationship, may_contact) values ('TEST', $1, $2, 'ZZ999', 'Sam', 'mother', true)`,
        [newId(t.clock.now()), person],
      )
    : tx.execute(
        `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date) values ('TEST', $1, 'ZZ997', 'A', 'B', '2016-05-04')`,
        [person],
      );

describe('every read', () => {
  const read = (tx: Tx, purpose: string): Promise<void> => readIdentity(tx, t.clock.now(), purpose, [person], async () => undefined);
  const entries = (purpose: string): Promise<unknown[]> =>
    asOwner(t.ownerUrl, async (client) => {
      const sql = `select tenant, subject, org, action, person_ids as "personIds" from audit_entry where purpose = $1`;
      return (await client.query(sql, [purpose])).rows;
    });

  it('is written down in the transaction that reads: who, whom, why', async () => {
    await t.database.inTenant(asking('ZZ999'), async (tx) => {
      await read(tx, 'calling the family');
      const here = await tx.one(
        `select xmin::text = pg_current_xact_id()::xid::text as here from audit_entry where tenant = $1 and purpose = 'calling the family'`,
        [tx.tenant],
      );
      expect(here).toEqual({ here: true });
    });
    expect(await entries('calling the family')).toEqual([
      { tenant: 'TEST', subject: 'ZZ999 clinician', org: 'ZZ999', action: 'identity-read', personIds: [person] },
    ]);
  });

  it('that is taken back leaves no entry: nothing was shown', async () => {
    const reading = t.database.inTenant(asking('ZZ999'), async (tx) => {
      await read(tx, 'taken back');
      throw new DomainError('rule', 'no');
    });
    await expect(reading).rejects.toThrow('no');
    expect(await entries('taken back')).toEqual([]);
  });

  it.each<Role>(['icb-manager', 'commissioner', 'admin'])('is refused to %s', async (role) => {
    const reading = t.database.inTenant(asking('QZZ', role), (tx) => read(tx, 'looking'));
    await expect(reading).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await entries('looking')).toEqual([]);
  });
});
