import type { Settings } from '#config';
import { SystemClock } from '#kernel';
import pg from 'pg';
import { UsageError } from '../commands.js';
import { openServer, type BenchServer } from './bench-database.js';
import type { Bench } from './context.js';
import { workerProcesses, workersInProcess } from './workers.js';
import { importBeside } from './import-beside.js';
import { importing } from './import.js';
import { intake } from './intake.js';
import { nightly } from './nightly.js';
import { describe, machine, type Finding } from './print.js';
import { rebuildList } from './rebuild.js';
import { report } from './report.js';

const NAMES = ['rebuild', 'nightly', 'intake', 'import', 'report'] as const;
type Name = (typeof NAMES)[number];

/** How much of everything. Quick sizes prove that the benchmarks run; their ratios say little. */
const FULL = {
  list: { referrals: 100_000, pathways: 95_000 },
  runs: 3,
  nights: 5,
  intake: { rounds: 16, seconds: 1.5 },
  import: [10_000, 100_000, 1_000_000],
  beside: { waiting: 10_000, rows: 100_000, reads: 400 },
  report: { small: 10_000, large: 100_000, neighbours: 10, rounds: 9, reads: 12 },
};
const QUICK: typeof FULL = {
  list: { referrals: 2_100, pathways: 2_000 },
  runs: 1,
  nights: 2,
  intake: { rounds: 2, seconds: 1 },
  import: [500, 2_000],
  beside: { waiting: 500, rows: 2_000, reads: 20 },
  report: { small: 500, large: 2_000, neighbours: 2, rounds: 3, reads: 5 },
};

/** `bench [NAME ...] [--quick] [--in-process]`: measures on databases of its own, and drops them. Fails only where it could not measure. */
export async function bench(args: string[], settings: Settings, print: (line: string) => void = console.log): Promise<number> {
  const { names, quick, inProcess } = readArguments(args);
  const sizes = quick ? QUICK : FULL;
  const began = performance.now();
  const say = (line: string): void => print(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  const server = await openServer(settings, say);
  try {
    const on = await machineOf(server);
    print(`Measured on ${on}${quick ? '; quick sizes, whose ratios say little' : ''}.`);
    const context: Bench = { server, clock: new SystemClock(), say, workers: inProcess ? workersInProcess : workerProcesses };
    const findings: Finding[] = [];
    const wants = (name: Name): boolean => names.includes(name);
    if (wants('rebuild') || wants('nightly')) {
      const list = await rebuildList(context, { size: sizes.list, runs: sizes.runs, compared: wants('rebuild') });
      findings.push(...list.findings);
      if (wants('nightly')) findings.push(...(await nightly(context, list, sizes.nights)));
      await list.target.drop();
    }
    if (wants('intake')) findings.push(...(await intake(context, sizes.intake)));
    if (wants('import')) {
      findings.push(...(await importing(context, sizes.import)), ...(await importBeside(context, sizes.beside)));
    }
    if (wants('report')) findings.push(...(await report(context, sizes.report)));
    print(`\nRatios to the bare engine, as median [lowest to highest] of runs in alternation, on ${on}:\n`);
    for (const finding of findings) print(`${describe(finding)}\n`);
    say('done');
    return 0;
  } finally {
    await server.close();
  }
}

function readArguments(args: string[]): { names: readonly Name[]; quick: boolean; inProcess: boolean } {
  const isName = (arg: string): arg is Name => (NAMES as readonly string[]).includes(arg);
  const unknown = args.filter((arg) => !isName(arg) && arg !== '--quick' && arg !== '--in-process');
  if (unknown.length > 0) throw new UsageError(`bench: ${unknown.join(', ')} unknown; there are ${NAMES.join(', ')}, and --quick`);
  const names = args.filter(isName);
  return { names: names.length === 0 ? NAMES : names, quick: args.includes('--quick'), inProcess: args.includes('--in-process') };
}

async function machineOf(server: BenchServer): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  return machine(client).finally(() => client.end());
}
