import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The account the server runs under when we are root. Undefined everywhere means: as ourselves. */
export interface ServerUser {
  uid: number;
  gid: number;
}

// Ours, not the caller's: a stray PGDATA, PGPORT, LD_LIBRARY_PATH or LANG must not change what the server does.
export const serverEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** As root: whoever owns the place the data lives in (a checkout of theirs under sudo or in a container), else an account made for this. */
export async function serverUserFor(folder: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid }) => uid > 0);
  const owner = await ownerOf(folder);
  // initdb looks its user up, so an owner without an account will not do.
  const account =
    accounts.find(({ uid }) => uid === owner) ??
    ['postgres', '_postgres', 'nobody', 'daemon'].map((name) => accounts.find((known) => known.name === name)).find((found) => found);
  if (!account) throw new Error('PostgreSQL does not run as root, and /etc/passwd names no postgres, nobody or daemon to run it as.');
  return { uid: account.uid, gid: account.gid };
}

async function ownerOf(folder: string): Promise<number> {
  const found = await stat(folder).catch(() => undefined);
  return found ? found.uid : ownerOf(dirname(folder));
}

export interface Outcome {
  succeeded: boolean;
  output: string;
}

/** Runs a command to its end as the server's user, in a folder everybody may enter. Never rejects: how it went is the answer. */
export function runAs(user: ServerUser | undefined, command: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { ...user, cwd: '/', env: serverEnvironment }, (error, stdout, stderr) =>
      resolve({ succeeded: !error, output: `${stdout}${stderr}`.trim() || (error?.message ?? '') }),
    );
  });
}
