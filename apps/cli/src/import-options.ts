import { ENCODINGS, type Encoding, type ImportRequest } from '#imports';
import { isLocalDate, isUuid } from '#kernel';
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from './commands.js';
import { required } from './options.js';

/** What `import` was asked for. */
export interface ImportOptions {
  tenant: string;
  provider: string;
  /** A file to take in, or the import of one that waits to be confirmed. */
  what: { file: string; request: ImportRequest } | { waiting: string };
  /** A person has looked at what would stop it. */
  confirm: boolean;
  /** Where the rows set aside are written. */
  rejects: string | null;
}

const FORM = {
  tenant: { type: 'string' },
  provider: { type: 'string' },
  mapping: { type: 'string' },
  encoding: { type: 'string' },
  'extracted-on': { type: 'string' },
  'bad-share': { type: 'string' },
  'vanish-share': { type: 'string' },
  rejects: { type: 'string' },
  complete: { type: 'boolean' },
  check: { type: 'boolean' },
  confirm: { type: 'boolean' },
} as const;

/** Everything that can be known to be wrong before anything is done. @throws UsageError in one line */
export function importOptionsOf(args: string[]): ImportOptions {
  const { values: o, positionals } = parsed(args);
  const [what, more] = positionals;
  if (what === undefined) throw new UsageError('import: which FILE? (import --help)');
  if (more !== undefined) throw new UsageError(`import: one FILE at a time, and ${more} is another`);
  const [tenant, provider] = [required(o.tenant, 'tenant'), required(o.provider, 'provider')];
  const common = { tenant, provider, confirm: o.confirm ?? false, rejects: o.rejects ?? null };
  if (o.rejects !== undefined) mustBeWritable(o.rejects);
  if (o.confirm && isUuid(what)) {
    const asked = (['mapping', 'encoding', 'extracted-on', 'bad-share', 'vanish-share', 'complete', 'check'] as const).find(
      (name) => o[name],
    );
    if (asked) throw new UsageError(`--${asked} is told with a file, not when an import that waits is confirmed`);
    return { ...common, what: { waiting: what } };
  }
  if (o.confirm && o.check) throw new UsageError('--check changes nothing, so there is nothing to --confirm');
  mustBeReadable(what, 'import');
  for (const [name, path] of [
    ['the file you are sending', what],
    ['the mapping', o.mapping ?? ''],
  ] as const) {
    if (o.rejects !== undefined && isSameFile(o.rejects, path))
      throw new UsageError(`--rejects would overwrite ${name}: give it another name`);
  }
  const request: ImportRequest = {
    fileName: basename(what),
    mode: o.check ? 'check' : 'apply',
    mapping: o.mapping === undefined ? null : mappingIn(o.mapping),
    encoding: encodingOf(o.encoding),
    extractedOn: dayOf(o['extracted-on']),
    complete: o.complete ?? false,
    badShare: shareOf(o['bad-share'], 'bad-share'),
    vanishShare: shareOf(o['vanish-share'], 'vanish-share'),
  };
  return { ...common, what: { file: what, request } };
}

function parsed(args: string[]): ReturnType<typeof parseArgs<{ options: typeof FORM; allowPositionals: true }>> {
  try {
    return parseArgs({ args, options: FORM, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function mappingIn(path: string): string {
  mustBeReadable(path, '--mapping');
  return readFileSync(path, 'utf8');
}

function encodingOf(text: string | undefined): Encoding | null {
  if (text === undefined) return null;
  const found = ENCODINGS.find((each) => each === text);
  if (!found) throw new UsageError(`--encoding must be one of ${ENCODINGS.join(', ')}`);
  return found;
}

function dayOf(text: string | undefined): string | null {
  if (text !== undefined && !isLocalDate(text)) throw new UsageError('--extracted-on must be a day, YYYY-MM-DD');
  return text ?? null;
}

function shareOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const share = text.trim() === '' ? NaN : Number(text);
  if (!(share >= 0 && share <= 1)) throw new UsageError(`--${name} must be a share from 0 to 1`);
  return share;
}

function mustBeReadable(path: string, whose: string): void {
  if (!existsSync(path)) throw new UsageError(`${whose}: ${path} is not there`);
  if (statSync(path).isDirectory()) throw new UsageError(`${whose}: ${path} is a folder`);
  if (!may(path, constants.R_OK)) throw new UsageError(`${whose}: ${path} cannot be read`);
}

function mustBeWritable(path: string): void {
  const isThere = existsSync(path);
  if (isThere && statSync(path).isDirectory()) throw new UsageError(`--rejects: ${path} is a folder`);
  if (!may(isThere ? path : dirname(path), constants.W_OK)) throw new UsageError(`--rejects: ${path} cannot be written`);
}

const isSameFile = (a: string, b: string): boolean => existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b);

function may(path: string, how: number): boolean {
  try {
    accessSync(path, how);
    return true;
  } catch {
    return false;
  }
}
