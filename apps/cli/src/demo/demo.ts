import { readSecrets, type Settings } from '#config';
import { Database, databaseOptions, findDatabase, migrate } from '#database';
import { londonInstant, systemPrincipal, SystemClock } from '#kernel';
import type { WaitingWellReport, WaitsReport } from '#reporting';
import { serviceLines } from '#service-lines';
import { Queues } from '#queues';
import { MOST_COUNTED } from '#waits';
import { setTimeout as delay } from 'node:timers/promises';
import { analyse, DEMO_SHAPE, findDemoDay, loadDemoData, writeReferenceData } from '../demo-data/index.js';
import { optionsOf } from '../options.js';
import { Client, ICB_MANAGER } from './client.js';
import { answerAsFamilies } from './families.js';
import { agrees, readFigures, table } from './figures.js';
import { choosePort, startApp, stopApps, untilReady, type AppProcess } from './processes.js';

/** Mid-morning: every line but those that keep to weekdays may ask its questions. */
const HOUR = '10:30';
const WORKERS = 2;
const DAILY_CAP = 150;

/**
 * The main job, end to end: loads the lists, lets the workers compute the waits, notices who is owed a check-in, sends it to the sandbox,
 * answers as some families, and reports to the ICB; then goes on serving, or with --exit stops with 0 when the figures agree.
 */
export async function demo(args: string[], settings: Settings): Promise<number> {
  const options = optionsOf(args, { exit: { type: 'boolean' } });
  const began = performance.now();
  const log = (line: string): void => console.log(`[${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}`);
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.abort());

  log('SYNTHETIC data: every child, family and telephone number is invented.');
  const found = await findDatabase(settings, log);
  const apps: AppProcess[] = [];
  const closing: (() => Promise<void>)[] = [() => stopApps(apps)];
  try {
    log(
      found.embedded
        ? `Database: embedded PostgreSQL on port ${found.embedded.port}, in ${found.embedded.folder}`
        : 'Database: DATABASE_URL',
    );
    await migrate(found.ownerUrl, settings.appRole);
    const real = new SystemClock();
    await writeReferenceData(found.ownerUrl, real.today());
    const entities = serviceLines.map((line) => line.details);
    const database = await Database.open({ ...databaseOptions(settings, found.url, 'meanwhile-demo'), poolSize: 3, entities });
    closing.push(() => database.close());
    const asOf = (await findDemoDay(database)) ?? real.today();
    const now = londonInstant(asOf, HOUR);
    const secrets = readSecrets(settings);

    const loaded = await loadDemoData(database, { now, nhsNumberKey: secrets.nhsNumberKey, ownerUrl: found.ownerUrl });
    await capSends(database, asOf);
    log(
      loaded.wasThere
        ? `Lists as loaded on ${asOf}; the clock stands there.`
        : `Loaded ${loaded.referrals} referrals with ${loaded.events} events; the clock stands at ${asOf}, ${HOUR}.`,
    );

    const port = await choosePort(settings.port, settings.portGiven);
    const base = `http://127.0.0.1:${port}`;
    const env = {
      DATABASE_URL: found.url,
      DATABASE_OWNER_URL: found.ownerUrl,
      CLOCK_AT: now.toISOString(),
      PORT: String(port),
      PUBLIC_URL: `http://localhost:${port}`,
      DATABASE_POOL: '5',
    };
    const onExit = (name: string): void => {
      if (!stopped.signal.aborted) log(`The ${name} ended by itself.`);
      stopped.abort();
    };
    apps.push(startApp('api', env, onExit), ...Array.from({ length: WORKERS }, () => startApp('worker', env, onExit)));
    const queues = await Queues.open({ redisUrl: settings.redisUrl, databaseUrl: found.url, appRole: settings.appRole, log });
    closing.push(() => queues.close());
    await untilReady(`${base}/health/ready`);
    log(`API and ${WORKERS} workers are up (queue: ${queues.backend}).`);

    const client = new Client(base, secrets);
    await untilComputed(client, queues, log, stopped.signal);
    // The tables the workers filled in seconds are believed empty until autovacuum comes by: asking families took 90 s more, measured.
    await analyse(found.ownerUrl);
    const status = await show(base, client, queues, log, stopped.signal);
    if (stopped.signal.aborted) return 130;
    if (options.exit) return status;
    console.log(
      `\nOpen\n  ${base}/           every list on one page (sign in as the ICB manager)\n  ${base}/today      what a provider owes today\n  ${base}/sandbox    the messages sent: click one and answer as the family\n  ${base}/docs       the API\n\nCtrl-C stops it.`,
    );
    if (!stopped.signal.aborted) await new Promise((resolve) => stopped.signal.addEventListener('abort', resolve));
    return 0;
  } finally {
    stopped.abort();
    for (const close of closing) await close();
    await found.embedded?.stop();
    log('Stopped.');
  }
}

async function untilComputed(client: Client, queues: Queues, log: (line: string) => void, stopped: AbortSignal): Promise<void> {
  await queues.ring('waits', 'DEMO');
  for (;;) {
    const { notYetComputed } = await client.get<WaitsReport>('/v1/reports/waits?measure=sitrep', ICB_MANAGER);
    log(
      notYetComputed === 0
        ? 'Every wait is computed.'
        : `${notYetComputed < MOST_COUNTED ? '' : 'At least '}${notYetComputed} pathways not yet computed`,
    );
    if (notYetComputed === 0 || stopped.aborted) return;
    await delay(1_000);
  }
}

/** Runs the day and prints what came of it. @returns the exit status */
async function show(base: string, client: Client, queues: Queues, log: (line: string) => void, stopped: AbortSignal): Promise<number> {
  await queues.ring('passes', 'DEMO', 'thresholds');
  await queues.ring('check-ins', 'DEMO');
  while (!stopped.aborted && (await atWork(queues))) await delay(300);
  const well = await client.get<WaitingWellReport>('/v1/reports/waiting-well', ICB_MANAGER);
  const sent = well.rows.reduce((sum, r) => sum + (typeof r.sent === 'number' ? r.sent : 0), 0);
  log(`${sent} families are asked, ${DAILY_CAP} a service today at most; the rest follow day by day, risk first, then the longest wait.`);
  const families = await answerAsFamilies(base);
  log(`${families.answered} families answered; ${families.urgent} said something that cannot wait.`);
  const figures = await readFigures(client);
  console.log(`\nSYNTHETIC. ${DEMO_SHAPE}\n\n${table(figures)}\n`);
  const ok = agrees(figures);
  console.log(ok ? 'Every published figure is met.' : 'Some figures DIFFER from the published ones.');
  return ok ? 0 : 1;
}

async function atWork(queues: Queues): Promise<boolean> {
  return Object.values(await queues.depth()).some((n) => n > 0);
}

/** So many families a day as there are people to read the answers. */
async function capSends(database: Database, today: string): Promise<void> {
  await database.inTenant(systemPrincipal('DEMO', 'demo'), (tx) =>
    tx.execute(`update service set daily_cap = $2, live_from = least(live_from, $3::date) where tenant = $1 and live_from is not null`, [
      tx.tenant,
      DAILY_CAP,
      today,
    ]),
  );
}
