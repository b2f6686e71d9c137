import type { QueryRunner } from 'typeorm';

/** The tenant of this transaction; no tenant set = no row. Wrapped in a select so that it is read once a statement, not once a row. */
const SAME_TENANT = `tenant = (select current_setting('meanwhile.tenant', true))`;

/** Identity was opened in this transaction, for a purpose that has been written down (see readIdentity). */
const PURPOSE_GIVEN = `(select coalesce(current_setting('meanwhile.identity_purpose', true), '') <> '')`;

/** A provider's own record; '*' is the system. */
const OWN_RECORD = `(select current_setting('meanwhile.org', true)) in (provider, '*')`;

/** Row-level security, forced: the net under statements that all name their tenant themselves. */
export async function closeToOtherTenants(db: QueryRunner, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await db.query(`
      alter table ${table} enable row level security;
      alter table ${table} force row level security;
      create policy same_tenant on ${table} using (${SAME_TENANT}) with check (${SAME_TENANT});
    `);
  }
}

/** As above, and read only after a purpose was recorded, and only the provider's own record. Writing what one was given needs no purpose. */
export async function onlyForPurpose(db: QueryRunner, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await db.query(`
      alter table ${table} enable row level security;
      alter table ${table} force row level security;
      create policy give on ${table} for insert with check (${SAME_TENANT});
      create policy read_for_purpose on ${table} for select using (${SAME_TENANT} and ${PURPOSE_GIVEN} and (${OWN_RECORD}));
      create policy mend_for_purpose on ${table} for update
        using (${SAME_TENANT} and ${PURPOSE_GIVEN} and (${OWN_RECORD})) with check (${SAME_TENANT});
      create policy drop_for_purpose on ${table} for delete using (${SAME_TENANT} and ${PURPOSE_GIVEN} and (${OWN_RECORD}));
    `);
  }
}
