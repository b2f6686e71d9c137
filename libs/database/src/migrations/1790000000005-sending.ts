import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sending and answering by link need to be safe with any number of workers, and with a link in the wrong hands. */
export class Sending1790000000005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table message
        -- Keyed hash of the address, so that one address (a household) gets one message a London day, and a dead one no second.
        add column address_key bytea,
        add column claimed_on date,
        -- The sweep that claimed it: the number of an advisory lock it holds while it lives. No such lock = nobody is sending it any more.
        add column claimed_by integer,
        -- Wrong birth dates given on this link.
        add column wrong_tries smallint not null default 0,
        -- Why the link opens nothing any more: the wrong person, asked to stop, too many wrong birth dates.
        add column link_closed_why text check (link_closed_why in ('not-me', 'asked-to-stop', 'wrong-birth-date'));

      create unique index message_one_a_day on message (tenant, address_key, claimed_on) where state not in ('failed', 'called-off');
      create index message_refused on message (tenant, address_key) where outcome = 'refused';
      create index message_of_contact on message (tenant, contact_id);
      create index check_in_reminder_due on check_in (tenant, provider, line, next_reminder_on) where closed_at is null and state = 'sent';
      create index check_in_due on check_in (tenant, provider, line, due_on) where closed_at is null and state = 'due';
      create index escalation_safeguarding on escalation (tenant, person_id) where safeguarding and state <> 'resolved';
      create index contact_stopped_phone on contact (tenant, phone) where stopped_at is not null and phone is not null;
      create index contact_stopped_email on contact (tenant, email) where stopped_at is not null and email is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
