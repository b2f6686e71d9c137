import { readSecrets, readSettings } from '#config';
import { Database, databaseOptions, migrate, startEmbeddedDatabase } from '#database';
import { newId, systemPrincipal } from '#kernel';
import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asOwner, testDatabase } from '../support/database.js';

/** What the README says of backup and restore, done as it says. */
const at = new Date('2026-11-22T10:30:00Z');
const child = { id: newId(at), identity: { given: 'Asha', family: 'Example' } };
const principal = systemPrincipal('TEST', 'backup');

/** A child, whose record only a backup of everything brings back: a row under each kind of policy, and one in the audit. */
async function write(database: Database): Promise<void> {
  await database.inTenant(principal, async (tx) => {
    await tx.execute(`insert into person (tenant, id, birth_month) values ($1, $2, '2016-05-01')`, [tx.tenant, child.id]);
    await tx.execute(
      `insert into person_identity (tenant, person_id, provider, given_name, family_name, birth_date) values ($1, $2, 'ZZ999', $3, $4, '2016-05-04')`,
      [tx.tenant, child.id, child.identity.given, child.identity.family],
    );
    await tx.query(`select set_config('meanwhile.identity_purpose', 'backup', true)`);
  });
}

/** Read as the application reads: through its role and its policies. */
async function read(database: Database): Promise<unknown> {
  return database.inTenant(principal, async (tx) => {
    await tx.query(`select set_config('meanwhile.identity_purpose', 'backup', true)`);
    return tx.one(
      `select p.id, i.given_name as given, i.family_name as family from person p join person_identity i on i.tenant = p.tenant and i.person_id = p.id
        where p.tenant = $1`,
      [tx.tenant],
    );
  });
}

const expected = { id: child.id, given: child.identity.given, family: child.identity.family };
const open = (url: string): Promise<Database> => Database.open(databaseOptions(readSettings({ DATABASE_URL: url }), url, 'backup'));

describe('the embedded database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meanwhile-backup-'));
  // As root the server runs under another account, which must be able to enter.
  chmodSync(folder, 0o755);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is backed up by stopping and copying its folder, and restored by starting on the copy', async () => {
    const [original, copy] = [join(folder, 'original'), join(folder, 'copy')];
    const first = await startEmbeddedDatabase({ dataFolder: original });
    await migrate(first.url, 'meanwhile_app');
    await asOwner(first.url, (client) => client.query(`insert into tenant (key, name) values ('TEST', 'Test ICB')`));
    const before = await open(first.url);
    await write(before);
    await before.close();
    const secrets = readSecrets(readSettings({ MEANWHILE_DATA: original }));
    await first.stop();

    // Owners and modes must survive: the server refuses a folder that is not its own.
    execFileSync('cp', ['-Rp', original, copy]);
    rmSync(original, { recursive: true });

    const second = await startEmbeddedDatabase({ dataFolder: copy });
    try {
      expect(second.folder).toBe(copy);
      const after = await open(second.url);
      expect(await read(after)).toEqual(expected);
      await after.close();
      // The keys are in the folder too: without them no child would be matched, and no family's link would open.
      expect(readSecrets(readSettings({ MEANWHILE_DATA: copy }))).toEqual(secrets);
    } finally {
      await second.stop();
    }
  });
});

describe('a PostgreSQL of one’s own', () => {
  it('is backed up by pg_dump and restored by pg_restore and migrate', async () => {
    const t = await testDatabase();
    const server = await asOwner(t.ownerUrl, async (client) => {
      return Number((await client.query<{ version: string }>(`select current_setting('server_version_num') as version`)).rows[0]?.version);
    });
    const installed = await toolVersion();
    if (installed < Math.floor(server / 10_000)) {
      console.warn(
        `NOT TESTED: pg_dump ${installed || 'is not here'}, the server is ${server}. Run with DATABASE_URL of a server that pg_dump can read.`,
      );
      await t.close();
      return;
    }
    const name = `restored_${randomBytes(6).toString('hex')}`;
    const [restored, backup] = [new URL(t.ownerUrl), new URL(t.ownerUrl)];
    restored.pathname = `/${name}`;
    [backup.username, backup.password] = [`backup_${name}`, 'of-this-test-alone'];
    const file = join(t.dataFolder, 'meanwhile.dump');
    try {
      await write(t.database);
      // Policies bind also the owner, so a backup is made by a role they do not bind: pg_dump fails rather than leave rows out.
      await asOwner(t.ownerUrl, (client) =>
        client.query(`create role backup_${name} login bypassrls password 'of-this-test-alone' in role pg_read_all_data`),
      );
      execFileSync('pg_dump', ['--format=custom', `--file=${file}`, backup.toString()]);
      await asOwner(t.ownerUrl, (client) => client.query(`create database ${name}`));
      execFileSync('pg_restore', ['--no-owner', '--no-privileges', '--exit-on-error', `--dbname=${restored}`, file]);
      expect(await migrate(restored.toString(), 'meanwhile_app')).toEqual([]);
      const after = await open(restored.toString());
      expect(await read(after)).toEqual(expected);
      await after.close();
    } finally {
      await asOwner(t.ownerUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
      await asOwner(t.ownerUrl, (client) => client.query(`drop role if exists backup_${name}`));
      await t.close();
    }
  });
});

/** Major version of pg_dump here; 0 = there is none. */
async function toolVersion(): Promise<number> {
  const { stdout } = await promisify(execFile)('pg_dump', ['--version']).catch(() => ({ stdout: '' }));
  return Number(/(\d+)/.exec(stdout)?.[1] ?? 0);
}
