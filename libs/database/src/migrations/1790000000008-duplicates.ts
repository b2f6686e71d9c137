import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records that may be of one child, and what a person decided. */
export class Duplicates1790000000008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('select 1');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
