import { createHash, randomBytes } from 'node:crypto';
import { chown, link, lstat, mkdir, readdir, readFile, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cachePlaces } from './binaries.js';
import { runAs, serverUserFor, type ServerUser } from './server-user.js';

export interface DataFolder {
  path: string;
  user: ServerUser | undefined;
}

/** The asked folder if the server's user can work there; else one in a cache, always the same for the same asked folder. */
export async function settleIn(asked: string, log: (line: string) => void, places = cachePlaces()): Promise<DataFolder> {
  const wanted = resolve(asked);
  const user = await serverUserFor(wanted);
  // Links are followed for the folder the caller named, never in places where strangers may plant one.
  const path = await realpath(wanted).catch(() => wanted);
  if (await takenBy(user, path)) return { path, user };
  await rmdir(path).catch(() => undefined); // leave no decoy, if it was empty

  const name = `meanwhile-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}-uid${process.getuid?.()}`;
  for (const place of places) {
    const instead = join(place, name);
    if (!(await takenBy(user, instead))) continue;
    log(`The data is in ${instead}: the server's user cannot work in ${wanted}.`);
    return { path: instead, user };
  }
  throw new Error(`The server's user can work neither in ${wanted} nor in ${places.join(', ')}.`);
}

async function takenBy(user: ServerUser | undefined, folder: string): Promise<boolean> {
  try {
    await mkdir(dirname(folder), { recursive: true }); // apart, for a parent closed to others would close this folder too
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await lstat(folder);
    if (!found.isDirectory()) return false;
    if (user && found.uid === 0) {
      // Ours to give away only while nothing is in it: it may be a folder of somebody's named by mistake.
      if ((await readdir(folder)).length > 0) return false;
      await chown(folder, user.uid, user.gid);
    } else if (found.uid !== (user?.uid ?? process.getuid?.())) return false;
    return (await runAs(user, '/bin/sh', ['-c', 'cd "$0" && test -w .', folder])).succeeded;
  } catch {
    return false;
  }
}

/** The cluster's password, made on the first call. Several starts may race: all get the same one. */
export async function password({ path, user }: DataFolder): Promise<string> {
  const file = join(path, 'password');
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
  if (user) await chown(draft, user.uid, user.gid);
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}

/** The port of the last start, kept so that an address once given out stays the same. */
export async function lastPort({ path }: DataFolder): Promise<number | undefined> {
  const text = await readFile(join(path, 'port'), 'utf8').catch(() => '');
  return Number(text) || undefined;
}

export async function recordPort({ path }: DataFolder, port: number): Promise<void> {
  const draft = join(path, `port.${randomBytes(6).toString('hex')}`);
  await writeFile(draft, `${port}\n`);
  await rename(draft, join(path, 'port'));
}
