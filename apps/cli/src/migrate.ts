import type { Settings } from '#config';
import { findDatabase, migrate } from '#database';

export async function migrateCommand(settings: Settings): Promise<number> {
  const found = await findDatabase(settings, (line) => console.log(line));
  try {
    const ran = await migrate(found.ownerUrl, settings.appRole);
    console.log(ran.length === 0 ? 'The database is at this version.' : `Migrated: ${ran.join(', ')}`);
    return 0;
  } finally {
    await found.embedded?.stop();
  }
}
