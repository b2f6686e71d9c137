import { readSettings } from '#config';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { importFile } from './import.js';

export const HEAD = 'service,source_system,source_id,received_on,priority,source_of_referral,given_name,family_name,birth_date,need';
export const row = (id: string): string =>
  `speech-and-language-therapy,systmone,${id},2026-01-05,routine,gp,Asha,Example,2021-05-04,stammering`;

/** The provider at which the specs import. */
export const AT = ['--tenant', 'TEST', '--provider', 'ZZ999'];

export interface Terminal extends TestDatabase {
  /** Where files are written. */
  folder: string;
  /** Writes a file of rows. @returns its path */
  fileOf(name: string, ...lines: string[]): string;
  /** `meanwhile import`: what the terminal shows, and the exit status. */
  run(...args: string[]): Promise<{ status: number; text: string }>;
}

/** A terminal, on a database and a folder of its own. */
export async function terminal(): Promise<Terminal> {
  const t = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'meanwhile-import-'));
  const settings = { ...readSettings({ DATABASE_URL: t.url, MEANWHILE_DATA: t.dataFolder, LOG_LEVEL: 'silent' }), clockAt: t.clock.now() };
  return {
    ...t,
    folder,
    fileOf(name, ...lines) {
      const path = join(folder, name);
      writeFileSync(path, lines.join('\n'));
      return path;
    },
    async run(...args) {
      const lines: string[] = [];
      const status = await importFile(args, settings, (line) => lines.push(line));
      return { status, text: lines.join('\n') };
    },
    async close() {
      rmSync(folder, { recursive: true, force: true });
      await t.close();
    },
  };
}
