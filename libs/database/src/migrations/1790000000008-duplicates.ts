import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants, onlyForPurpose } from '../row-level-security.js';

/** Records that may be of one child, and what a person decided. */
export class Duplicates1790000000008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Where this record went: nothing of the child is found under it any more, until a person takes the join back.
      alter table person
        add column joined_to uuid,
        add constraint person_joined_to_fkey foreign key (tenant, joined_to) references person (tenant, id);

      -- Null: nobody has looked yet whether this child is known under another record.
      alter table person_identity add column keys_made_at timestamptz;
      create index person_identity_without_keys on person_identity (tenant, person_id, provider) where keys_made_at is null;

      -- Keyed hashes of what two records of one child would share, each provider's for itself. Identifies nobody without the key.
      create table match_key (
        tenant text not null,
        person_id uuid not null,
        provider text not null,
        kind text not null check (kind in ('birth-date', 'postcode', 'name-and-birth-date', 'name-and-birth-year')),
        key bytea not null,
        primary key (tenant, person_id, provider, kind, key),
        foreign key (tenant, person_id) references person (tenant, id)
      );
      create index match_key_shared on match_key (tenant, kind, key, person_id);

      -- Two records that may be of one child. Found by the machine, decided by a person; a pair kept apart is never proposed again.
      create table possible_duplicate (
        tenant text not null references tenant (key),
        id uuid not null,
        person_a uuid not null,
        person_b uuid not null,
        score smallint not null check (score between 0 and 100),
        reasons text[] not null,
        state text not null default 'open' check (state in ('open', 'joined', 'apart')),
        -- Of the two, the record that holds everything while they are joined.
        kept uuid,
        found_at timestamptz not null,
        decided_at timestamptz,
        decided_by text,
        decided_org text,
        note text,
        primary key (tenant, id),
        unique (tenant, person_a, person_b),
        check (person_a < person_b),
        check ((state = 'joined') = (kept is not null)),
        foreign key (tenant, person_a) references person (tenant, id),
        foreign key (tenant, person_b) references person (tenant, id)
      );
      create index possible_duplicate_list on possible_duplicate (tenant, state, score desc, id);
      create index possible_duplicate_of_b on possible_duplicate (tenant, person_b);

      -- What moved from one record to another, so that it can go back.
      create table person_join (
        tenant text not null,
        id uuid not null,
        duplicate_id uuid not null,
        kept uuid not null,
        joined uuid not null,
        -- Joins into one record are numbered from 1: the last is taken back first.
        ordinal integer not null,
        joined_at timestamptz not null,
        joined_by text not null,
        moved jsonb not null,
        undone_at timestamptz,
        undone_by text,
        primary key (tenant, id),
        foreign key (tenant, duplicate_id) references possible_duplicate (tenant, id),
        foreign key (tenant, kept) references person (tenant, id),
        foreign key (tenant, joined) references person (tenant, id)
      );
      create unique index person_join_in_force on person_join (tenant, joined) where undone_at is null;
      create index person_join_of_pair on person_join (tenant, duplicate_id);
      create unique index person_join_in_turn on person_join (tenant, kept, ordinal);

      -- Another birth date told under a number that is held with one: for the person who decides which is right.
      create table told_birth_date (
        tenant text not null,
        person_id uuid not null,
        provider text not null,
        birth_date date not null,
        told_at timestamptz not null,
        primary key (tenant, person_id, provider, birth_date),
        foreign key (tenant, person_id) references person (tenant, id)
      );

      create index person_in_dispute on person (tenant, id) where identity_disputed_at is not null;
      -- Read with every referral, and followed when one moves.
      create index escalation_of_referral on escalation (tenant, referral_id);
      create index check_in_of_referral on check_in (tenant, referral_id);
    `);
    for (const table of FOLLOWS_ITS_REFERRAL) await followReferral(db, table);
    await closeToOtherTenants(db, ['match_key', 'possible_duplicate', 'person_join']);
    await onlyForPurpose(db, ['told_birth_date']);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}

/** What is kept of a referral wherever it stands. Its waits are not among them: they are folded anew. */
const FOLLOWS_ITS_REFERRAL = ['pathway_event', 'check_in', 'referral_state'];

/**
 * A referral that moves to another pathway takes these rows along. The cascade runs as the owner of the table, so events stay closed to changes
 * by the application, and under forced row-level security it reaches no other tenant. What the old constraint held the new one need not look for.
 */
async function followReferral(db: QueryRunner, table: string): Promise<void> {
  const name = `${table}_tenant_pathway_id_referral_id_fkey`;
  await db.query(`
    alter table ${table} drop constraint ${name};
    alter table ${table} add constraint ${name} foreign key (tenant, pathway_id, referral_id)
      references referral (tenant, pathway_id, id) on update cascade not valid;
    alter table ${table} validate constraint ${name};
  `);
}
