import { serviceLines } from '#service-lines';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { LocalDate } from '#kernel';
import { COMMUNITY_TRUST, EQUIPMENT_SERVICE, NEIGHBOUR } from './making.js';
import { DEMO_SHAPE } from './published-figures.js';

export const DEMO = 'DEMO';
export const TEST = 'TEST';

const TENANTS = [
  { key: DEMO, name: 'Example ICB (demo)', icb: 'ZZ900', shape: DEMO_SHAPE },
  { key: TEST, name: 'Test ICB (for trying things)', icb: 'ZZ990', shape: 'Invented by whoever tries things here; no published figures.' },
] as const;

const ORGANISATIONS = [
  ['ZZ900', 'Example ICB (demo)', 'icb'],
  ['ZZ990', 'Test ICB', 'icb'],
  [COMMUNITY_TRUST, 'Example Community and Mental Health Trust', 'provider'],
  [EQUIPMENT_SERVICE, 'Example Equipment Service', 'provider'],
  [NEIGHBOUR, 'Example Neighbouring Trust', 'provider'],
  ['ZZ999', 'Test Trust', 'provider'],
  ['ZZ998', 'Other Test Trust', 'provider'],
  ['E06000061', 'North Northamptonshire Council', 'local-authority'],
  ['E06000062', 'West Northamptonshire Council', 'local-authority'],
] as const;

const ALL_LINES: readonly string[] = serviceLines.map((l) => l.code);

/** The neighbour has services so that children can be transferred to and from it; it has nobody on a list. */
const SERVICES: readonly { tenant: string; provider: string; lines: readonly string[]; live: boolean }[] = [
  { tenant: DEMO, provider: COMMUNITY_TRUST, lines: ['speech-and-language-therapy', 'mental-health'], live: true },
  { tenant: DEMO, provider: EQUIPMENT_SERVICE, lines: ['specialist-equipment'], live: true },
  { tenant: DEMO, provider: NEIGHBOUR, lines: ['speech-and-language-therapy', 'mental-health'], live: false },
  { tenant: TEST, provider: 'ZZ999', lines: ALL_LINES, live: true },
  { tenant: TEST, provider: 'ZZ998', lines: ALL_LINES, live: true },
];

/**
 * Tenants DEMO and TEST, the organisations, and their services, written as the owner: the application may only read the first two.
 * Written again, names are refreshed and services stay as they have been set since.
 * @param liveFrom London day from which the services may send check-ins
 */
export async function writeReferenceData(ownerUrl: string, liveFrom: LocalDate): Promise<void> {
  await asOwner(ownerUrl, async (client) => {
    await client.query('begin');
    for (const { key, name, icb, shape } of TENANTS) {
      await client.query(
        `insert into tenant (key, name, icb_ods_codes, synthetic_shape) values ($1, $2, $3, $4)
          on conflict (key) do update set name = excluded.name, synthetic_shape = excluded.synthetic_shape`,
        [key, name, [icb], shape],
      );
    }
    for (const organisation of ORGANISATIONS) {
      await client.query(
        `insert into organisation (code, name, kind) values ($1, $2, $3) on conflict (code) do update set name = excluded.name`,
        [...organisation],
      );
    }
    for (const { tenant, provider, lines, live } of SERVICES) {
      // Row-level security binds the owner too.
      await client.query(`select set_config('meanwhile.tenant', $1, true)`, [tenant]);
      for (const line of lines) {
        await client.query(
          `insert into service (tenant, id, line, provider, live_from) values ($1, $2, $3, $4, $5) on conflict (tenant, line, provider) do nothing`,
          [tenant, randomUUID(), line, provider, live ? liveFrom : null],
        );
      }
    }
    await client.query('commit');
  });
}

/** Tells the planner how much there is: it believes tables empty, while and after they are filled in bulk, until autovacuum comes by. */
export async function analyse(ownerUrl: string): Promise<void> {
  await asOwner(ownerUrl, async (client) => void (await client.query('analyze')));
}

async function asOwner(ownerUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
