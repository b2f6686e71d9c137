// Adds to package-lock.json the optional platform packages that the registry at hand did not list, so that `npm ci` accepts the lock everywhere.
// Exact versions come from the parents' optionalDependencies. Run it after an install that dropped them: node scripts/complete-lock.mjs package-lock.json
import { readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[2];
const lock = JSON.parse(readFileSync(file, 'utf8'));
const oses = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony'];
const cpuOf = (name) =>
  /arm-|-arm$|armeabi/.test(name) ? 'arm' : /arm64/.test(name) ? 'arm64' : (/(x64|ia32|ppc64|s390x|riscv64|loong64)/.exec(name) ?? [])[0];
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] || lock.packages[`${path}/node_modules/${name}`]) continue;
    const os = oses.find((each) => name.includes(each));
    const cpu = cpuOf(name);
    if (!os || !cpu) {
      console.log('skipped', name, version, 'of', path);
      continue;
    }
    lock.packages[key] = {
      version,
      cpu: [cpu],
      ...(entry.dev && { dev: true }),
      ...(/musl/.test(name) && { libc: ['musl'] }),
      license: undefined,
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version} ${os} ${cpu}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n');
console.log(added.length, 'added\n' + added.join('\n'));
