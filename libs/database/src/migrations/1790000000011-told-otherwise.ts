import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a dispute is about, and the index by which voided events are found. */
export class ToldOtherwise1790000000011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Told under another NHS number than is held.
      alter table told_birth_date add column other_number boolean not null default false;
      create index pathway_event_voids on pathway_event (tenant, referral_id) where type = 'event-voided';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
