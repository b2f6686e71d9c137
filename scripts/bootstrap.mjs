/**
 * What `npm run demo`, `npm test` and the like start with: `node scripts/bootstrap.mjs <task> [arguments]`. Installs and builds when that is
 * needed, then hands over to the task. It needs nothing but Node, says nothing when there is nothing to do, and never writes to stdout,
 * which belongs to the task.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const inRoot = (...names) => join(root, ...names);
const installStamp = inRoot('node_modules', '.meanwhile-lock');
const buildStamp = inRoot('dist', '.meanwhile-build');
/** A small young generation: a long file taken in then costs two thirds of the memory, for a twentieth more time. */
const FRUGAL = '--max-semi-space-size=4';
const say = (line) => process.stderr.write(`${line}\n`);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`Meanwhile needs Node 20.19 or newer; this is ${process.versions.node}.`);

const [task, ...args] = process.argv.slice(2);
if (!task) fail('Usage: node scripts/bootstrap.mjs <task> [arguments], where a task is demo, test, or any command of apps/cli.');
if (args[0] === '--') args.shift();

// The terminal signals everybody in front of it. The child decides when it has drained; dying first would leave it without a parent.
let child;
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) {
  process.on(signal, () => {
    if (!child) process.exit(128 + constants.signals[signal]);
    if (signal === 'SIGTERM') child.kill(signal);
  });
}

if (!isInstalled() || !isBuilt()) {
  await alone(async () => {
    if (!isInstalled()) await install();
    if (!isBuilt()) await build();
  });
}
process.exitCode =
  task === 'test' ? await test() : await run([process.execPath, FRUGAL, inRoot('dist/apps/cli/src/main.js'), task, ...args]);

function test() {
  const flags = '--experimental-vm-modules --disable-warning=ExperimentalWarning'; // Jest needs the first for ESM
  const env = { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${flags}`.trim() };
  return run([process.execPath, inRoot('node_modules/jest/bin/jest.js'), ...args], { cwd: root, env });
}

function fail(message) {
  say(message);
  process.exit(1);
}

/** Runs a command to its end; its exit status, as a shell would give it. */
function run([command, ...parameters], options = {}) {
  return new Promise((resolve) => {
    child = spawn(command, parameters, { stdio: 'inherit', ...options });
    child.once('error', (error) => {
      say(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code, signal) => {
      child = undefined;
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

async function npm(...parameters) {
  // Under `npm run` we use that very npm.
  const { npm_execpath: itself = '' } = process.env;
  const command = itself.endsWith('npm-cli.js') ? [process.execPath, itself] : ['npm'];
  const status = await run([...command, ...parameters], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
  // Not process.exit: the turn must be given back first.
  if (status !== 0) throw Object.assign(new Error(`npm ${parameters.join(' ')} failed.`), { status });
}

/** Whether node_modules holds what the lock file says: because we installed it and nobody touched it since, or because npm's own record agrees. */
function isInstalled() {
  if (read(installStamp) === installedTree()) return true;
  const record = JSON.parse(read(inRoot('node_modules/.package-lock.json')) || '{}').packages;
  if (!record) return false;
  const { '': _ourselves, ...wanted } = JSON.parse(read(inRoot('package-lock.json'))).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = record[path];
    return found ? found.version === version && found.integrity === integrity : optional; // such as the binaries of other platforms
  });
}

function installedTree() {
  return hashOf([inRoot('package-lock.json'), inRoot('node_modules/.package-lock.json')]);
}

async function install() {
  say('Installing packages (npm ci); this happens once.');
  // Said aloud, since NODE_ENV=production or an npmrc may say otherwise.
  await npm('ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error');
  mkdirSync(dirname(installStamp), { recursive: true });
  writeFileSync(installStamp, installedTree());
}

function isBuilt() {
  return read(buildStamp) === sources();
}

async function build() {
  say('Building.');
  const building = sources(); // before, so that an edit made meanwhile counts as not built
  rmSync(dirname(buildStamp), { recursive: true, force: true }); // what a removed source once gave must not be run
  await npm('run', '--silent', 'build');
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, building);
}

/** Everything the build reads, by content: git sets times as it likes. */
function sources() {
  const settings = readdirSync(root).filter((name) => /^(tsconfig.*|nest-cli|package|package-lock)\.json$/.test(name));
  return hashOf([...settings.map((name) => inRoot(name)), ...filesUnder(inRoot('apps')), ...filesUnder(inRoot('libs'))]);
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !name.endsWith('.spec.ts'))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files.sort())
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(read(file))
      .update('\0');
  return hash.digest('hex');
}

/** A file's text, or nothing when there is no such file. */
function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/**
 * Two bootstraps in one clone take turns. Each puts up a ticket, then looks for others: of two who look at the same time at least one sees
 * the other and steps back. A ticket of a dead process does not count, and can be removed safely, for nobody else uses its name.
 */
async function alone(work) {
  const folder = inRoot('.meanwhile');
  const ticket = `bootstrap.${process.pid}`;
  for (let waited = false; ; waited = true) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ticket), '');
    const others = readdirSync(folder).filter((name) => /^bootstrap\.\d+$/.test(name) && name !== ticket && isHeld(join(folder, name)));
    if (others.length === 0) break;
    rmSync(join(folder, ticket));
    if (!waited) say('Waiting for another npm command that installs or builds here.');
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300));
  }
  try {
    await work();
  } catch (error) {
    say(error.message);
    process.exitCode = error.status ?? 1;
  } finally {
    rmSync(join(folder, ticket));
  }
  if (process.exitCode) process.exit();
}

function isHeld(ticket) {
  try {
    return process.kill(Number(ticket.split('.').at(-1)), 0);
  } catch (error) {
    if (error.code === 'EPERM') return true;
    rmSync(ticket, { force: true });
    return false;
  }
}
