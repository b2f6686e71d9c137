import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A hold is on a child, and covers every address of the household: none is copied in clear, and one that is told later is covered too. */
export class MessageHolds1790000000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table message_hold
        -- Nothing reads or writes it any more; to be dropped when no process of the version before can be running.
        alter column address drop not null,
        -- Who held, for what file, and what must be found out; who released, and what was found out. Notes are shown to their provider only.
        add column provider text,
        add column import_id uuid,
        add column note text,
        add column released_org text,
        add column release_note text;
      create index message_hold_of_import on message_hold (tenant, import_id) where released_at is null and import_id is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
