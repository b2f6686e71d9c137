import { readSecrets, type Settings } from '#config';
import type { Role } from '#kernel';
import { join } from 'node:path';
import { developmentToken } from '../../../api/src/auth/development-token.js';
import { PROVIDERS, TENANT, tidy, type BenchDatabase } from './bench-database.js';
import type { Bench } from './context.js';
import { HttpClient } from './http-client.js';
import { newReferrals, type BenchReferral } from './intake-request.js';
import type { Finding, Pair } from './print.js';
import { environmentOf, startServer } from './processes.js';

const CONNECTIONS = 16;
export const API_SCRIPT = join(import.meta.dirname, '../../../api/src/main.js');

/** What a POST writes to: the bare server must add as many rows to each. */
const TABLES = [
  'person',
  'person_identity',
  'contact',
  'pathway',
  'referral',
  'speech_and_language_therapy_details',
  'referral_party',
  'pathway_event',
  'audit_entry',
];

/**
 * `POST /v1/referrals` at the real API process against a bare Fastify and pg process that does the same inserts in one transaction.
 * Both are driven by the same closed loop, one after the other, each round in the other order.
 */
export async function intake(bench: Bench, { rounds, seconds }: { rounds: number; seconds: number }): Promise<Finding[]> {
  const target = await bench.server.create();
  const api = await startServer(API_SCRIPT, environmentOf(target.settings));
  const bare = await startServer(join(import.meta.dirname, 'bare-server.js'), environmentOf(target.settings)).catch(
    async (error: unknown) => {
      await api.stop();
      throw error;
    },
  );
  const clients = {
    ours: new HttpClient(api.url, await bearer(target.settings, PROVIDERS[0], ['provider-admin', 'clinician']), CONNECTIONS),
    bare: new HttpClient(bare.url, {}, CONNECTIONS),
  };
  try {
    const referrals = newReferrals(bench.clock.today());
    await proveSameRows(target, clients, referrals);
    const round = async (first: 'ours' | 'bare', length: number): Promise<Pair> => {
      const found = { ours: 0, bare: 0 };
      for (const side of first === 'ours' ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
        found[side] = await throughput(clients[side], referrals, length);
      }
      return found;
    };
    await round('ours', seconds);
    await tidy(target.owner, ...TABLES);
    const pairs: Pair[] = [];
    for (let n = 1; n <= rounds; n++) {
      const pair = await round(n % 2 === 0 ? 'ours' : 'bare', seconds);
      bench.say(`intake: round ${n}: ${Math.round(pair.ours)} referrals a second, bare ${Math.round(pair.bare)}`);
      pairs.push(pair);
    }
    const what = `POST /v1/referrals, throughput on ${CONNECTIONS} connections, against a bare Fastify and pg server with the same inserts`;
    return [{ what, pairs, unit: '/s', goal: { atLeast: 0.5 } }];
  } finally {
    clients.ours.close();
    clients.bare.close();
    await bare.stop();
    await api.stop();
    await target.drop();
  }
}

export async function bearer(settings: Settings, org: string, roles: readonly Role[]): Promise<Record<string, string>> {
  const token = await developmentToken(readSecrets(settings), { subject: `bench:${org}`, name: 'Bench', tenant: TENANT, org, roles });
  return { authorization: `Bearer ${token}` };
}

/** Requests answered a second. Each connection asks again as soon as it has its answer. */
async function throughput(client: HttpClient, referrals: Iterator<BenchReferral, never>, length: number): Promise<number> {
  const began = performance.now();
  const until = began + 1000 * length;
  let answered = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() < until) {
      await client.send('POST', '/v1/referrals', 201, referrals.next().value);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, loop));
  return answered / ((performance.now() - began) / 1000);
}

/** One referral at each: it would be no comparison if one of them wrote less. */
async function proveSameRows(
  { owner }: BenchDatabase,
  clients: Record<'ours' | 'bare', HttpClient>,
  referrals: Iterator<BenchReferral, never>,
): Promise<void> {
  const count = async (): Promise<Record<string, number>> => {
    const { rows } = await owner.query<Record<string, number>>(
      `select ${TABLES.map((t) => `(select count(*) from ${t}) as ${t}`).join(', ')}`,
    );
    return rows[0] ?? {};
  };
  const before = await count();
  await clients.ours.send('POST', '/v1/referrals', 201, referrals.next().value);
  const between = await count();
  await clients.bare.send('POST', '/v1/referrals', 201, referrals.next().value);
  const after = await count();
  for (const table of TABLES) {
    const [ours, bare] = [(between[table] ?? 0) - (before[table] ?? 0), (after[table] ?? 0) - (between[table] ?? 0)];
    if (ours !== bare || ours === 0)
      throw new Error(`The API writes ${ours} rows of ${table}, the bare server ${bare}: not the same inserts.`);
  }
}
