import type { Settings } from '#config';
import { ImportRun, Imports, PLACE, type ImportRequest, type ImportView } from '#imports';
import { Escalations } from '#escalations';
import { loadServiceMap } from '#fhir';
import type { Principal } from '#kernel';
import { openPlatform, type Platform } from '#platform';
import { BYTE_ORDER_MARK, csvCell } from '#reporting';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from './commands.js';
import { importOptionsOf, type ImportOptions } from './import-options.js';
import { progress, summary, whySetAside } from './import-words.js';

const PROGRESS_EVERY_MS = 1_000;

/** Takes a file in from the terminal, by the same steps as the API and a worker. @returns 0 when it is finished and no row was set aside */
export async function importFile(args: string[], settings: Settings, print: (line: string) => void = console.log): Promise<number> {
  const { tenant, provider, what, confirm, rejects } = importOptionsOf(args);
  const platform = await openPlatform(settings, 'meanwhile-import', print);
  try {
    const principal: Principal = { subject: 'command line', name: 'command line', tenant, org: provider, roles: ['provider-admin'] };
    const imports = new Imports(platform.database, platform.clock);
    const { id, isWaiting } = await begin(imports, principal, what, confirm);
    let view = isWaiting ? await imports.get(principal, id) : await takeIn(platform, imports, principal, id, print);
    if (isWaiting || (view.state === 'to-confirm' && confirm)) {
      const { whyStopped } = view;
      await imports.confirm(principal, id);
      print(`${whyStopped ?? 'It waited.'} Confirmed.`);
      view = await takeIn(platform, imports, principal, id, print);
    }
    print(summary(view, principal));
    if (view.rowsBad > 0 || rejects !== null) print(await whatWasSetAside(imports, principal, view, rejects));
    if (view.mode === 'apply') await platform.queues.ring('waits', tenant);
    return view.state === 'finished' && view.rowsBad === 0 && view.whyStopped === null ? 0 : 1;
  } finally {
    await platform.close();
  }
}

/** A new import of the file, or the one that waits already. */
async function begin(
  imports: Imports,
  principal: Principal,
  what: ImportOptions['what'],
  confirm: boolean,
): Promise<{ id: string; isWaiting: boolean }> {
  if ('waiting' in what) return { id: what.waiting, isWaiting: true };
  const copy = confirm ? await waitingCopy(imports, principal, what.file, what.request) : undefined;
  if (copy !== undefined) return { id: copy, isWaiting: true };
  return { ...(await imports.receive(principal, what.request, createReadStream(what.file))), isWaiting: false };
}

/**
 * The import of this very file that waits to be confirmed: it goes on, and is not left behind with its file beside a second one.
 * @throws UsageError when it was asked for otherwise: then a person must say which of the two is meant
 */
async function waitingCopy(imports: Imports, principal: Principal, file: string, request: ImportRequest): Promise<string | undefined> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  const copies = await imports.toConfirm(principal, digest.digest());
  const [newest] = copies;
  if (newest === undefined) return undefined;
  const same = copies.find(
    (copy) =>
      copy.mapping === request.mapping &&
      copy.encoding === request.encoding &&
      copy.complete === request.complete &&
      (request.extractedOn === null || copy.extractedOn === request.extractedOn),
  );
  if (same) return same.id;
  throw new UsageError(
    `import: ${file} waits to be confirmed as import ${newest.id}, with other options. Confirm that one (import --confirm ${newest.id}), or give it up first (POST /v1/imports/${newest.id}/cancel)`,
  );
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

/** Written where it was asked for; else the first of it in words. */
async function whatWasSetAside(imports: Imports, principal: Principal, { id, rowsBad }: ImportView, path: string | null): Promise<string> {
  if (path === null) return whySetAside(id, (await imports.rejects(principal, id, 0)).rows, rowsBad);
  await pipeline(Readable.from(rejectLines(imports, principal, id), { objectMode: false }), createWriteStream(path));
  const { columns } = await imports.rejects(principal, id, 0);
  if (rowsBad === 0) return `Nothing was set aside: ${path} has a header only.`;
  return columns.join() === PLACE
    ? `What was set aside is in ${path}: it is mended where it comes from, and sent again.`
    : `The rows set aside are in ${path}: mend them there and send them again, with the same --mapping.`;
}

async function* rejectLines(imports: Imports, principal: Principal, id: string): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK;
  for await (const cells of imports.rejectList(principal, id)) yield `${cells.map(csvCell).join(',')}\r\n`;
}
