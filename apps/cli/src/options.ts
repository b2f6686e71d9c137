import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './commands.js';

/** Options of a command, by name. @throws UsageError for one it does not know */
export function optionsOf<T extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  try {
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

export function required(value: string | undefined, name: string): string {
  if (!value) throw new UsageError(`--${name} is needed`);
  return value;
}
