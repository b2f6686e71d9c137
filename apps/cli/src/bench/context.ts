import type { Settings } from '#config';
import type { Clock } from '#kernel';
import type { BenchServer } from './bench-database.js';
import type { Workers } from './workers.js';

/** What every benchmark works with. */
export interface Bench {
  server: BenchServer;
  clock: Clock;
  /** A line of progress. */
  say(line: string): void;
  workers(settings: Settings, count: number): Promise<Workers>;
}
