import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The few tables without a tenant: who there is, and the calendar. Read by everyone, written by their owner only. */
export class Tenants1790000000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table tenant (
        key text primary key check (key ~ '^[A-Z0-9]{2,20}$'),
        name text not null,
        icb_ods_codes text[] not null default '{}',
        -- What the figures of synthetic data are shaped after, with its dates; null for real data.
        synthetic_shape text
      );
      create table organisation (
        code text primary key check (code ~ '^[A-Z0-9]{3,12}$'),
        name text not null,
        kind text not null check (kind in ('icb', 'provider', 'local-authority')),
        valid_from date not null default '1900-01-01',
        valid_to date not null default 'infinity'
      );
      create table bank_holiday (
        day date primary key,
        name text not null
      );
      -- England and Wales bank holidays (GOV.UK), for working-day deadlines.
      insert into bank_holiday (day, name) values
        ('2024-01-01', 'New Year''s Day'), ('2024-03-29', 'Good Friday'), ('2024-04-01', 'Easter Monday'), ('2024-05-06', 'Early May'),
        ('2024-05-27', 'Spring'), ('2024-08-26', 'Summer'), ('2024-12-25', 'Christmas Day'), ('2024-12-26', 'Boxing Day'),
        ('2025-01-01', 'New Year''s Day'), ('2025-04-18', 'Good Friday'), ('2025-04-21', 'Easter Monday'), ('2025-05-05', 'Early May'),
        ('2025-05-26', 'Spring'), ('2025-08-25', 'Summer'), ('2025-12-25', 'Christmas Day'), ('2025-12-26', 'Boxing Day'),
        ('2026-01-01', 'New Year''s Day'), ('2026-04-03', 'Good Friday'), ('2026-04-06', 'Easter Monday'), ('2026-05-04', 'Early May'),
        ('2026-05-25', 'Spring'), ('2026-08-31', 'Summer'), ('2026-12-25', 'Christmas Day'), ('2026-12-28', 'Boxing Day'),
        ('2027-01-01', 'New Year''s Day'), ('2027-03-26', 'Good Friday'), ('2027-03-29', 'Easter Monday'), ('2027-05-03', 'Early May'),
        ('2027-05-31', 'Spring'), ('2027-08-30', 'Summer'), ('2027-12-27', 'Christmas Day'), ('2027-12-28', 'Boxing Day');
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore the backup taken before.');
  }
}
