import type { Settings } from '#config';
import { systemPrincipal, type Principal } from '#kernel';
import pg from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { migrations } from './migrations/index.js';
import { asDomainError, isWorthAnotherTry, Tx } from './tx.js';

// Once, for every pool: a calendar day stays the string it is (the driver would make it midnight somewhere), a count a number.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

const TRIES = 4;

export interface DatabaseOptions {
  url: string;
  appRole: string;
  poolSize: number;
  applicationName: string;
  entities?: EntityTarget<ObjectLiteral>[];
}

export const databaseOptions = (settings: Settings, url: string, applicationName: string): DatabaseOptions => ({
  url,
  appRole: settings.appRole,
  poolSize: settings.poolSize,
  applicationName,
});

/** One transaction after another on the same connection. */
export type Session = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/** The database as the application's role sees it. */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    readonly options: DatabaseOptions,
  ) {}

  /** Opens the pool and checks that the role is weak enough and the schema is this version's. Rejects with what to do. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      entities: (options.entities ?? []) as never[],
      applicationName: options.applicationName,
      extra: { max: options.poolSize, options: `-c role=${options.appRole} -c timezone=UTC`, connectionTimeoutMillis: 15_000 },
      logging: false,
    });
    try {
      await dataSource.initialize();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === '22023' || code === '42704') {
        throw new Error(`The database has no role ${options.appRole}: run the migrations first (npm run meanwhile -- migrate).`, {
          cause: error,
        });
      }
      throw error;
    }
    outliveConnections((dataSource.driver as unknown as { master: pg.Pool }).master);
    const database = new Database(dataSource, options);
    try {
      await database.#refuseStrongRole();
      await database.#refuseOtherSchema();
    } catch (error) {
      await dataSource.destroy();
      throw error;
    }
    return database;
  }

  /** Runs one use case in one transaction in the principal's tenant. A deadlock is run again, so `work` must change nothing outside it. */
  async inTenant<T>(principal: Principal, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const runner = this.dataSource.createQueryRunner();
      try {
        const client = (await runner.connect()) as pg.PoolClient;
        return await inTransaction(client, principal, () => work(new Tx(principal, runner, client)));
      } catch (error) {
        if (attempt < TRIES && isWorthAnotherTry(error)) continue;
        throw asDomainError(error, principal);
      } finally {
        await runner.release();
      }
    }
  }

  /**
   * Lends one connection for several transactions that share temporary tables, until `work` ends. Each transaction is one as of inTenant, but is
   * not run again by itself. What they made is dropped afterwards.
   */
  async inSession<T>(principal: Principal, work: (transaction: Session) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as pg.PoolClient;
    try {
      return await work((each) => inTransaction(client, principal, () => each(new Tx(principal, runner, client))));
    } catch (error) {
      throw asDomainError(error, principal);
    } finally {
      await client.query('discard temp').catch(() => undefined);
      await runner.release();
    }
  }

  /** Tells the planner how much there is, after rows came in bulk. */
  async refreshStatistics(): Promise<void> {
    await this.dataSource.query('select refresh_statistics()');
  }

  /** Every tenant, for background work, which then enters them one by one. */
  async tenants(): Promise<string[]> {
    const rows = await this.dataSource.query<{ key: string }[]>('select key from tenant order by key');
    return rows.map((r) => r.key);
  }

  /** The same work in every tenant, one after another, as the system. */
  async inEveryTenant(job: string, work: (principal: Principal) => Promise<void>): Promise<void> {
    for (const tenant of await this.tenants()) await work(systemPrincipal(tenant, job));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  async #refuseStrongRole(): Promise<void> {
    const [role] = await this.dataSource.query<{ name: string; strong: boolean; owns: string | null }[]>(`
      select current_user as name, r.rolsuper or r.rolbypassrls as strong,
        (select min(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relowner = r.oid) as owns
      from pg_roles r where r.rolname = current_user`);
    if (role?.strong) throw new Error(`The application must not run as ${role.name}: it could bypass row-level security.`);
    if (role?.owns) throw new Error(`The application must not run as ${role.name}: it owns tables (${role.owns}).`);
  }

  async #refuseOtherSchema(): Promise<void> {
    const [table] = await this.dataSource.query<{ name: string | null }[]>(`select to_regclass('public.migration')::text as name`);
    if (!table?.name) throw new Error('The database is empty: run the migrations first (npm run meanwhile -- migrate).');
    const [found] = await this.dataSource.query<{ last: string }[]>('select name as last from migration order by id desc limit 1');
    const wanted = migrations.at(-1)?.name;
    if (found?.last !== wanted)
      throw new Error(
        `The database is at ${found?.last ?? 'no version'}, this program wants ${wanted}: run meanwhile migrate, or the other version.`,
      );
  }
}

/**
 * A connection that is cut while it changes hands has nobody who listens to it, and what nobody listens to ends the process.
 * Whoever uses it next is told anyway.
 */
function outliveConnections(pool: pg.Pool): void {
  const known = new WeakSet<pg.PoolClient>();
  pool.on('acquire', (client) => {
    if (known.has(client)) return;
    known.add(client);
    client.on('error', () => undefined);
  });
}

async function inTransaction<T>(client: pg.PoolClient, { tenant, org }: Principal, work: () => Promise<T>): Promise<T> {
  try {
    // One message, since every use case begins with it.
    const [ours, us] = [pg.escapeLiteral(tenant), pg.escapeLiteral(org)];
    await client.query(`begin; select set_config('meanwhile.tenant', ${ours}, true), set_config('meanwhile.org', ${us}, true)`);
    const result = await work();
    const { command } = await client.query('commit');
    // After an error that somebody swallowed the database takes everything back, and calls that a success.
    if (command !== 'COMMIT') throw new Error('The transaction was taken back: a statement in it had failed.');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
