import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from '../row-level-security.js';

/** Files that are said to be the whole list, and the open referrals they lack. */
export class WholeLists1790000000009 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Said by whoever sent the file: it holds every open referral of the source systems in it.
      alter table import add column complete boolean not null default false;
      -- Which referral a row that was set aside is about, and on which line, where that can be told.
      alter table import_reject add column source_system text, add column source_id text, add column line text;
      -- Sent again under the same Idempotency-Key within a day, it is the same import.
      alter table import add column sent_key text;
      create index import_of_key on import (tenant, provider, sent_key, created_at) where sent_key is not null;
      -- How often it was begun since it last got any further.
      alter table import add column attempts integer not null default 0;

      -- Open referrals that such a file lacks, as of that import. Nothing is done to them: a person finds out what became of each.
      create table import_missing (
        tenant text not null,
        import_id uuid not null,
        referral_id uuid not null,
        primary key (tenant, import_id, referral_id),
        foreign key (tenant, import_id) references import (tenant, id),
        foreign key (tenant, referral_id) references referral (tenant, id)
      );
    `);
    await closeToOtherTenants(db, ['import_missing']);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
