import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asOwner } from '../../../test/support/database.js';
import { commands, helpOf, UsageError, wordsOf } from './commands.js';
import { AT, HEAD, row, terminal, type Terminal } from './import.fixture.js';

let t: Terminal;
beforeAll(async () => void (t = await terminal()));
afterAll(() => t.close());

const SECRET = 'Zzyzx';
const bad = (id: string): string => row(id).replace('routine', SECRET);

/** One line that says what was wrong with how it was called. */
async function refusal(...args: string[]): Promise<unknown> {
  return t.run(...args).then(
    () => 'done',
    (error: unknown) => wordsOf(error),
  );
}

const imports = (fileName = '%'): Promise<{ state: string; held: boolean }[]> =>
  asOwner(t.ownerUrl, async (client) => {
    const { rows } = await client.query<{ state: string; held: boolean }>(
      'select state, exists (select from import_chunk c where c.import_id = i.id) as held from import i where file_name like $1',
      [fileName],
    );
    return rows;
  });

const idIn = (text: string): string => /\(import ([0-9a-f-]{36})\)/.exec(text)?.[1] ?? '';

describe('an import that stops for a person', () => {
  it('says how to look and how to go on, and goes on by its id', async () => {
    const file = t.fileOf('mostly-bad.csv', HEAD, row('A-1'), bad('A-2'), bad('A-3'));
    const stopped = await t.run(file, ...AT);
    const id = idIn(stopped.text);
    expect(stopped.status).toBe(1);
    expect(stopped.text).toContain(`npm run meanwhile -- import --confirm ${id} --tenant TEST --provider ZZ999`);
    expect(stopped.text).toContain(`POST /v1/imports/${id}/confirm`);
    expect(stopped.text).toContain(`GET /v1/imports/${id}/rejects`);
    const { text } = await t.run('--confirm', id, ...AT);
    expect(text).toContain(`Taken in (import ${id}): 3 rows read, 2 set aside; 1 new.`);
    expect(await refusal('--confirm', id, ...AT)).toBe('This import is finished.');
  });

  it('goes on when the same file is given again to be confirmed: none is left behind with its file', async () => {
    const file = t.fileOf('again.csv', HEAD, row('B-1'), bad('B-2'));
    const { text } = await t.run(file, ...AT);
    const confirmed = await t.run(file, ...AT, '--confirm');
    expect(confirmed.text).toContain(`Taken in (import ${idIn(text)})`);
    expect(await imports('%again.csv')).toEqual([{ state: 'finished', held: false }]);
  });

  it('is not confirmed for another: the same file with other options is asked about', async () => {
    const file = t.fileOf('otherwise.csv', HEAD, row('C-1'), bad('C-2'));
    const { text } = await t.run(file, ...AT);
    expect(await refusal(file, ...AT, '--complete', '--confirm')).toMatch(
      new RegExp(`^import: .*otherwise.csv waits .* import ${idIn(text)}, with other options`),
    );
    expect(await imports('%otherwise.csv')).toEqual([{ state: 'to-confirm', held: true }]);
  });

  it('is foretold by a check, with the first rows set aside and nothing that was found in them', async () => {
    const { status, text } = await t.run(t.fileOf('check.csv', HEAD, row('D-1'), bad('D-2'), bad('D-3')), ...AT, '--check');
    expect(status).toBe(1);
    expect(text).toContain('Taken in, it would stop for a person to confirm it: 2 of 3 rows cannot be taken in');
    expect(text).toContain('  row 3, priority: unknown-code, must be one of ');
    expect(text).toMatch(/All of them, with what was found: --rejects FILE, or GET \/v1\/imports\/[0-9a-f-]{36}\/rejects\./);
    expect(text).not.toMatch(new RegExp(`${SECRET}|Asha`));
  });

  it('stops by the shares that were set for it', async () => {
    const file = t.fileOf('shares.csv', HEAD, row('E-1'), bad('E-2'));
    expect((await t.run(file, ...AT, '--bad-share', '0.5', '--vanish-share', '1')).text).toContain('Taken in');
  });
});

describe('a command that cannot be done as it was given', () => {
  it('says so in a line, and nothing is begun', async () => {
    const before = (await imports()).length;
    const file = t.fileOf('good.csv', HEAD, row('F-1'));
    const mapping = t.fileOf('mapping.yaml', 'columns:', '\tA: need');
    const cases: [string[], RegExp][] = [
      [[], /^import: which FILE/],
      [['nowhere.csv'], /^import: nowhere.csv is not there$/],
      [[t.folder], /^import: .* is a folder$/],
      [[file, file], /one FILE at a time/],
      [[file, '--colour', 'red'], /colour/],
      [[file, '--mapping', 'nowhere.yaml'], /^--mapping: nowhere.yaml is not there$/],
      [[file, '--mapping', t.folder], /^--mapping: .* is a folder$/],
      [[file, '--mapping', mapping], /^The mapping cannot be used: line 2, column 1: Tabs are not allowed as indentation$/],
      [[file, '--extracted-on', 'today'], /^--extracted-on must be a day, YYYY-MM-DD$/],
      [[file, '--extracted-on', '2199-01-01'], /^The day of the extract must not be after today\.$/m],
      [[file, '--encoding', 'latin'], /^--encoding must be one of/],
      [[file, '--bad-share', ''], /^--bad-share must be a share from 0 to 1$/],
      [[file, '--vanish-share', '5'], /^--vanish-share must be a share from 0 to 1$/],
      [[file, '--rejects', join(t.folder, 'no', 'such.csv')], /^--rejects: .* cannot be written$/],
      [[file, '--rejects', t.folder], /^--rejects: .* is a folder$/],
      [[file, '--rejects', file], /^--rejects would overwrite the file you are sending: give it another name$/],
      [[file, '--check', '--confirm'], /nothing to --confirm/],
      [['--confirm', '01900000-0000-7000-8000-000000000001', '--check'], /^--check is told with a file/],
      [['--confirm', '01900000-0000-7000-8000-000000000001'], /^No such import\.$/],
    ];
    for (const [args, words] of cases) {
      const said = await refusal(...args, ...AT);
      expect(said).toEqual(expect.stringMatching(words));
    }
    expect(await imports()).toHaveLength(before);
  });

  it('names the tenant or the organisation nobody knows', async () => {
    const file = t.fileOf('good.csv', HEAD, row('F-1'));
    expect(await refusal(file, '--tenant', 'NOWHERE', '--provider', 'ZZ999')).toBe('The tenant NOWHERE is not known here.');
    expect(await refusal(file, '--tenant', 'TEST', '--provider', 'ZZ111')).toBe('The organisation ZZ111 is not known here.');
  });

  it('is told of with its stack only when nobody expected it', () => {
    const bug = new TypeError('a bug');
    expect(wordsOf(bug)).toBe(bug);
    expect(wordsOf(new UsageError('which FILE?'))).toBe('which FILE?');
  });
});

test('the help names every option', () => {
  const command = commands.find(({ name }) => name === 'import');
  const help = command ? helpOf(command) : '';
  const options = readFileSync(join(import.meta.dirname, 'import-options.ts'), 'utf8').matchAll(/^ {2}'?([a-z-]+)'?: \{ type:/gm);
  for (const [, option] of options) expect(help).toContain(`--${option}`);
});
