import 'reflect-metadata';
import { readSettings } from '#config';
import { commands, helpOf, wordsOf } from './commands.js';

/** `meanwhile COMMAND [options]`; without one, what there is. */
async function main(): Promise<number> {
  const [name = 'help', ...args] = process.argv.slice(2);
  const command = commands.find((c) => c.name === name);
  if (!command) {
    console.error(`Usage: meanwhile COMMAND [options]\n\n${commands.map((c) => `  ${c.usage.padEnd(44)} ${c.purpose}`).join('\n')}\n`);
    return name === 'help' || name === '--help' ? 0 : 2;
  }
  if (args.includes('--help')) {
    console.log(helpOf(command));
    return 0;
  }
  return command.run(args, readSettings());
}

main()
  .then((status) => process.exit(status))
  .catch((error: unknown) => {
    console.error(wordsOf(error));
    process.exit(1);
  });
