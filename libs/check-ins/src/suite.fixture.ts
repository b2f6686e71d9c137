import { readSecrets, readSettings, type Secrets, type Settings } from '#config';
import { Escalations } from '#escalations';
import { londonInstant, type Principal } from '#kernel';
import type { MessageSender } from '#messages';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Replies, type Heard, type LinkView } from './replies.js';
import { CheckInSweep, type SweepResult } from './sweep.js';
import {
  emptyLists,
  FakeSender,
  goLive,
  MENTAL_HEALTH,
  MONDAY,
  PROVIDER,
  rows,
  TENANT,
  waitingChild,
  type WaitingChild,
  type WaitingChildOf,
} from './waiting-child.fixture.js';

export const BIRTH_DATE = '2019-05-04';
export const nurse: Principal = { subject: 'nurse', name: 'A Nurse', tenant: TENANT, org: PROVIDER, roles: ['clinician'] };
export const elsewhere: Principal = { ...nurse, org: 'ZZ998' };

export interface OpenCheckIn {
  id: string;
  state: string;
  callWhy: string | null;
  level: string | null;
  reminders: number;
  nextReminderOn: string | null;
  closed: boolean;
}

/** A database of the suite's own, emptied before every test, on a Monday morning with speech and mental health live; and what tests say with it. */
export class CheckInSuite {
  t: TestDatabase;
  settings: Settings;
  secrets: Secrets;
  sender: FakeSender;
  escalations: Escalations;
  replies: Replies;

  constructor() {
    beforeAll(async () => {
      this.t = await testDatabase();
      this.settings = readSettings({
        DATABASE_URL: this.t.url,
        MEANWHILE_DATA: this.t.dataFolder,
        PUBLIC_URL: 'https://meanwhile.example',
      });
      this.secrets = readSecrets(this.settings);
      this.escalations = new Escalations(this.t.database, this.t.clock);
      this.replies = new Replies(this.t.database, this.t.clock, this.secrets, this.escalations);
    });
    afterAll(() => this.t.close());
    beforeEach(async () => {
      this.sender = new FakeSender();
      this.t.clock.moveTo(MONDAY);
      await emptyLists(this.t.database);
      await goLive(this.t.database);
      await goLive(this.t.database, { line: MENTAL_HEALTH });
    });
  }

  sweep(by: MessageSender = this.sender): Promise<SweepResult> {
    return new CheckInSweep(this.t.database, this.t.clock, by, this.secrets, this.settings).run(TENANT);
  }

  child(of?: WaitingChildOf): Promise<WaitingChild> {
    return waitingChild(this.t.database, of);
  }

  /** Moves the clock to a London time. */
  at(day: string, time = '10:30'): void {
    this.t.clock.moveTo(londonInstant(day, time));
  }

  rows<Row = Record<string, unknown>>(sql: string, params: unknown[] = []): Promise<Row[]> {
    return rows<Row>(this.t.database, sql, params);
  }

  checkIns(): Promise<OpenCheckIn[]> {
    return this.rows(
      `select id, state, call_why as "callWhy", level, reminders, next_reminder_on as "nextReminderOn", closed_at is not null as closed
       from check_in order by opened_at, id`,
    );
  }

  /** The latest check-in. */
  async checkIn(): Promise<OpenCheckIn | undefined> {
    return (await this.checkIns()).at(-1);
  }

  /** `sent`, `unanswered no-route`, … of every check-in. */
  async states(): Promise<string> {
    return (await this.checkIns()).map((c) => [c.state, c.callWhy].filter(Boolean).join(' ')).join();
  }

  messages(): Promise<{ state: string; template: string; attempt: number; outcome: string }[]> {
    return this.rows('select * from message order by claimed_at, attempt');
  }

  /** `red suicidal`, … of every escalation. */
  async opened(): Promise<string[]> {
    const found = await this.rows<{ s: string }>(
      `select level || ' ' || reason || case when safeguarding then ' safeguarding' else '' end as s from escalation order by 1`,
    );
    return found.map((r) => r.s);
  }

  /** A child whose family was written to, and the token of the link. */
  async asked(of: WaitingChildOf = {}): Promise<{ child: WaitingChild; token: string }> {
    const child = await this.child({ birthDate: BIRTH_DATE, ...of });
    await this.sweep();
    return { child, token: /\/c\/(\S+)/.exec(this.sender.received.at(-1)?.body ?? '')?.[1] ?? '' };
  }

  /** Past the birth date. */
  async entered(of: WaitingChildOf = {}): Promise<{ child: WaitingChild; token: string; pass: string }> {
    const { child, token } = await this.asked(of);
    const view = await this.replies.giveBirthDate(token, of.birthDate ?? BIRTH_DATE);
    if (view.kind !== 'questions') throw new Error(view.kind);
    return { child, token, pass: view.pass };
  }
}

export function heard(view: LinkView): Heard {
  if (view.kind !== 'heard') throw new Error(view.kind);
  return view;
}
