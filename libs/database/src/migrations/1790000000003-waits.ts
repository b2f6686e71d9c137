import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from '../row-level-security.js';

/** What is computed from the events: rebuilt at any time, never the truth. */
export class Waits1790000000003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- A row is one stretch of a wait on one provider's list. On the list as of day D: listed_from <= D and D < listed_to.
      create table wait (
        tenant text not null,
        pathway_id uuid not null,
        measure text not null,
        ordinal smallint not null,
        -- Which wait of this measure in the pathway; several stretches may share it.
        period smallint not null,
        -- The last stretch of its wait: where the stop is counted.
        is_latest boolean not null,
        referral_id uuid not null,
        person_id uuid not null,
        line text not null,
        provider text not null,
        headline boolean not null,
        state text not null check (state in ('waiting', 'stopped', 'nullified', 'excluded', 'unknown-start')),
        started_on date,
        stopped_on date,
        stop_code text,
        stop_kind text check (stop_kind in ('first-contact', 'treatment', 'full-clock-stop', 'handover', 'no-treatment', 'removed', 'died')),
        missing text[],
        target_days smallint,
        breach_on date,
        listed_from date not null,
        listed_to date not null,
        -- The next day on which this wait crosses a threshold; null when none is to come.
        next_change_on date,
        rules_version text not null,
        primary key (tenant, pathway_id, measure, ordinal),
        check (listed_from <= listed_to),
        foreign key (tenant, pathway_id, referral_id) references referral (tenant, pathway_id, id)
      );
      create index wait_on_list on wait (tenant, measure, listed_to, provider);
      create index wait_stopped on wait (tenant, measure, stopped_on) where is_latest and stopped_on is not null;
      create index wait_next_change on wait (tenant, next_change_on) where next_change_on is not null;

      -- Referrals a wait covers besides its anchor (mental-health spells, the experienced wait).
      create table wait_referral (
        tenant text not null,
        pathway_id uuid not null,
        measure text not null,
        period smallint not null,
        referral_id uuid not null,
        position smallint not null,
        primary key (tenant, pathway_id, measure, period, referral_id),
        foreign key (tenant, pathway_id, referral_id) references referral (tenant, pathway_id, id)
      );

      -- The day on which a wait became longer than so many weeks ('26w') or its target ('target'). Undone by a correction, never deleted.
      create table threshold_crossing (
        tenant text not null,
        id uuid not null default gen_random_uuid(),
        pathway_id uuid not null,
        measure text not null,
        period smallint not null,
        threshold text not null,
        crossed_on date not null,
        recorded_at timestamptz not null,
        undone_at timestamptz,
        primary key (tenant, id),
        foreign key (tenant, pathway_id) references pathway (tenant, id)
      );
      create unique index threshold_crossed_once on threshold_crossing (tenant, pathway_id, measure, period, threshold) where undone_at is null;

      -- Where each referral has got to, for lists; one referral is always folded on request.
      create table referral_state (
        tenant text not null,
        referral_id uuid not null,
        pathway_id uuid not null,
        person_id uuid not null,
        line text not null,
        provider text not null,
        state text not null check (state in ('waiting', 'in-treatment', 'monitored', 'rejected', 'removed', 'closed')),
        stage text,
        stage_since date not null,
        end_reason text,
        ended_on date,
        priority text not null,
        listed_on date not null,
        received_on date,
        treated_on date,
        transfer_to text,
        review_on date,
        headline_started_on date,
        headline_stopped_on date,
        headline_breach_on date,
        last_human_contact_on date,
        -- Day the last check-in ended, answered or not.
        last_check_in_on date,
        -- Day the next check-in falls due by the policy; null when none is owed.
        next_check_in_on date,
        next_check_in_why text,
        primary key (tenant, referral_id),
        foreign key (tenant, pathway_id, referral_id) references referral (tenant, pathway_id, id)
      );
      create index referral_state_list on referral_state (tenant, provider, line, state);
      create index referral_state_open_list on referral_state (tenant, provider, line, headline_started_on) where state in ('waiting', 'monitored', 'in-treatment');
      create index referral_state_of_pathway on referral_state (tenant, pathway_id);
      create index referral_state_check_in_due on referral_state (tenant, next_check_in_on) where next_check_in_on is not null;
      create index referral_state_offered_to on referral_state (tenant, transfer_to) where transfer_to is not null;
      create index referral_state_ended on referral_state (tenant, ended_on) where ended_on is not null;

      -- Work done once a day or once ever, with how far it got: a pass that was killed goes on from there.
      create table pass_run (
        tenant text not null references tenant (key),
        pass text not null,
        day date not null,
        started_at timestamptz not null,
        finished_at timestamptz,
        rows_done bigint not null default 0,
        rows_total bigint,
        position text,
        primary key (tenant, pass, day)
      );
    `);
    await closeToOtherTenants(db, ['wait', 'wait_referral', 'threshold_crossing', 'referral_state', 'pass_run']);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
