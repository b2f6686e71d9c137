import { audit, type Database, type Tx } from '#database';
import { DomainError, londonDay, systemPrincipal, type LocalDate } from '#kernel';
import { COLUMNS, TABLES, type Rows, type TableName } from './columns.js';
import { DEMO_SEED, generateDemo, inBatches } from './generate.js';
import { analyse, DEMO } from './reference-data.js';
import { rowsOf, type RowContext } from './rows.js';

export interface LoadOptions {
  /** The demo's as-of day is its London day, and nothing was told after its 08:40: mid-morning or later. */
  now: Date;
  /** Secrets.nhsNumberKey */
  nhsNumberKey: Buffer;
  /** The owner's login, only to gather statistics. */
  ownerUrl: string;
  seed?: string;
  /** Stops after so many referrals, and counts as finished: for tests. */
  atMost?: number;
  onProgress?(loaded: { referrals: number; events: number }): void;
}

export interface Loaded {
  /** The day on which the lists equal the published ones: of the first load, whenever it was. */
  asOf: LocalDate;
  referrals: number;
  events: number;
  /** True when everything was there already. */
  wasThere: boolean;
}

const PASS = 'demo-data';
const REFERRALS_A_BATCH = 700;

interface Progress {
  asOf: LocalDate;
  batches: number;
  referrals: number;
  finished: boolean;
}

/**
 * Fills tenant DEMO, in batches of one transaction each, as the application's role. Killed, it goes on where it was, with the day it began with;
 * finished once, it changes nothing. Needs the reference data.
 * @throws DomainError conflict when another load is at it
 */
export async function loadDemoData(database: Database, options: LoadOptions): Promise<Loaded> {
  const { now, nhsNumberKey, ownerUrl, seed = DEMO_SEED, atMost = Infinity, onProgress } = options;
  const principal = systemPrincipal(DEMO, 'demo');
  const { begun, context } = await database.inTenant(principal, async (tx) => ({
    begun: await begin(tx, londonDay(now), now),
    context: await readContext(tx, now, nhsNumberKey),
  }));
  const loaded: Loaded = { asOf: begun.asOf, referrals: begun.referrals, events: 0, wasThere: begun.finished };
  if (begun.finished) return loaded;

  let n = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (const batch of inBatches(generateDemo(begun.asOf, seed), Math.min(REFERRALS_A_BATCH, atMost))) {
      if (++n <= begun.batches) continue;
      if (loaded.referrals >= atMost) break;
      const rows = rowsOf(batch, context);
      const number = n;
      // One batch is made while the one before is written.
      await writing;
      // Checks of references to tables believed empty are planned without their best index, and kept: 137 s instead of 25, measured on a busy machine.
      if (n === begun.batches + 2) await analyse(ownerUrl);
      writing = database.inTenant(principal, (tx) => loadBatch(tx, begun.asOf, number, rows));
      writing.catch(() => undefined);
      loaded.referrals += rows.referral.length;
      loaded.events += rows.pathway_event.length;
      onProgress?.({ referrals: loaded.referrals, events: loaded.events });
    }
  } finally {
    await writing;
  }
  await analyse(ownerUrl);
  await database.inTenant(principal, (tx) => finish(tx, loaded, now));
  return loaded;
}

/** The day as of which the demo is loaded, or whose load was begun and is still to be finished; null when there is none. */
export async function findDemoDay(database: Database): Promise<LocalDate | null> {
  return database.inTenant(systemPrincipal(DEMO, 'demo'), async (tx) => (await progress(tx))?.asOf ?? null);
}

async function progress(tx: Tx): Promise<Progress | undefined> {
  return tx.one<Progress>(
    `select day as "asOf", coalesce(position, '0')::integer as batches, rows_done as referrals, finished_at is not null as finished
      from pass_run where tenant = $1 and pass = $2 order by day limit 1`,
    [tx.tenant, PASS],
  );
}

async function begin(tx: Tx, day: LocalDate, now: Date): Promise<Progress> {
  const held = await progress(tx);
  if (held) return held;
  await tx.execute(`insert into pass_run (tenant, pass, day, started_at) values ($1, $2, $3, $4)`, [tx.tenant, PASS, day, now]);
  return { asOf: day, batches: 0, referrals: 0, finished: false };
}

/** Loads a batch and marks it as loaded, in one transaction: it is there once, however often and by whomever it is tried. */
async function loadBatch(tx: Tx, day: LocalDate, batch: number, rows: Rows): Promise<void> {
  const claimed = await tx.execute(
    `update pass_run set position = $4, rows_done = rows_done + $5
      where tenant = $1 and pass = $2 and day = $3 and coalesce(position, '0')::integer = $4::integer - 1 and finished_at is null`,
    [tx.tenant, PASS, day, String(batch), rows.referral.length],
  );
  if (claimed !== 1) throw new DomainError('conflict', 'Another process is loading the demo data.');
  for (const table of TABLES) await insert(tx, table, rows[table]);
}

async function finish(tx: Tx, { asOf, referrals, events }: Loaded, now: Date): Promise<void> {
  await tx.execute(`update pass_run set finished_at = $4, rows_total = rows_done where tenant = $1 and pass = $2 and day = $3`, [
    tx.tenant,
    PASS,
    asOf,
    now,
  ]);
  await audit(tx, now, { action: 'demo-data-loaded', purpose: 'demo', detail: { asOf, referrals, events } });
}

async function readContext(tx: Tx, now: Date, nhsNumberKey: Buffer): Promise<RowContext> {
  const services = await tx.query<{ id: string; line: string; provider: string }>(
    `select id, line, provider from service where tenant = $1`,
    [tx.tenant],
  );
  const ids = new Map(services.map((s) => [`${s.line} ${s.provider}`, s.id]));
  const days = await tx.query<{ day: LocalDate }>('select day from bank_holiday');
  return {
    tenant: tx.tenant,
    now,
    nhsNumberKey,
    holidays: new Set(days.map((d) => d.day)),
    serviceId(line, provider) {
      const id = ids.get(`${line} ${provider}`);
      if (id === undefined) throw new Error(`Tenant ${tx.tenant} has no service ${line} at ${provider}: write the reference data first.`);
      return id;
    },
  };
}

/** All rows of a table in one statement: PostgreSQL takes the JSON apart faster than we could bind 60,000 parameters. */
async function insert(tx: Tx, table: TableName, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.entries(COLUMNS[table]);
  const names = columns.map(([name]) => name).join(', ');
  await tx.execute(
    `insert into ${table} (tenant, ${names}) select $1, ${names} from json_to_recordset($2::json) as r (${columns.map((c) => c.join(' ')).join(', ')})`,
    [tx.tenant, JSON.stringify(rows)],
  );
}
