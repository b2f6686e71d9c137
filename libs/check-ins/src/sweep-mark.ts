import { type Database } from '#database';
import { randomInt } from 'node:crypto';
import pg from 'pg';

/** 'mwch': keeps our advisory locks apart from others. */
const NAMESPACE = 0x6d776368;

/**
 * A sweep's sign of life: a number it holds an advisory lock on, on a connection of its own. Every message it claims carries the number.
 * The database drops the lock when the process dies, so that what it claimed and did not settle is known at once, by no clock.
 */
export class SweepMark {
  private constructor(
    readonly number: number,
    private readonly client: pg.Client,
    private readonly goOn: () => boolean,
    private held: boolean,
  ) {}

  static async take(database: Database, goOn: () => boolean): Promise<SweepMark> {
    const { url, appRole, applicationName } = database.options;
    const client = new pg.Client({
      connectionString: url,
      application_name: `${applicationName}-sweep`,
      options: `-c role=${appRole}`,
      keepAlive: true,
    });
    const mark = new SweepMark(randomInt(1, 2 ** 31 - 1), client, goOn, true);
    client.on('error', () => (mark.held = false));
    client.on('end', () => (mark.held = false));
    await client.connect();
    await client.query('select pg_advisory_lock($1, $2)', [NAMESPACE, mark.number]);
    return mark;
  }

  /** False once the connection broke: others will take over what was claimed, so no more may be. */
  get isHeld(): boolean {
    return this.held;
  }

  /** False once the process is to stop: what was claimed and has not left yet is called off. */
  get isWanted(): boolean {
    return this.goOn();
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

/** Sweeps that claimed messages, are not alive and left them unsettled. One statement; the locks are looked at only when something is claimed. */
export const DEAD_SWEEPS = `select distinct claimed_by as number from message
  where tenant = $1 and state = 'claimed' and claimed_by not in (
    select objid::bigint from pg_locks
    where locktype = 'advisory' and classid::bigint = ${NAMESPACE} and objsubid = 2 and granted
      and database = (select oid from pg_database where datname = current_database()))`;
