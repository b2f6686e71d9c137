import type { Settings } from '#config';
import { DomainError, isLocalDate, systemPrincipal } from '#kernel';
import { openPlatform } from '#platform';
import { readReturn, Reports } from '#reporting';
import { readFile } from 'node:fs/promises';
import { UsageError } from './commands.js';
import { optionsOf, required } from './options.js';
import { reconcileWords } from './reconcile-words.js';

/** A submitted return beside what we compute, and the rules that would explain the difference. Changes nothing. */
export async function reconcile(args: string[], settings: Settings, print: (line: string) => void = console.log): Promise<number> {
  const o = optionsOf(args, {
    tenant: { type: 'string' },
    provider: { type: 'string' },
    service: { type: 'string' },
    submitted: { type: 'string' },
    measure: { type: 'string' },
    'as-of': { type: 'string' },
  });
  const [tenant, provider, service] = [required(o.tenant, 'tenant'), required(o.provider, 'provider'), required(o.service, 'service')];
  const asOf = o['as-of'];
  if (asOf !== undefined && !isLocalDate(asOf)) throw new UsageError('--as-of must be a day, YYYY-MM-DD');
  const text = await readText(required(o.submitted, 'submitted'));
  const platform = await openPlatform(settings, 'meanwhile-cli', print);
  try {
    const found = await new Reports(platform.database, platform.clock).reconcile(systemPrincipal(tenant, 'reconcile'), {
      provider,
      service,
      submitted: { table: readReturn(text) },
      ...(o.measure === undefined ? {} : { measure: o.measure }),
      ...(asOf === undefined ? {} : { asOf }),
    });
    for (const line of reconcileWords(found)) print(line);
    return 0;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new UsageError([error.message, ...error.errors.map((e) => `  ${e.path}: ${e.message}`)].join('\n'));
  } finally {
    await platform.close();
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError('--submitted must be a file that can be read');
  }
}
