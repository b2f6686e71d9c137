import type { Settings } from '#config';
import { ENCODINGS, ImportRun, Imports, NOTHING_IS_DONE, type Encoding, type ImportView } from '#imports';
import { Escalations } from '#escalations';
import { loadServiceMap } from '#fhir';
import { isLocalDate, type Principal } from '#kernel';
import { openPlatform, type Platform } from '#platform';
import { csvCell } from '#reporting';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from './commands.js';
import { optionsOf, required } from './options.js';

const PROGRESS_EVERY_MS = 1_000;

/** Takes a file in from the terminal, by the same steps as the API and a worker. @returns 0 when it is finished and no row was set aside */
export async function importFile(args: string[], settings: Settings, print: (line: string) => void = console.log): Promise<number> {
  const file = args.find((arg) => !arg.startsWith('--'));
  if (file === undefined || args[0] !== file) throw new UsageError('import: which FILE?');
  const o = optionsOf(args.slice(1), {
    tenant: { type: 'string' },
    provider: { type: 'string' },
    mapping: { type: 'string' },
    encoding: { type: 'string' },
    'extracted-on': { type: 'string' },
    rejects: { type: 'string' },
    complete: { type: 'boolean' },
    check: { type: 'boolean' },
    confirm: { type: 'boolean' },
  });
  const [tenant, provider] = [required(o.tenant, 'tenant'), required(o.provider, 'provider')];
  const extractedOn = o['extracted-on'];
  if (extractedOn !== undefined && !isLocalDate(extractedOn)) throw new UsageError('--extracted-on must be a day, YYYY-MM-DD');
  if (o.encoding !== undefined && !(ENCODINGS as readonly string[]).includes(o.encoding))
    throw new UsageError(`--encoding must be one of ${ENCODINGS.join(', ')}`);
  await stat(file).catch(() => Promise.reject(new UsageError(`import: ${file} cannot be read`)));

  const platform = await openPlatform(settings, 'meanwhile-import', print);
  try {
    const principal: Principal = { subject: 'command line', name: 'command line', tenant, org: provider, roles: ['provider-admin'] };
    const imports = new Imports(platform.database, platform.clock);
    const mapping = o.mapping === undefined ? null : readFileSync(o.mapping, 'utf8');
    const request = {
      fileName: basename(file),
      mode: o.check ? ('check' as const) : ('apply' as const),
      mapping,
      encoding: (o.encoding ?? null) as Encoding | null,
      extractedOn: extractedOn ?? null,
      complete: o.complete ?? false,
    };
    const { id } = await imports.receive(principal, request, createReadStream(file));
    let view = await takeIn(platform, imports, principal, id, print);
    if (view.state === 'to-confirm' && o.confirm) {
      print(`${view.whyStopped} Confirmed.`);
      await imports.confirm(principal, id);
      view = await takeIn(platform, imports, principal, id, print);
    }
    print(summary(view));
    if (view.rowsBad > 0 && o.rejects !== undefined) {
      await pipeline(Readable.from(rejectLines(imports, principal, id), { objectMode: false }), createWriteStream(o.rejects));
      print(`The rows set aside are in ${o.rejects}: mend them there and send them again.`);
    }
    if (view.mode === 'apply') await platform.queues.ring('waits', tenant);
    return view.state === 'finished' && view.rowsBad === 0 ? 0 : 1;
  } finally {
    await platform.close();
  }
}

/** Runs an import to where it ends or stops, with its progress. Interrupted, it ends its batch and is left for a worker. */
async function takeIn(
  { database, clock, secrets, settings }: Platform,
  imports: Imports,
  principal: Principal,
  id: string,
  print: (line: string) => void,
): Promise<ImportView> {
  let wanted = true;
  const stop = (): void => void (wanted = false);
  process.once('SIGINT', stop);
  const shown = setInterval(
    () =>
      void imports.get(principal, id).then(
        (view) => print(progress(view)),
        () => undefined,
      ),
    PROGRESS_EVERY_MS,
  );
  try {
    const run = new ImportRun(
      database,
      clock,
      secrets,
      new Escalations(database, clock),
      loadServiceMap(settings.fhirServiceMap),
      settings,
    );
    await run.run(principal.tenant, { id, provider: principal.org, createdBy: principal.subject }, () => wanted);
    return await imports.get(principal, id);
  } finally {
    clearInterval(shown);
    process.removeListener('SIGINT', stop);
  }
}

function progress({ state, rowsRead, rowsBad, rowsApplied, rowsTotal, rowsPerSecond, secondsLeft }: ImportView): string {
  const rate = rowsPerSecond === null ? '' : `, ${rowsPerSecond} rows a second`;
  const left = secondsLeft === null ? '' : `, ${secondsLeft} s left`;
  return state === 'applying'
    ? `  taken in ${rowsApplied} of ${rowsTotal}${rate}${left}`
    : `  ${state}: ${rowsRead} rows read, ${rowsBad} set aside${rate}`;
}

function summary({ id, state, mode, rowsRead, rowsBad, counts: { missing, ...counts }, whyStopped }: ImportView): string {
  const became = Object.entries(counts).map(([what, n]) => `${n} ${what}`);
  const done = state === 'finished' ? (mode === 'check' ? 'Checked, nothing changed' : 'Taken in') : `${state}: ${whyStopped ?? ''}`;
  const lacks =
    missing === undefined ? '' : `\n${missing} open referrals are missing from it (GET /v1/imports/${id}/missing). ${NOTHING_IS_DONE}`;
  return `${done} (import ${id}): ${rowsRead} rows read, ${rowsBad} set aside${became.length > 0 ? `; ${became.join(', ')}` : ''}.${lacks}`;
}

async function* rejectLines(imports: Imports, principal: Principal, id: string): AsyncGenerator<string> {
  for await (const cells of imports.rejectList(principal, id)) yield `${cells.map(csvCell).join(',')}\r\n`;
}
