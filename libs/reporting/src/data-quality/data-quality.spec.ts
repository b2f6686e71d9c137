import { readIdentity, type Tx } from '#database';
import { addDays, newId, systemPrincipal, type LocalDate, type Principal, type Role } from '#kernel';
import { asOwner, testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { putOnList, TODAY, type Ids, type OnList } from '../list.fixture.js';
import { Reports } from '../reports.js';
import { toCsv } from '../csv.js';
import type { QualityRow } from './data-quality.js';
import { PROBLEM_CODES, type ProblemCode } from './problems.js';
import { qualityTable } from './quality-table.js';

const someone = (org: string, ...roles: Role[]): Principal => ({ subject: 'u', name: 'U', tenant: 'TEST', org, roles });
const manager = someone('QZZ', 'icb-manager');
const commissioner = someone('QZZ', 'commissioner');
const trust = someone('ZZ999', 'clinician');
const star = { value: null, suppressed: true, display: '*' };
const SALT = 'speech-and-language-therapy';

let t: TestDatabase;
let reports: Reports;
beforeAll(async () => {
  t = await testDatabase();
  reports = new Reports(t.database, t.clock);
});
afterEach(() => asOwner(t.ownerUrl, (client) => client.query('truncate person, audit_entry cascade')));
afterAll(() => t.close());

const asSystem = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => t.database.inTenant(systemPrincipal('TEST', 'test'), work);

/** A child nothing is wrong with, but for what the test says next. */
async function child(on: Partial<OnList> = {}): Promise<Ids> {
  const [ids] = await putOnList(t.database, [{ days: 20, ...on }]);
  if (!ids) throw new Error('not put');
  await asSystem((tx) =>
    tx.execute(`update person set nhs_number_key = convert_to(id::text, 'UTF8') where tenant = $1 and id = $2`, [tx.tenant, ids.personId]),
  );
  await reached(ids, {}, on.provider);
  return ids;
}

/** Somebody around the child, who may be told of everything and has a telephone unless said otherwise. */
async function reached({ personId }: Ids, contact: Record<string, unknown>, provider = 'ZZ999'): Promise<void> {
  const row = { may_contact: true, role: 'parent', phone: '+447700900123', email: null, preferred_channel: null, ...contact };
  await asSystem((tx) =>
    tx.execute(
      `insert into contact (tenant, id, person_id, provider, name, relationship, may_contact, role, phone, email, preferred_channel, valid_to, may_know_of, stopped_at)
       select $1, $2, $3, $4, 'Sam Example', 'mother', c.may_contact, c.role, c.phone, c.email, c.preferred_channel, c.valid_to, c.may_know_of, c.stopped_at
         from jsonb_to_record($5) as c (may_contact boolean, role text, phone text, email text, preferred_channel text, valid_to date, may_know_of text[], stopped_at timestamptz)`,
      [tx.tenant, newId(t.clock.now()), personId, provider, JSON.stringify(row)],
    ),
  );
}

const withoutContacts = ({ personId }: Ids): Promise<unknown> =>
  asSystem((tx) =>
    readIdentity(tx, t.clock.now(), 'test', [], () =>
      tx.execute('delete from contact where tenant = $1 and person_id = $2', [tx.tenant, personId]),
    ),
  );

type Told = [type: string, on: LocalDate, data?: object, byImport?: boolean];

async function told({ pathwayId, referralId }: Ids, ...events: Told[]): Promise<void> {
  await asSystem(async (tx) => {
    for (const [i, [type, on, data = {}, byImport = false]] of events.entries())
      await tx.execute(
        `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org, asserted_by_import)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'test', 'ZZ999', $9)`,
        [tx.tenant, pathwayId, referralId, i + 1, type, on, JSON.stringify(data), t.clock.now(), byImport],
      );
  });
}

async function ended({ referralId }: Ids, endedOn: LocalDate, treatedOn: LocalDate | null = null): Promise<void> {
  await asSystem((tx) =>
    tx.execute(`update referral_state set state = 'removed', ended_on = $3, treated_on = $4 where tenant = $1 and referral_id = $2`, [
      tx.tenant,
      referralId,
      endedOn,
      treatedOn,
    ]),
  );
}

async function row(who = manager, provider = 'ZZ999', service = SALT): Promise<QualityRow> {
  const found = (await reports.dataQuality(who, {})).rows.find((r) => r.provider === provider && r.service === service);
  if (!found) throw new Error('no such row');
  return found;
}

/** What is wrong with the one child there is, as counted and as listed. */
async function wrong(): Promise<string[]> {
  const { problems } = await row();
  const counted = PROBLEM_CODES.filter((code) => problems[code] === 1);
  for (const code of PROBLEM_CODES) expect(await reports.problem(trust, code, { limit: 9 })).toHaveLength(Number(problems[code]));
  return counted;
}

const ago = (days: number): LocalDate => addDays(TODAY, -days);

test('every service of every provider is there, at zero', async () => {
  const report = await reports.dataQuality(manager, {});
  expect(report.rows).toHaveLength(6);
  for (const each of report.rows) {
    expect(each.open).toBe(0);
    expect(Object.entries(each.problems)).toEqual(PROBLEM_CODES.map((code) => [code, 0]));
  }
  expect(report).toMatchObject({ asOf: TODAY, disclosure: 'none', notYetComputed: 0, synthetic: true });
  expect(Object.keys(report.definitions)).toEqual(['open', ...PROBLEM_CODES, 'disclosure']);
});

describe('of a referral', () => {
  test('nothing is wrong that need not be', async () => {
    const ids = await child();
    await told(ids, ['referral-received', ago(20)], ['appointment-booked', ago(5)], ['contact', ago(5), { attendance: 'not-brought' }]);
    expect(await wrong()).toEqual([]);
    expect((await row()).open).toBe(1);
  });

  test('the start is unknown', async () => {
    await child({ days: null });
    expect(await wrong()).toEqual(['unknown-start']);
  });

  test('the child has no NHS number', async () => {
    const { personId } = await child();
    await asSystem((tx) => tx.execute('update person set nhs_number_key = null where tenant = $1 and id = $2', [tx.tenant, personId]));
    expect(await wrong()).toEqual(['no-nhs-number']);
  });

  test('the identity is in dispute, since a London day', async () => {
    const { personId } = await child();
    await asSystem((tx) =>
      tx.execute(`update person set identity_disputed_at = '2026-07-01T23:30:00Z' where tenant = $1 and id = $2`, [tx.tenant, personId]),
    );
    expect(await wrong()).toEqual(['identity-in-dispute']);
    expect(await reports.problem(trust, 'identity-in-dispute', { limit: 9 })).toMatchObject([{ since: '2026-07-02' }]);
  });

  test.each<[string, Record<string, unknown>, boolean]>([
    ['an email address is enough', { phone: null, email: 'sam@example.org' }, true],
    ['letters are enough', { phone: null, preferred_channel: 'letter' }, true],
    ['a young person’s own number is enough', { role: 'young-person' }, true],
    ['neither telephone nor address', { phone: null }, false],
    ['may not be contacted', { may_contact: false }, false],
    ['asked us to stop', { stopped_at: '2026-10-01T09:00:00Z' }, false],
    ['no longer valid', { valid_to: ago(1) }, false],
    ['valid until today', { valid_to: TODAY }, true],
    ['may not know of this service', { may_know_of: ['mental-health'] }, false],
    ['a professional is no family', { role: 'professional' }, false],
  ])('the family can be reached: %s', async (_, contact, can) => {
    const ids = await child();
    await withoutContacts(ids);
    await reached(ids, contact);
    expect(await wrong()).toEqual(can ? [] : ['no-way-to-contact']);
  });

  test('what another provider knows of the family does not help this one', async () => {
    const ids = await child();
    await withoutContacts(ids);
    await reached(ids, {}, 'ZZ998');
    expect(await wrong()).toEqual(['no-way-to-contact']);
  });

  test.each<[string, OnList, Told[], boolean]>([
    [
      'since 84 days',
      { days: 200 },
      [
        ['referral-received', ago(200)],
        ['waiting-support', ago(84)],
      ],
      true,
    ],
    [
      'since 83 days',
      { days: 200 },
      [
        ['referral-received', ago(200)],
        ['waiting-support', ago(83)],
      ],
      false,
    ],
    ['but in treatment', { days: 200, referralState: 'in-treatment' }, [['referral-received', ago(200)]], false],
    [
      'as what was told was taken back',
      { days: 200 },
      [
        ['referral-received', ago(200)],
        ['triaged', ago(9)],
        ['event-voided', ago(8), { seq: 2 }],
      ],
      true,
    ],
  ])('nothing was told of a waiting child %s', async (_, on, events, is) => {
    await told(await child(on), ...events);
    expect(await wrong()).toEqual(is ? ['nothing-for-12-weeks'] : []);
  });

  test.each<[string, Told[], boolean]>([
    ['and nothing after it', [['appointment-booked', ago(3)]], true],
    ['today', [['appointment-booked', TODAY]], false],
    [
      'and was kept',
      [
        ['appointment-booked', ago(3)],
        ['contact', ago(3)],
      ],
      false,
    ],
    [
      'and called off later',
      [
        ['appointment-booked', ago(3)],
        ['appointment-cancelled', ago(1)],
      ],
      false,
    ],
    [
      'after a contact',
      [
        ['contact', ago(9)],
        ['appointment-booked', ago(3)],
      ],
      true,
    ],
    [
      'and taken back',
      [
        ['appointment-booked', ago(3)],
        ['event-voided', ago(2), { seq: 1 }],
      ],
      false,
    ],
    [
      'and its contact taken back',
      [
        ['appointment-booked', ago(3)],
        ['contact', ago(3)],
        ['event-voided', ago(2), { seq: 2 }],
      ],
      true,
    ],
  ])('an appointment was booked %s', async (_, events, is) => {
    await told(await child(), ...events);
    expect(await wrong()).toEqual(is ? ['appointment-without-outcome'] : []);
  });

  test.each<[string, LocalDate, LocalDate, boolean]>([
    ['after its end', ago(30), ago(29), true],
    ['on the day of its end', ago(30), ago(30), false],
    ['after an end of long ago', ago(400), ago(29), false],
  ])('a contact is dated %s', async (_, endedOn, contactOn, is) => {
    const ids = await child({ days: 500 });
    await told(ids, ['removed', endedOn, { familyToldOn: endedOn }], ['contact', contactOn]);
    await ended(ids, endedOn);
    expect(await wrong()).toEqual(is ? ['contact-after-closure'] : []);
  });

  test.each<[string, Told, LocalDate | null, boolean]>([
    ['removed, by an import without the day', ['removed', ago(9), {}, true], null, true],
    ['removed, by an import with the day', ['removed', ago(9), { familyToldOn: ago(9) }, true], null, false],
    ['removed, by a person', ['removed', ago(9)], null, false],
    ['discharged untreated', ['discharged', ago(9), {}, true], null, true],
    ['discharged after treatment', ['discharged', ago(9), {}, true], ago(20), false],
    ['found to need nothing', ['prescription-decided', ago(9), { none: true }, true], null, true],
    ['prescribed something', ['prescription-decided', ago(9), {}, true], null, false],
  ])('the family is not known to have been told: %s', async (_, end, treatedOn, is) => {
    const ids = await child();
    await told(ids, end);
    await ended(ids, ago(9), treatedOn);
    expect(await wrong()).toEqual(is ? ['end-without-telling'] : []);
  });
});

describe('who sees what', () => {
  const many = (n: number, on: Partial<OnList>): Promise<Ids[]> =>
    putOnList(
      t.database,
      Array.from({ length: n }, (_, i) => ({ days: i, ...on })),
    );
  beforeEach(async () => {
    await many(7, {});
    await many(13, { provider: 'ZZ998' });
    await many(6, { line: 'mental-health', measure: 'cyp-mh-first-contact', targetDays: null });
  });
  const numbers = (rows: QualityRow[]): unknown[] =>
    rows.filter((r) => r.service !== 'specialist-equipment').map((r) => [r.service, r.provider, r.open, r.problems['no-nhs-number']]);

  test('a manager of the ICB everybody’s, exactly, also whom families can be reached by', async () => {
    expect(numbers((await reports.dataQuality(manager, {})).rows)).toEqual([
      ['mental-health', 'ZZ998', 0, 0],
      ['mental-health', 'ZZ999', 6, 6],
      [SALT, 'ZZ998', 13, 13],
      [SALT, 'ZZ999', 7, 7],
    ]);
    const [first] = await many(1, { provider: 'ZZ998' });
    if (first) await reached(first, {}, 'ZZ998');
    expect((await row(manager, 'ZZ998')).problems['no-way-to-contact']).toBe(13);
  });

  test('a provider its own, exactly, and no other', async () => {
    expect(numbers((await reports.dataQuality(trust, {})).rows)).toEqual([
      ['mental-health', 'ZZ999', 6, 6],
      [SALT, 'ZZ999', 7, 7],
    ]);
    await expect(reports.dataQuality(trust, { provider: 'ZZ998' })).rejects.toMatchObject({ kind: 'forbidden' });
    const rows = await reports.problem(someone('ZZ998', 'service-lead'), 'no-nhs-number', { limit: 99 });
    expect(rows).toHaveLength(13);
    const own = await reports.problem(trust, 'no-nhs-number', { limit: 99 });
    expect(own).toHaveLength(13);
    expect(rows.filter((r) => own.some((o) => o.referralId === r.referralId))).toEqual([]);
  });

  test('a commissioner no small number, and by the rule of the line that was asked for', async () => {
    const { rows, disclosure } = await reports.dataQuality(commissioner, {});
    expect(disclosure).toBe('hes-and-mhsds');
    expect(numbers(rows)).toEqual([
      ['mental-health', 'ZZ998', star, star],
      ['mental-health', 'ZZ999', star, star],
      [SALT, 'ZZ998', 15, 15],
      [SALT, 'ZZ999', star, star],
    ]);
    const salt = await reports.dataQuality(commissioner, { service: SALT });
    expect([salt.disclosure, ...numbers(salt.rows)]).toEqual(['hes', [SALT, 'ZZ998', 15, 15], [SALT, 'ZZ999', star, star]]);
    expect(salt.rows[0]?.problems['identity-in-dispute']).toBe(0);
    expect(JSON.stringify([rows, salt])).not.toMatch(/:(6|7|13)\b/);
  });

  test.each([manager, commissioner, someone('QZZ', 'admin')])('roles that see no child no rows: %j', async (who) => {
    await expect(reports.problem(who, 'no-nhs-number', { limit: 9 })).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('an administrator nothing, and who looked is written down', async () => {
    await expect(reports.dataQuality(someone('QZZ', 'admin'), {})).rejects.toMatchObject({ kind: 'forbidden' });
    await reports.dataQuality(commissioner, { service: SALT });
    await reports.problem(trust, 'unknown-start', { limit: 9 });
    const trail = await t.database.inTenant(manager, (tx) =>
      tx.query(`select action, org, purpose from audit_entry where tenant = 'TEST' order by org`),
    );
    expect(trail).toEqual([
      { action: 'report-read', org: 'QZZ', purpose: 'data quality' },
      { action: 'report-read', org: 'ZZ999', purpose: 'data quality' },
    ]);
  });
});

test('rows come the oldest first, a page at a time, none twice', async () => {
  const put = await putOnList(
    t.database,
    Array.from({ length: 25 }, (_, i) => ({ days: (i * 3) % 10 })),
  );
  const seen: string[] = [];
  let after: { since: LocalDate; key: string } | undefined;
  for (let page = 0; page < 4; page++) {
    const rows = await reports.problem(trust, 'no-nhs-number' satisfies ProblemCode, { limit: 10, ...(after ? { after } : {}) });
    expect(rows.map((r) => r.since)).toEqual(rows.map((r) => r.since).toSorted());
    seen.push(...rows.map((r) => r.key));
    const last = rows.at(-1);
    if (last) after = { since: last.since, key: last.key };
  }
  expect(seen.toSorted()).toEqual(put.map((ids) => ids.referralId).toSorted());
});

test('as a table it is one row a service, and says what it is', async () => {
  await child({ days: null });
  const [head, ...lines] = toCsv(qualityTable(await reports.dataQuality(trust, { service: SALT })))
    .trimEnd()
    .split('\r\n');
  expect(head).toBe(
    'Provider,Provider name,Service,open referrals,Start unknown,No NHS number,No way to contact,Nothing told for 12 weeks,Contact after closure,' +
      'Appointment without outcome,Identity in dispute,"Ended, family told not recorded",Code not mapped,as of,disclosure,computed through,pathways not yet computed,synthetic',
  );
  expect(lines).toEqual([
    'ZZ999,Example Trust,speech-and-language-therapy,1,1,0,0,0,0,0,0,0,0,2026-11-22,none,2026-11-22T10:30:00.000Z,0,' +
      'SYNTHETIC: no real child is in these figures. Invented for tests.',
  ]);
});
