import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants, onlyForPurpose } from '../row-level-security.js';

/** Children, those around them, the services, and what was asked of them. */
export class Children1790000000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- A provider's service on one line, with what it has chosen.
      create table service (
        tenant text not null references tenant (key),
        id uuid not null,
        line text not null,
        provider text not null references organisation (code),
        stop_rule text not null default 'first-contact' check (stop_rule in ('first-contact', 'first-treatment')),
        targets jsonb not null default '{}',
        -- Nobody is asked anything by machine before this day: imported history sends nothing by itself.
        live_from date,
        daily_cap integer not null default 100 check (daily_cap >= 0),
        night_rota boolean not null default false,
        primary key (tenant, id),
        unique (tenant, line, provider)
      );

      -- Pseudonymous: what reports and rules may know of a child.
      create table person (
        tenant text not null references tenant (key),
        id uuid not null,
        nhs_number_key bytea,
        -- Tells another birth date under the same number without holding either.
        birth_date_key bytea,
        birth_month date not null check (extract(day from birth_month) = 1),
        sex text check (sex in ('female', 'male', 'other', 'unknown')),
        local_authority text,
        responsible_local_authority text,
        gp_practice text,
        school text,
        ethnic_category text,
        deprivation_decile smallint check (deprivation_decile between 1 and 10),
        sen text check (sen in ('none', 'sen-support', 'ehc-plan')),
        social_care text check (social_care in ('none', 'child-in-need', 'child-protection', 'looked-after', 'care-leaver')),
        interpreter_language text,
        protected_address boolean not null default false,
        confidential_from_family text[] not null default '{}',
        -- Same number, other birth date: no messages until a person decides.
        identity_disputed_at timestamptz,
        died_on date,
        primary key (tenant, id),
        unique (tenant, nhs_number_key)
      );

      -- Who the child is, as each provider knows it. A second provider neither reads nor overwrites the first one's record.
      create table person_identity (
        tenant text not null,
        person_id uuid not null,
        provider text not null,
        given_name text not null,
        family_name text not null,
        birth_date date not null,
        nhs_number text,
        postcode text,
        primary key (tenant, person_id, provider),
        foreign key (tenant, person_id) references person (tenant, id)
      );

      create table contact (
        tenant text not null,
        id uuid not null,
        person_id uuid not null,
        provider text not null,
        name text not null,
        relationship text not null,
        role text not null default 'parent' check (role in ('parent', 'young-person', 'foster-carer', 'social-worker', 'professional')),
        parental_responsibility boolean,
        household text,
        may_contact boolean not null,
        -- Service lines this contact may know of; null = all.
        may_know_of text[],
        phone text,
        email text,
        preferred_channel text check (preferred_channel in ('sms', 'email', 'phone', 'letter')),
        language text,
        format text,
        valid_to date,
        -- "This is not me", or a dead number: nothing more goes there.
        stopped_at timestamptz,
        stopped_why text,
        primary key (tenant, id),
        foreign key (tenant, person_id) references person (tenant, id)
      );
      create index contact_of_person on contact (tenant, person_id);
      create index contact_by_phone on contact (tenant, phone) where phone is not null;
      create index contact_by_email on contact (tenant, email) where email is not null;

      -- One child on one line: what is folded, claimed and locked. changed counts what was told, folded what has been computed.
      create table pathway (
        tenant text not null references tenant (key),
        id uuid not null,
        person_id uuid not null,
        line text not null,
        changed integer not null default 1,
        changed_at timestamptz not null,
        folded integer not null default 0,
        rules_version text,
        primary key (tenant, id),
        unique (tenant, person_id, line),
        foreign key (tenant, person_id) references person (tenant, id)
      );
      create index pathway_to_fold on pathway (tenant, changed_at, id) where folded < changed;

      create table referral (
        tenant text not null,
        id uuid not null,
        pathway_id uuid not null,
        person_id uuid not null,
        service_id uuid not null,
        line text not null,
        provider text not null,
        source_system text not null,
        source_id text not null,
        -- Of the request as it came, to tell the same from another.
        digest bytea not null,
        authored_on date,
        source_of_referral text not null,
        need text not null,
        recorded_at timestamptz not null,
        recorded_by text not null,
        primary key (tenant, id),
        -- Two providers may use the same system and number: what is one provider's is never seen through another's.
        unique (tenant, provider, source_system, source_id),
        unique (tenant, pathway_id, id),
        foreign key (tenant, pathway_id) references pathway (tenant, id),
        foreign key (tenant, service_id) references service (tenant, id)
      );
      create index referral_of_person on referral (tenant, person_id);

      -- Providers that may read a referral: who received it, and every one it was transferred to.
      create table referral_party (
        tenant text not null,
        referral_id uuid not null,
        provider text not null references organisation (code),
        since timestamptz not null,
        primary key (tenant, referral_id, provider),
        foreign key (tenant, referral_id) references referral (tenant, id)
      );

      create table speech_and_language_therapy_details (
        tenant text not null,
        referral_id uuid not null,
        need text not null,
        setting text,
        dysphagia_risk boolean not null default false,
        primary key (tenant, referral_id),
        foreign key (tenant, referral_id) references referral (tenant, id)
      );
      create table mental_health_details (
        tenant text not null,
        referral_id uuid not null,
        reason text not null,
        team text not null,
        risk_concern boolean not null default false,
        primary key (tenant, referral_id),
        foreign key (tenant, referral_id) references referral (tenant, id)
      );
      create table specialist_equipment_details (
        tenant text not null,
        referral_id uuid not null,
        category text not null,
        need_level text,
        primary key (tenant, referral_id),
        foreign key (tenant, referral_id) references referral (tenant, id)
      );

      -- Append-only: the application may add and read, never change or delete.
      create table pathway_event (
        tenant text not null,
        pathway_id uuid not null,
        referral_id uuid not null,
        seq integer not null check (seq >= 1),
        type text not null,
        occurred_on date not null,
        data jsonb not null default '{}',
        recorded_at timestamptz not null,
        recorded_by text not null,
        recorded_org text not null,
        asserted_by_import boolean not null default false,
        primary key (tenant, pathway_id, referral_id, seq),
        foreign key (tenant, pathway_id, referral_id) references referral (tenant, pathway_id, id)
      );
    `);
    await closeToOtherTenants(db, [
      'service',
      'person',
      'pathway',
      'referral',
      'referral_party',
      'pathway_event',
      'speech_and_language_therapy_details',
      'mental_health_details',
      'specialist_equipment_details',
    ]);
    await onlyForPurpose(db, ['person_identity', 'contact']);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
