import type { Principal } from '#kernel';
import { planWaits, waitsStatement } from '#reporting';
import { TENANT, type BenchDatabase } from './bench-database.js';
import type { Bench } from './context.js';
import { HttpClient } from './http-client.js';
import { API_SCRIPT, bearer } from './intake.js';
import { loadOpenWaits, type OpenWaits } from './open-waits.js';
import { median, timed, type Finding, type Pair } from './print.js';
import { environmentOf, startServer } from './processes.js';

export interface ReportOptions {
  small: number;
  large: number;
  neighbours: number;
  rounds: number;
  /** Times the report is read in a round, of which the median counts. */
  reads: number;
}

/** A list with the API before it, and its report over HTTP and as bare SQL. */
interface Reported {
  overHttp(): Promise<unknown>;
  bare(): Promise<unknown>;
  stop(): Promise<void>;
}

const PATH = '/v1/reports/waits';

/**
 * The waits report over HTTP against the very statement it runs, by itself through the same role in the same tenant; at two sizes of one
 * ICB, and with ten other ICBs of that size beside it.
 */
export async function report(bench: Bench, { small, large, neighbours, rounds, reads }: ReportOptions): Promise<Finding[]> {
  const others = Array.from({ length: neighbours }, (_, i) => `OTHER${i + 1}`);
  const open: Reported[] = [];
  try {
    const list = async (count: number, beside: readonly string[]): Promise<Reported> => {
      bench.say(`report: loading ${count} open waits${beside.length > 0 ? ` in each of ${beside.length + 1} ICBs` : ''}`);
      const made = await reported(bench, count, beside);
      open.push(made);
      return made;
    };
    const [ofSmall, ofLarge, ofMany] = [await list(small, []), await list(large, []), await list(large, others)];
    const compare = async (what: string, ours: () => Promise<unknown>, bare: () => Promise<unknown>): Promise<Pair[]> => {
      const pairs: Pair[] = [];
      await typical(ours, reads);
      await typical(bare, reads);
      for (let n = 1; n <= rounds; n++) pairs.push({ bare: await typical(bare, reads), ours: await typical(ours, reads) });
      bench.say(
        `report: ${what}: ${median(pairs.map((p) => p.ours)).toFixed(1)} ms, against ${median(pairs.map((p) => p.bare)).toFixed(1)} ms`,
      );
      return pairs;
    };
    const findings: Finding[] = [];
    const add = async (what: string, ours: () => Promise<unknown>, bare: () => Promise<unknown>, goal: Finding['goal']): Promise<void> => {
      findings.push({ what, pairs: await compare(what, ours, bare), unit: 'ms', goal });
    };
    for (const [count, of] of [
      [small, ofSmall],
      [large, ofLarge],
    ] as const) {
      await add(`waits report over HTTP at ${count} open waits against its bare SQL`, of.overHttp, of.bare, { atMost: 1.3 });
    }
    const beside = `${neighbours} other ICBs of ${large} open waits beside it`;
    await add(`the same with ${beside}, against its bare SQL`, ofMany.overHttp, ofMany.bare, { atMost: 1.3 });
    await add(`waits report with ${beside} against the report without them`, ofMany.overHttp, ofLarge.overHttp, {
      atMost: 1.2,
      words: 'unchanged (at most 1.2)',
    });
    return findings;
  } finally {
    for (const each of open) await each.stop();
  }
}

async function reported(bench: Bench, count: number, beside: readonly string[]): Promise<Reported> {
  const target: BenchDatabase = await bench.server.create([TENANT, ...beside]);
  const lists: OpenWaits[] = [{ tenant: TENANT, each: 1 }, ...beside.map((tenant): OpenWaits => ({ tenant, each: 10 }))];
  await loadOpenWaits(target, lists, count, bench.clock.today());
  const principal: Principal = { subject: 'bench', name: 'Bench', tenant: TENANT, org: 'QZZ', roles: ['icb-manager'] };
  const { sql, params } = waitsStatement(planWaits(principal, {}, bench.clock.today()), TENANT);
  const bare = await target.bare(TENANT);
  const api = await startServer(API_SCRIPT, environmentOf(target.settings));
  const http = new HttpClient(api.url, await bearer(target.settings, 'QZZ', ['icb-manager']), 1);
  const answer = JSON.parse(await http.send('GET', PATH, 200)) as { rows: { waiting: number }[] };
  if (answer.rows[0]?.waiting !== count) throw new Error(`The report counts ${answer.rows[0]?.waiting} waits of ${count}.`);
  return {
    overHttp: () => http.send('GET', PATH, 200),
    bare: () => bare.query(sql, params),
    async stop() {
      http.close();
      await api.stop();
      await target.drop();
    },
  };
}

/** The median of some times in a row, in milliseconds. */
async function typical(work: () => Promise<unknown>, times: number): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < times; n++) taken.push((await timed(work)).ms);
  return median(taken);
}
