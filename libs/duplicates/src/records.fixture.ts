import { checkInPolicy } from '#check-ins';
import { readSecrets, readSettings } from '#config';
import { Escalations } from '#escalations';
import { systemPrincipal, type Principal } from '#kernel';
import { ReceiveReferral, RecordEvent, type NewReferral, type ReferralView } from '#referrals';
import { serviceLine } from '#service-lines';
import { WaitFold, WaitRules } from '#waits';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { referral } from '../../../test/support/referrals.js';
import { Disputes } from './disputes.js';
import { Duplicates, type Duplicate } from './duplicates.js';
import { DuplicatePass } from './find-duplicates.js';
import { JoinRecords } from './join-records.js';
import { SplitRecords } from './split-records.js';

class Rules extends WaitRules {
  override readonly checkInPolicy = checkInPolicy;
  override line(code: string): ReturnType<WaitRules['line']> {
    return serviceLine(code).rules;
  }
}

/** The library on a database of its own, and what it needs around it. */
export async function recordsApp() {
  const t = await testDatabase();
  const secrets = readSecrets(readSettings({ DATABASE_URL: t.url, MEANWHILE_DATA: t.dataFolder }));
  const escalations = new Escalations(t.database, t.clock);
  const receive = new ReceiveReferral(t.database, t.clock, secrets, escalations);
  const duplicates = new Duplicates(t.database, t.clock);
  const pass = new DuplicatePass(t.database, t.clock, secrets);
  const list = (who = clinician(), state: Duplicate['state'] = 'open'): Promise<Duplicate[]> => duplicates.list(who, { state, limit: 200 });
  return {
    ...t,
    pass,
    duplicates,
    list,
    join: new JoinRecords(t.database, t.clock),
    split: new SplitRecords(t.database, t.clock),
    disputes: new Disputes(t.database, t.clock, secrets),
    events: new RecordEvent(t.database, t.clock, escalations),
    escalations,
    fold: new WaitFold(t.database, t.clock, new Rules()),
    /** Takes a referral in; `person` as in the API, without an NHS number unless one is given. */
    receive(person: Record<string, unknown> = {}, changes: Record<string, unknown> = {}): Promise<ReferralView> {
      const body = referral({ ...changes, person: { nhsNumber: null, ...person } });
      return receive.receive(clinician(String(body['provider'])), body as unknown as NewReferral).then((received) => received.referral);
    },
    /** The open pair of these two. */
    async pairOf(a: string, b: string, who = clinician()): Promise<Duplicate> {
      const pair = (await list(who)).find(({ children }) => children.every(({ personId }) => personId === a || personId === b));
      if (!pair) throw new Error('No such pair is proposed.');
      return pair;
    },
  };
}

export const clinician = (org = 'ZZ999'): Principal => ({
  subject: `${org} nurse`,
  name: 'A Nurse',
  tenant: 'TEST',
  org,
  roles: ['clinician'],
});
export const system = systemPrincipal('TEST', 'test');

/** Rows as the owner would see them: of every provider, with identity open. */
export async function rowsOf<Row = Record<string, unknown>>(t: TestDatabase, sql: string, ...params: unknown[]): Promise<Row[]> {
  return t.database.inTenant(system, async (tx) => {
    await tx.query(`select set_config('meanwhile.identity_purpose', 'a test', true)`);
    return tx.query<Row>(sql, [tx.tenant, ...params]);
  });
}
