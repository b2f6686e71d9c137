import { startEmbeddedDatabase, type EmbeddedDatabase } from './embedded/index.js';
import type { Settings } from '#config';

/** Where the database is: the one that was given, or the embedded one, started or joined. */
export interface Connections {
  /** What the application logs in with. */
  url: string;
  /** What migrations log in with: the owner of the tables. */
  ownerUrl: string;
  embedded: EmbeddedDatabase | null;
}

export async function findDatabase(settings: Settings, log: (line: string) => void): Promise<Connections> {
  if (settings.databaseUrl !== null) {
    return { url: settings.databaseUrl, ownerUrl: settings.databaseOwnerUrl ?? settings.databaseUrl, embedded: null };
  }
  const embedded = await startEmbeddedDatabase({ dataFolder: settings.dataFolder, log });
  return { url: embedded.url, ownerUrl: embedded.url, embedded };
}
