import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A hold is on a child, and covers every address of the household: none is copied in clear, and one that is told later is covered too. */
export class MessageHolds1790000000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table message_hold
        -- Nothing reads or writes it any more; to be dropped when no process of the version before can be running.
        alter column address drop not null,
        -- What must be found out, where a person held; and what was found out.
        add column note text,
        add column release_note text;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
