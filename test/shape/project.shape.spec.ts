import { QUEUE_NAMES } from '#queues';
import { serviceLines } from '#service-lines';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { PassesProcessor } from '../../apps/worker/src/passes.processor.js';
import { schedule } from '../../apps/worker/src/schedule.js';
import { filesUnder, places, root, sources, sqlOf, type Source } from './sources.js';

const code = sources();
const where = (found: (node: ts.Node) => boolean, among: readonly Source[] = code): string[] =>
  among.flatMap((source) => places(source, found));
const outside = (...folders: string[]): Source[] => code.filter(({ path }) => !folders.some((folder) => path.startsWith(`${folder}/`)));

describe('work', () => {
  const answered = [...read('apps/worker/src', '.processor.ts').matchAll(/\.answer\(\s*'([a-z-]+)'/g)].map((m) => m[1]);
  // It needs its collaborators only when a pass runs.
  const passes = (Reflect.construct(PassesProcessor, []) as PassesProcessor).names;

  it('of every queue is done by one processor', () => {
    expect([...answered].sort()).toEqual([...QUEUE_NAMES].sort());
  });

  it('of the schedule names a queue there is, a pass there is, and each line once', () => {
    expect(schedule.filter((line) => !QUEUE_NAMES.includes(line.queue))).toEqual([]);
    expect(schedule.filter((line) => (line.queue === 'passes') !== (line.pass !== undefined))).toEqual([]);
    expect(schedule.flatMap((line) => line.pass ?? []).filter((pass) => !passes.includes(pass))).toEqual([]);
    expect(new Set(schedule.map((line) => line.id)).size).toBe(schedule.length);
    expect(schedule.filter((line) => line.id.includes(':') || line.pattern.split(' ').length !== 6)).toEqual([]);
  });

  it('of every pass is scheduled', () => {
    expect([...passes].sort()).toEqual(schedule.flatMap((line) => line.pass ?? []).sort());
  });
});

describe('service lines', () => {
  it('are registered, each under the name of its folder', () => {
    const folders = readdirSync(join(root, 'libs/service-lines/src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(serviceLines.map((line) => line.code).sort()).toEqual(folders.map((folder) => folder.name).sort());
  });

  it('are asked which they are by nobody', () => {
    const codes: readonly string[] = serviceLines.map((line) => line.code);
    const compares = (node: ts.Node): boolean =>
      ts.isBinaryExpression(node) &&
      [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken].includes(node.operatorToken.kind) &&
      [node.left, node.right].some((side) => ts.isStringLiteral(side) && codes.includes(side.text));
    // The demo tells a story of three real lists, and so knows them by name.
    expect(where(compares, outside('libs/service-lines', 'apps/cli/src/demo', 'apps/cli/src/demo-data', 'apps/cli/src/bench'))).toEqual([]);
  });
});

describe('nobody', () => {
  it('outside kernel asks the machine what time it is', () => {
    const asks = (node: ts.Node): boolean =>
      (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0) ||
      (ts.isPropertyAccessExpression(node) && node.getText() === 'Date.now');
    expect(where(asks, outside('libs/kernel'))).toEqual([]);
  });

  it('lets the database say what time it is: the day is a parameter', () => {
    const asks = /\b(current_date|current_time(stamp)?|local_?time(stamp)?|(now|clock_timestamp|statement_timestamp)\(\))/i;
    // The bench's bare server is what ours is compared with.
    const statements = outside('apps/cli/src/bench').flatMap(sqlOf);
    expect(statements.filter((sql) => asks.test(sql.text))).toEqual([]);
  });

  it('outside config reads the environment', () => {
    // Handing all of it on to a child process is no reading.
    const reads = (node: ts.Node): boolean =>
      ts.isPropertyAccessExpression(node) && node.getText() === 'process.env' && !ts.isSpreadAssignment(node.parent);
    expect(where(reads, outside('libs/config'))).toEqual([]);
  });

  it('saves through TypeORM: with a composite key it inserts again', () => {
    const saves = (node: ts.Node): boolean =>
      ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'save';
    expect(where(saves)).toEqual([]);
  });

  it('mocks a module', () => {
    const specs = sources(['apps', 'libs', 'test'], 'specs');
    const mocks = (node: ts.Node): boolean =>
      ts.isPropertyAccessExpression(node) && /^jest\.(mock|unstable_mockModule|doMock)$/.test(node.getText());
    expect(specs.length).toBeGreaterThan(20);
    expect(where(mocks, specs)).toEqual([]);
  });
});

describe('statements', () => {
  const made = read('libs/database/src/migrations', '.ts');
  const withoutTenant = ['tenant', 'organisation', 'bank_holiday', 'migration'];
  const tables = [...made.matchAll(/create table (\w+)/g)].flatMap((m) => m[1] ?? []).filter((name) => !withoutTenant.includes(name));
  const uses = new RegExp(`\\b(?:from|join|into|update)\\s+(?:only\\s+)?(?:${tables.join('|')})\\b`, 'g');

  it('on a tenant’s tables name the tenant, once for every table at least: row-level security is the net, not the filter', () => {
    // The bench also measures bare statements, to compare with.
    const statements = outside('libs/database/src/migrations', 'apps/cli/src/bench').flatMap(sqlOf);
    const forgetful = statements.filter(({ text }) => (text.match(uses) ?? []).length > (text.match(/\btenant\b/g) ?? []).length);
    expect(statements.length).toBeGreaterThan(100);
    expect(forgetful.map(({ place, text }) => `${place} ${text.replace(/\s+/g, ' ').slice(0, 120)}`)).toEqual([]);
  });

  it('are in files no longer than a reader can hold', () => {
    const long = [...code, ...sources(undefined, 'specs')].filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path);
    expect(long).toEqual([]);
  });
});

describe('every library', () => {
  it('opens with what it is for, what its words mean and what it promises', () => {
    for (const name of readdirSync(join(root, 'libs'))) {
      const opening = /^\/\*\*\n([\s\S]*?)\*\//.exec(readFileSync(join(root, 'libs', name, 'src', 'index.ts'), 'utf8'))?.[1] ?? '';
      expect({ name, opening }).toEqual({ name, opening: expect.stringMatching(new RegExp(`\\* ${name}: `)) });
      expect({ name, lines: opening.trim().split('\n').length }).toEqual({ name, lines: expect.any(Number) });
    }
  });

  it('can be imported by its name, from source and from the build', () => {
    const { imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { imports: Record<string, object> };
    const named = (name: string): object => ({ development: `./libs/${name}/src/index.ts`, default: `./dist/libs/${name}/src/index.js` });
    expect(imports).toEqual(Object.fromEntries(readdirSync(join(root, 'libs')).map((name) => [`#${name}`, named(name)])));
  });
});

describe('who may import whom', () => {
  const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
    forbidden: { name: string; to: { pathNot?: string[] } }[];
  };
  const told = new Map(
    [...readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| `([a-z-]+)` +\|.*\| ([a-z, -]+?) +\|$/gm)].map((m) => [
      m[1] ?? '',
      m[2] ?? '',
    ]),
  );

  it('is said of every library in ARCHITECTURE.md as the tool checks it', () => {
    expect([...told.keys()].sort()).toEqual(readdirSync(join(root, 'libs')).sort());
    for (const [name, words] of told) {
      const rule = forbidden.find((each) => each.name === `${name}-imports`);
      const checked = (rule?.to.pathNot ?? []).map((path) => path.replace(/^\^libs\/|\/$/g, '')).filter((each) => each !== name);
      expect({ name, words }).toEqual({ name, words: checked.join(', ') || 'nothing' });
    }
  });
});

describe('documents', () => {
  const pages = [...filesUnder('docs', '.md'), 'docker/README.md', ...readdirSync(root).filter((name) => name.endsWith('.md'))];
  const links = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map((m) => ({
      page,
      link: m[1] ?? '',
    })),
  );

  it('link to what is there: every control in docs/safety.md to the test that proves it', () => {
    expect(links.filter(({ page, link }) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
    expect(links.filter(({ page, link }) => page === 'docs/safety.md' && link.endsWith('.spec.ts')).length).toBeGreaterThan(30);
  });

  it('describe every setting there is, and no other', () => {
    const read = new Set(
      [...readFileSync(join(root, 'libs/config/src/settings.ts'), 'utf8').matchAll(/'([A-Z][A-Z_]{3,})'/g)].map((m) => m[1]),
    );
    const told = new Set([...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^\| `([A-Z][A-Z_]+)` +\|/gm)].map((m) => m[1]));
    expect([...told].sort()).toEqual([...read].sort());
  });
});

/** All files of a folder with an ending, one after another. */
function read(folder: string, ending: string): string {
  return filesUnder(folder, ending)
    .filter((path) => !path.endsWith('.spec.ts'))
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n');
}
