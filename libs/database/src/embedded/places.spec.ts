import { chmod, cp, lstat, mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { binariesPackage, usableBinaries } from './binaries.js';
import { settleIn } from './data-folder.js';
import { runAs, serverUserFor } from './server-user.js';

const isRoot = process.getuid?.() === 0;
const silent = (): void => undefined;
const nowhere = '/dev/null/nowhere'; // not even root can make it

let place: string; // open to the server's user

beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'embedded places ')));
  await chmod(place, 0o755);
});

afterEach(() => rm(place, { recursive: true }));

describe('the binaries', () => {
  const works = async (postgres: string): Promise<boolean> => (await runAs(await serverUserFor(place), postgres, ['--version'])).succeeded;

  /** As an archive without links and execute bits leaves them, and npm without install scripts. */
  async function brokenPackage(parent: string): Promise<string> {
    const root = join(parent, 'package');
    await cp(binariesPackage(), root, { recursive: true, verbatimSymlinks: true });
    for (const name of await readdir(join(root, 'native', 'bin'))) await chmod(join(root, 'native', 'bin', name), 0o644);
    for (const name of await readdir(join(root, 'native', 'lib'))) {
      const file = join(root, 'native', 'lib', name);
      if ((await lstat(file)).isSymbolicLink()) await rm(file);
    }
    return root;
  }

  it('are mended in place when npm ran no install scripts', async () => {
    const root = await brokenPackage(place);
    const { postgres } = await usableBinaries(await serverUserFor(place), silent, root, []);
    expect(postgres).toContain(root);
    expect(await works(postgres)).toBe(true);
  });

  it(`are copied when they can neither be run nor mended in place: ${isRoot ? "root's 0700 home" : 'read-only files'}`, async () => {
    const root = await brokenPackage(await mkdtemp(join(place, 'closed-')));
    const links = join(root, 'native', 'lib');
    if (!isRoot) await chmod(links, 0o555);
    const said: string[] = [];
    const once = await usableBinaries(await serverUserFor(place), (line) => said.push(line), root, [nowhere, place]);
    const again = await usableBinaries(await serverUserFor(place), silent, root, [nowhere, place]);
    await chmod(links, 0o755);
    expect(once.postgres).toContain(join(place, 'meanwhile-postgres-'));
    expect(said.join()).toContain(dirname(dirname(dirname(once.postgres))));
    expect(again).toEqual(once);
    expect(await works(once.postgres)).toBe(true);
  });
});

describe('the data folder', () => {
  it('is one in a cache, the same every time, when the server user cannot enter the checkout', async () => {
    if (!isRoot) return console.warn('NOT TRIED: only root hands the server to another user.');
    const asked = join(await mkdtemp(join(place, 'closed-')), 'data');
    const said: string[] = [];
    const folder = await settleIn(asked, (line) => said.push(line), [nowhere, place]);
    expect(folder.path).toContain(join(place, 'meanwhile-'));
    expect(said.join()).toContain(folder.path);
    expect(await settleIn(asked, silent, [place])).toEqual(folder);
  });

  it(`is never ${isRoot ? 'taken from somebody else' : 'forced, when read-only'}`, async () => {
    const asked = join(place, 'theirs');
    await mkdir(asked);
    await writeFile(join(asked, 'a thesis.txt'), '');
    if (!isRoot) await chmod(asked, 0o555);
    expect((await settleIn(asked, silent, [place])).path).not.toBe(asked);
    await chmod(asked, 0o755);
    expect((await stat(asked)).uid).toBe(process.getuid?.());
  });
});
