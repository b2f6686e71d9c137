import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A clone in miniature: no dependencies, and a build that copies one source and notes that it ran. */
let clone: string;
const script = join(import.meta.dirname, '..', 'scripts', 'bootstrap.mjs');

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'bootstrap spec '));
  await mkdir(join(clone, 'scripts'));
  await mkdir(join(clone, 'apps'));
  await cp(script, join(clone, 'scripts', 'bootstrap.mjs'));
  await write('package.json', JSON.stringify({ name: 'clone', version: '1.0.0', type: 'module', scripts: { build: 'node build.mjs' } }));
  await write('package-lock.json', JSON.stringify({ name: 'clone', version: '1.0.0', lockfileVersion: 3, packages: {} }));
  await write(
    'build.mjs',
    `import { appendFileSync, cpSync } from 'node:fs';
     console.log('built'); // must not reach stdout
     appendFileSync('builds.txt', 'x');
     cpSync('apps/main.js', 'dist/apps/cli/src/main.js');`,
  );
  await write('apps/main.js', 'console.log(JSON.stringify(process.argv.slice(2)));');
});

afterAll(() => rm(clone, { recursive: true }));

const write = (name: string, text: string): Promise<void> => writeFile(join(clone, name), text);
const builds = async (): Promise<number> => (await readFile(join(clone, 'builds.txt'), 'utf8')).length;

interface Ran {
  status: number | string;
  stdout: string;
  stderr: string;
}

function bootstrap(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(clone, 'scripts', 'bootstrap.mjs'), ...args], { cwd: tmpdir() }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    );
  });
}

it('installs, builds and runs, each once though two come at once; stdout is the task’s alone', async () => {
  const [one, other] = await Promise.all([bootstrap('token', '--', 'a b'), bootstrap('token', 'c')]);
  expect(one).toMatchObject({ status: 0, stdout: '["token","a b"]\n' });
  expect(other).toMatchObject({ status: 0, stdout: '["token","c"]\n' });
  expect(`${one.stderr}${other.stderr}`.match(/npm ci/g)).toHaveLength(1);
  expect(await builds()).toBe(1);
});

it('says nothing and does nothing when there is nothing to do', async () => {
  expect(await bootstrap('token')).toEqual({ status: 0, stdout: '["token"]\n', stderr: '' });
  expect(await builds()).toBe(1);
});

it('builds again after a source changed, not after a spec did, and heeds no lock of a dead process', async () => {
  await write('apps/main.spec.ts', '');
  await bootstrap('token');
  expect(await builds()).toBe(1);
  await write('.meanwhile/bootstrap.4194304', ''); // one above the highest pid of Linux
  await write('apps/main.js', 'process.exit(7);');
  expect(await bootstrap('token')).toMatchObject({ status: 7 });
  expect(await builds()).toBe(2);
});

it('lets the task drain when it is told to end, and gives back its status', async () => {
  await write('apps/main.js', `process.once('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1000); console.log('up');`);
  const child = spawn(process.execPath, [join(clone, 'scripts', 'bootstrap.mjs'), 'demo'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGINT'); // Ctrl-C reaches the task by itself
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([3, null]);
});
