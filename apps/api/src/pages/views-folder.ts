import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of views, found from source and from dist alike: they are not compiled. */
export function viewsFolder(): string {
  let root = import.meta.dirname;
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  return join(root, 'apps/api/views');
}
