import type { MigrationInterface, QueryRunner } from 'typeorm';
import { closeToOtherTenants } from '../row-level-security.js';

/** Support while waiting: what is owed, sent, answered and acted on; and the trail of who read and did what. */
export class WaitingWell1790000000004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table check_in (
        tenant text not null,
        id uuid not null,
        referral_id uuid not null,
        pathway_id uuid not null,
        person_id uuid not null,
        line text not null,
        provider text not null,
        due_on date not null,
        why text not null,
        state text not null check (state in ('due', 'sent', 'unanswered', 'answered', 'recorded', 'no-longer-owed')),
        -- Why a person must call: no route, no answer, held.
        call_why text,
        opened_at timestamptz not null,
        sent_at timestamptz,
        reminders smallint not null default 0,
        next_reminder_on date,
        closed_at timestamptz,
        closed_by text,
        level text check (level in ('red', 'amber', 'yellow', 'blue', 'green')),
        primary key (tenant, id),
        foreign key (tenant, pathway_id, referral_id) references referral (tenant, pathway_id, id)
      );
      create unique index check_in_one_open on check_in (tenant, referral_id) where closed_at is null;
      create index check_in_open on check_in (tenant, provider, state, due_on) where closed_at is null;
      create index check_in_closed on check_in (tenant, closed_at) where closed_at is not null;
      create index check_in_of_person on check_in (tenant, person_id);

      -- A row is written before its message is sent: the unique attempt claims the send.
      create table message (
        tenant text not null,
        id uuid not null,
        reference text not null,
        check_in_id uuid not null,
        contact_id uuid not null,
        person_id uuid not null,
        provider text not null,
        attempt smallint not null,
        template text not null,
        channel text not null check (channel in ('sms', 'email')),
        sender text not null,
        state text not null check (state in ('claimed', 'sent', 'delivered', 'failed', 'uncertain', 'called-off')),
        link_hash bytea not null,
        link_expires_at timestamptz not null,
        claimed_at timestamptz not null,
        sent_at timestamptz,
        outcome_at timestamptz,
        outcome text,
        primary key (tenant, id),
        unique (tenant, reference),
        unique (tenant, link_hash),
        unique (tenant, check_in_id, attempt),
        foreign key (tenant, check_in_id) references check_in (tenant, id),
        foreign key (tenant, contact_id) references contact (tenant, id)
      );
      create index message_unsettled on message (tenant, claimed_at) where state = 'claimed';
      create index message_uncertain on message (tenant, provider) where state = 'uncertain';
      create index message_sent_on on message (tenant, provider, claimed_at);

      -- Nothing goes to this address until a person releases it. Keyed by the address, so that it covers a whole household.
      create table message_hold (
        tenant text not null references tenant (key),
        id uuid not null,
        person_id uuid not null,
        address text not null,
        why text not null,
        since timestamptz not null,
        released_at timestamptz,
        released_by text,
        primary key (tenant, id),
        foreign key (tenant, person_id) references person (tenant, id)
      );
      create index message_hold_in_force on message_hold (tenant, address) where released_at is null;
      create index message_hold_of_person on message_hold (tenant, person_id) where released_at is null;

      create table reply (
        tenant text not null,
        check_in_id uuid not null,
        message_id uuid,
        still_needed text check (still_needed in ('yes', 'no', 'unsure')),
        change text check (change in ('better', 'same', 'worse')),
        concerns text[] not null default '{}',
        answered_by text check (answered_by in ('parent', 'young-person', 'carer', 'professional')),
        message text,
        level text check (level in ('red', 'amber', 'yellow', 'blue', 'green')),
        begun_at timestamptz not null,
        submitted_at timestamptz,
        recorded_by text,
        primary key (tenant, check_in_id),
        foreign key (tenant, check_in_id) references check_in (tenant, id)
      );

      create table escalation (
        tenant text not null,
        id uuid not null,
        person_id uuid not null,
        referral_id uuid not null,
        check_in_id uuid,
        line text not null,
        provider text not null,
        level text not null check (level in ('red', 'amber', 'yellow', 'blue')),
        reason text not null,
        safeguarding boolean not null default false,
        state text not null check (state in ('open', 'acknowledged', 'resolved')),
        opened_at timestamptz not null,
        due_at timestamptz not null,
        owner text,
        acknowledged_at timestamptz,
        resolved_at timestamptz,
        outcome text,
        family_told text,
        alerted_at timestamptz,
        alerts smallint not null default 0,
        primary key (tenant, id),
        foreign key (tenant, referral_id) references referral (tenant, id)
      );
      create unique index escalation_one_open on escalation (tenant, person_id, line, reason) where state <> 'resolved';
      create index escalation_open on escalation (tenant, provider, due_at) where state <> 'resolved';

      -- What the sandbox "sent": stands for the provider's side of the wire, and can be asked by reference.
      create table sandbox_message (
        tenant text not null references tenant (key),
        reference text not null,
        channel text not null,
        recipient text not null,
        subject text,
        body text not null,
        sent_at timestamptz not null,
        primary key (tenant, reference)
      );
      create index sandbox_message_latest on sandbox_message (tenant, sent_at desc);

      -- Who read or did what, to whom, why. Written in the transaction it tells of.
      create table audit_entry (
        tenant text not null references tenant (key),
        id uuid not null,
        at timestamptz not null,
        subject text not null,
        org text not null,
        action text not null,
        purpose text not null,
        person_ids uuid[] not null default '{}',
        detail jsonb not null default '{}',
        primary key (tenant, id)
      );
      create index audit_entry_at on audit_entry (tenant, at);

      create table idempotency_key (
        tenant text not null references tenant (key),
        org text not null,
        route text not null,
        key text not null,
        digest bytea not null,
        status smallint,
        body jsonb,
        created_at timestamptz not null,
        primary key (tenant, org, route, key)
      );
      create index idempotency_key_age on idempotency_key (tenant, created_at);
    `);
    await closeToOtherTenants(db, [
      'check_in',
      'message',
      'message_hold',
      'reply',
      'escalation',
      'sandbox_message',
      'audit_entry',
      'idempotency_key',
    ]);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
