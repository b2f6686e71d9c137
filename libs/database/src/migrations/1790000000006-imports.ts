import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants, onlyForPurpose } from '../row-level-security.js';

/** Files taken in row by row: what was read, what was set aside and why, how far it has got. */
export class Imports1790000000006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table import (
        tenant text not null references tenant (key),
        id uuid not null,
        provider text not null references organisation (code),
        layout text check (layout in ('referrals', 'events')),
        mode text not null check (mode in ('apply', 'check')),
        state text not null check (state in ('uploading', 'waiting', 'reading', 'to-confirm', 'applying', 'finished', 'cancelled', 'failed')),
        file_name text not null,
        bytes bigint not null default 0,
        digest bytea,
        -- A mapping file as it was given, and how the file is to be read; null = found out.
        mapping text,
        encoding text,
        -- The day of the extract: what is held of a later day is not overwritten.
        extracted_on date not null,
        bad_share real not null,
        vanish_share real not null,
        columns text[],
        rows_total integer,
        rows_read integer not null default 0,
        rows_bad integer not null default 0,
        rows_applied integer not null default 0,
        -- What became of the good rows: new, changed, same, older …
        counts jsonb not null default '{}',
        -- Why a person must look: too many bad rows, too many would leave the list; or why it failed.
        why_stopped text,
        created_at timestamptz not null,
        created_by text not null,
        confirmed_by text,
        started_at timestamptz,
        applying_since timestamptz,
        ended_at timestamptz,
        primary key (tenant, id)
      );
      create index import_of_provider on import (tenant, provider, created_at desc, id desc);
      create index import_to_do on import (tenant, created_at) where state in ('waiting', 'reading', 'applying');

      -- The file as it was sent, until the import ends.
      create table import_chunk (
        tenant text not null,
        import_id uuid not null,
        provider text not null,
        seq integer not null,
        bytes bytea not null,
        primary key (tenant, import_id, seq),
        foreign key (tenant, import_id) references import (tenant, id)
      );
      alter table import_chunk alter column bytes set storage external;

      -- Rows set aside: everything that is wrong with each, and the row as it was, to be mended and sent again.
      create table import_reject (
        tenant text not null,
        import_id uuid not null,
        provider text not null,
        row_no integer not null,
        problems jsonb not null,
        cells text[] not null,
        primary key (tenant, import_id, row_no),
        foreign key (tenant, import_id) references import (tenant, id)
      );

      -- Of which day the newest extract is that told of a referral.
      alter table referral add column extracted_on date;
      -- What an event is called where it comes from: told again, it is the same event.
      alter table pathway_event add column source_key text;
      create unique index pathway_event_once on pathway_event (tenant, pathway_id, referral_id, source_key) where source_key is not null;

      -- Tables that were just filled in bulk are believed empty until autovacuum comes by, and what is planned then looks at every row of a
      -- tenant for each row it wants. Only owners may gather statistics: this lends the application that right, and no other.
      create function refresh_statistics() returns void language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        analyze person, person_identity, contact, pathway, referral, referral_party, pathway_event, wait, referral_state,
          speech_and_language_therapy_details, mental_health_details, specialist_equipment_details;
      end $$;
      revoke all on function refresh_statistics() from public;
    `);
    await closeToOtherTenants(db, ['import']);
    await onlyForPurpose(db, ['import_chunk', 'import_reject']);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
