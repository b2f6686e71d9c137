import { runMigrations as migrateQueue } from 'bullmq';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from './migrations/index.js';

/** The schema BullMQ keeps its tables in, when the queue is in PostgreSQL. */
const QUEUE_SCHEMA = 'bullmq';
const LOCK = 0x6d65616e;

/**
 * Brings a database to this version, as its owner, and gives the application's role what it needs and no more.
 * Two at once wait for each other; running it again changes nothing.
 */
export async function migrate(ownerUrl: string, appRole: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: ownerUrl });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [LOCK]);
    await refuseOldServer(lock);
    await makeRole(lock, appRole);
    const dataSource = new DataSource({ type: 'postgres', url: ownerUrl, migrations, migrationsTableName: 'migration', logging: false });
    await dataSource.initialize();
    const ran = await dataSource.runMigrations({ transaction: 'each' }).finally(() => dataSource.destroy());
    await migrateQueue(lock, QUEUE_SCHEMA);
    await lock.query(grants(appRole));
    return ran.map((m) => m.name);
  } finally {
    await lock.end();
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`);
  const major = Math.floor(Number(rows[0]?.version) / 10_000);
  if (major < 15) throw new Error(`PostgreSQL ${major} is too old: Meanwhile needs 15 to 18.`);
}

/** A role that cannot log in, owns nothing and bypasses nothing; the login works as it. Roles are the server's: another database may have made it. */
async function makeRole(client: pg.Client, appRole: string): Promise<void> {
  await client.query(`
    do $$ begin
      create role ${appRole} nologin nosuperuser nobypassrls nocreatedb nocreaterole;
    exception when duplicate_object or unique_violation then null;
    end $$;
    do $$ begin
      if not pg_has_role(current_user, '${appRole}', 'member') then grant ${appRole} to current_user; end if;
    end $$;
  `);
}

/** Tables whose rows are history: added to and read, never changed. */
const APPEND_ONLY = ['pathway_event', 'audit_entry'];
const READ_ONLY = ['tenant', 'organisation', 'bank_holiday', 'migration'];

const grants = (role: string): string => `
  grant usage on schema public to ${role};
  grant execute on function public.refresh_statistics() to ${role};
  grant select, insert, update, delete on all tables in schema public to ${role};
  revoke update, delete on ${APPEND_ONLY.join(', ')} from ${role};
  revoke insert, update, delete on ${READ_ONLY.join(', ')} from ${role};
  grant usage, create on schema ${QUEUE_SCHEMA} to ${role};
  grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to ${role};
  grant usage, select, update on all sequences in schema ${QUEUE_SCHEMA} to ${role};
  grant execute on all functions in schema ${QUEUE_SCHEMA} to ${role};
`;
