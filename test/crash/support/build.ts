import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** These tests run what is built, as it will run. @throws when there is no build, or one older than its sources */
export function requireBuild(): void {
  const stale = sources().find((file) => !isBuilt(file));
  if (stale) throw new Error(`The build is missing or older than ${relative(ROOT, stale)}: run \`npm run build\` first.`);
}

export const builtApp = (name: 'api' | 'worker'): string => join(ROOT, 'dist/apps', name, 'src/main.js');

const sources = (): string[] =>
  ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(name))
      .map((name) => join(ROOT, folder, name)),
  );

function isBuilt(source: string): boolean {
  const built = join(ROOT, 'dist', relative(ROOT, source)).replace(/\.ts$/, '.js');
  return existsSync(built) && statSync(built).mtimeMs >= statSync(source).mtimeMs;
}
