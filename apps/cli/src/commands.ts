import { SettingsError, type Settings } from '#config';
import { DomainError } from '#kernel';

/** One command: told its arguments, it answers with the exit status. Loaded only when it is called. */
export interface Command {
  name: string;
  usage: string;
  purpose: string;
  run(args: string[], settings: Settings): Promise<number>;
}

/** The arguments were not of the command's form. */
export class UsageError extends Error {}

/** What is told of a failure: of one that is expected its words, of any other all there is. */
export function wordsOf(error: unknown): unknown {
  if (error instanceof SettingsError || error instanceof UsageError) return error.message;
  if (!(error instanceof DomainError)) return error;
  return [error.message, ...error.errors.filter((e) => !error.message.includes(e.message)).map((e) => `  ${e.path} ${e.message}`)].join(
    '\n',
  );
}

/** How a command is called, and what for. */
export const helpOf = ({ usage, purpose }: Command): string => `Usage: meanwhile ${usage}\n\n${purpose}`;

export const commands: readonly Command[] = [
  {
    name: 'demo',
    usage: 'demo [--exit]',
    purpose: 'the main job on synthetic lists: computes, checks in, escalates, reports; then keeps serving',
    run: async (args, settings) => (await import('./demo/demo.js')).demo(args, settings),
  },
  {
    name: 'migrate',
    usage: 'migrate',
    purpose: 'brings the database to this version, as its owner',
    run: async (_args, settings) => (await import('./migrate.js')).migrateCommand(settings),
  },
  {
    name: 'token',
    usage: 'token --roles R,R --tenant T --org CODE [--name N]',
    purpose: 'prints a bearer token for trying things; refused in production',
    run: async (args, settings) => (await import('./token.js')).token(args, settings),
  },
  {
    name: 'go-live',
    usage: 'go-live --tenant T --service LINE --provider CODE [--on DAY] [--cap N] [--stop]',
    purpose: 'lets a service send check-ins from a day on, with a daily cap; --stop ends that',
    run: async (args, settings) => (await import('./go-live.js')).goLive(args, settings),
  },
  {
    name: 'import',
    usage:
      'import (FILE | --confirm ID) --tenant T --provider CODE [--check] [--complete] [--mapping FILE] [--encoding E] [--extracted-on DAY] [--bad-share S] [--vanish-share S] [--rejects FILE] [--confirm]',
    purpose:
      'takes in a file of referrals or of pathway events; --check only says what would change, --complete that it is the whole list; --confirm goes on with one that stopped for a person',
    run: async (args, settings) => (await import('./import.js')).importFile(args, settings),
  },
  {
    name: 'rebuild',
    usage: 'rebuild [--tenant T]',
    purpose: 'has the workers compute every wait anew from its events (npm run start:worker); killed, it goes on where it was',
    run: async (args, settings) => (await import('./rebuild.js')).rebuild(args, settings),
  },
  {
    name: 'reconcile',
    usage: 'reconcile --tenant T --provider CODE --service LINE --submitted bands.csv [--measure M] [--as-of DAY]',
    purpose: 'a submitted return beside what we compute, and the rules that would explain the difference',
    run: async (args, settings) => (await import('./reconcile.js')).reconcile(args, settings),
  },
  {
    name: 'bench',
    usage: 'bench [NAME ...]',
    purpose: 'measures, as ratios to the bare engine in the same run',
    run: async (args, settings) => (await import('./bench/bench.js')).bench(args, settings),
  },
  {
    name: 'generate',
    usage: 'generate [--check]',
    purpose: 'writes docs/openapi.json, docs/schema.sql and docs/import-columns.md; --check fails when one is stale',
    run: async (args, settings) => (await import('./generate.js')).generate(args, settings),
  },
];
