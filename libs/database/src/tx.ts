import { DomainError, type DomainErrorKind, type Principal } from '#kernel';
import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager, QueryRunner } from 'typeorm';

/** One open transaction of one principal in its tenant. Passed on explicitly; never outlives the work it was opened for. */
export class Tx {
  constructor(
    readonly principal: Principal,
    private readonly runner: QueryRunner,
    private readonly client: pg.PoolClient,
  ) {}

  /** Every statement names it. */
  get tenant(): string {
    return this.principal.tenant;
  }

  /** For inserts of mapped rows. Never `save`: composite keys make it insert again. */
  get manager(): EntityManager {
    return this.runner.manager;
  }

  async query<Row = Record<string, unknown>>(sql: string, params: unknown[] = [], how?: typeof PREPARED): Promise<Row[]> {
    return (await this.#run(sql, params, how)).rows as Row[];
  }

  async one<Row = Record<string, unknown>>(sql: string, params: unknown[] = [], how?: typeof PREPARED): Promise<Row | undefined> {
    return (await this.query<Row>(sql, params, how))[0];
  }

  /** Number of rows written. */
  async execute(sql: string, params: unknown[] = [], how?: typeof PREPARED): Promise<number> {
    return (await this.#run(sql, params, how)).rowCount ?? 0;
  }

  /** Rows for `copy … from stdin` in text format; PostgreSQL takes them into tables without row-level security only: temporary ones. */
  copyInto(sql: string): Writable {
    return this.client.query(copyFrom(sql));
  }

  #run(text: string, values: unknown[], how?: typeof PREPARED): Promise<pg.QueryResult> {
    return this.client.query(how ? { name: nameOf(text), text, values } : { text, values });
  }
}

/**
 * Each connection plans the statement once. For the few that intake runs for every referral, all inserts and look-ups by a whole key, which
 * have one sensible plan; a third of their time was planning (bench intake). Elsewhere the plan should see the values.
 */
export const PREPARED = Symbol('prepared');

const names = new Map<string, string>();

function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known) return known;
  const name = createHash('sha256').update(sql).digest('hex').slice(0, 32);
  names.set(sql, name);
  return name;
}

/** Foreign keys of what is told of a referral where it stands (see #duplicates). */
const PLACE_OF_A_REFERRAL = '_pathway_id_referral_id_fkey';

interface PostgresError {
  code?: string;
  constraint?: string;
  detail?: string;
}

const TOO_MUCH_AT_ONCE = 'Too much is happening at once: please try again.';

/** Refused by a constraint. Its name says where to look; it is for whoever runs this, and not among the words clients read. */
export class AgainstConstraint extends DomainError {
  constructor(
    kind: DomainErrorKind,
    message: string,
    readonly constraint: string | undefined,
  ) {
    super(kind, message);
  }
}

/**
 * Whoever asks in the name of a tenant or an organisation that nobody set up is told which; these are no secret. The database does not say
 * what it missed, since row-level security may hide it.
 */
function whatIsMissing({ detail = '', constraint = '' }: PostgresError, { tenant, org }: Principal): string {
  const [, table] = /is not present in table "(\w+)"/.exec(detail) ?? [];
  if (table === 'tenant') return `The tenant ${tenant} is not known here.`;
  if (table !== 'organisation') return 'This refers to something that is not there.';
  return constraint.endsWith('_provider_fkey')
    ? `The organisation ${org} is not known here.`
    : 'An organisation that is named is not known here.';
}

/** What the database refused, in the words of the core. The one place that knows its error codes. */
export function asDomainError(error: unknown, principal: Principal): unknown {
  if (error instanceof ReadTooEarly) return new DomainError('busy', TOO_MUCH_AT_ONCE);
  const told = ((error as { driverError?: PostgresError }).driverError ?? error) as PostgresError;
  const { code, constraint } = told;
  switch (code) {
    case '23505':
      return new AgainstConstraint('conflict', 'This is held already.', constraint);
    case '23503':
      return new AgainstConstraint('rule', whatIsMissing(told, principal), constraint);
    case '23514':
    case '23502':
      return new AgainstConstraint('rule', 'A value is outside what is allowed.', constraint);
    case '40001':
    case '40P01':
    case '55P03':
    case '57014':
      return new DomainError('busy', TOO_MUCH_AT_ONCE);
    default:
      return error;
  }
}

/** Thrown by work that finds, after it waited for a lock, that what it read before is no longer so: the transaction is run again. */
export class ReadTooEarly extends Error {}

/** Lost a race that can simply be run again; also to somebody who moved the referral to another pathway while we waited for this one. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof ReadTooEarly) return true;
  const { code, constraint } = ((error as { driverError?: PostgresError }).driverError ?? error) as PostgresError;
  return code === '40001' || code === '40P01' || (code === '23503' && (constraint?.endsWith(PLACE_OF_A_REFERRAL) ?? false));
}
