import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './settings.js';

export abstract class Secrets {
  /** Keys the hash by which one NHS number is matched with another inside a tenant. */
  nhsNumberKey: Buffer;
  /** Keys the secret part of a family's link. */
  linkKey: Buffer;
  /** Signs development tokens and sessions; null in production. */
  developmentTokenKey: Buffer | null;
}

const NAMES = ['nhsNumberKey', 'linkKey', 'developmentTokenKey'] as const;

/** Secrets from the environment, else (never in production) made once in `<data folder>/secrets.json`, mode 0600. */
export function readSecrets(settings: Settings): Secrets {
  const kept = settings.production ? {} : developmentSecrets(settings.dataFolder);
  const secret = (given: string | null, name: (typeof NAMES)[number]): Buffer => {
    const text = given ?? kept[name];
    if (text === undefined) throw new Error(`no ${name}`);
    return Buffer.from(text, 'base64');
  };
  return {
    nhsNumberKey: secret(settings.nhsNumberKey, 'nhsNumberKey'),
    linkKey: secret(settings.linkKey, 'linkKey'),
    developmentTokenKey: settings.production ? null : secret(null, 'developmentTokenKey'),
  };
}

function developmentSecrets(folder: string): Record<string, string> {
  const file = join(folder, 'secrets.json');
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `secrets.${process.pid}.json`);
  writeFileSync(draft, JSON.stringify(Object.fromEntries(NAMES.map((n) => [n, randomBytes(32).toString('base64')]))), { mode: 0o600 });
  try {
    // A link is made whole or not at all: of two processes that start together one makes the file, and both then read it.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}
