import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants, onlyForPurpose } from '../row-level-security.js';

/** FHIR messages: which were processed, and which are set aside for a person. */
export class Fhir1790000000007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- One message a provider was sent, and what was answered: told again, it is answered again and done once.
      create table fhir_message (
        tenant text not null references tenant (key),
        id uuid not null,
        provider text not null,
        message_id text not null,
        digest bytea not null,
        reason text not null check (reason in ('new', 'update', 'revoked', 'entered-in-error')),
        source_system text not null,
        source_id text not null,
        referral_id uuid,
        state text not null check (state in ('begun', 'taken', 'set-aside', 'resolved')),
        why text check (why in ('no-service', 'service-changed', 'details', 'nhs-number', 'not-active', 'withdrawn', 'other-organisation', 'deceased', 'set-aside-before')),
        -- What the sender said that an update may change: only a difference from it is a change. No identity.
        told jsonb not null default '{}',
        answer jsonb,
        received_at timestamptz not null,
        received_by text not null,
        resolved_at timestamptz,
        resolved_by text,
        outcome text check (outcome in ('done', 'dismissed')),
        primary key (tenant, id),
        unique (tenant, provider, message_id),
        foreign key (tenant, referral_id) references referral (tenant, id)
      );
      create index fhir_message_of_source on fhir_message (tenant, provider, source_system, source_id, received_at);
      create index fhir_message_set_aside on fhir_message (tenant, provider, received_at, id) where state = 'set-aside';

      -- What a message set aside says of a child, word for word, and what the person who decided noted.
      create table fhir_payload (
        tenant text not null,
        message uuid not null,
        provider text not null,
        payload text not null,
        note text,
        primary key (tenant, message),
        foreign key (tenant, message) references fhir_message (tenant, id)
      );
    `);
    await closeToOtherTenants(db, ['fhir_message']);
    await onlyForPurpose(db, ['fhir_payload']);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
