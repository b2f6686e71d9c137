import { newId, systemPrincipal, type Principal, type Role } from '#kernel';
import { asOwner, testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { putOnList, type Ids, type OnList } from './list.fixture.js';
import { Reports } from './reports.js';

const someone = (org: string, ...roles: Role[]): Principal => ({ subject: 'u', name: 'U', tenant: 'TEST', org, roles });
const clinician = someone('ZZ999', 'clinician');
const system = systemPrincipal('TEST', 'test');

let t: TestDatabase;
let reports: Reports;
beforeAll(async () => {
  t = await testDatabase();
  reports = new Reports(t.database, t.clock);
});
afterEach(() => asOwner(t.ownerUrl, (client) => client.query('truncate person, audit_entry cascade')));
afterAll(() => t.close());

const put = async (child: OnList): Promise<Ids> => {
  const [ids] = await putOnList(t.database, [child]);
  if (!ids) throw new Error('not put');
  return ids;
};

const worry = ({ personId, referralId }: Ids, level: string, dueAt: string): Promise<number> =>
  t.database.inTenant(system, (tx) =>
    tx.execute(
      `insert into escalation (tenant, id, person_id, referral_id, line, provider, level, reason, state, opened_at, due_at)
       select $1, $2, $3, $4, line, provider, $5, 'pain', 'open', $6, $7 from referral where tenant = $1 and id = $4`,
      [tx.tenant, newId(t.clock.now()), personId, referralId, level, t.clock.now(), dueAt],
    ),
  );

const checkIn = ({ personId, pathwayId, referralId }: Ids, state: string, dueOn: string, callWhy: string | null): Promise<number> =>
  t.database.inTenant(system, (tx) =>
    tx.execute(
      `insert into check_in (tenant, id, referral_id, pathway_id, person_id, line, provider, due_on, why, state, call_why, opened_at)
       select $1, $2, $3, $4, $5, line, provider, $6, 'cadence', $7, $8, $9 from referral where tenant = $1 and id = $3`,
      [tx.tenant, newId(t.clock.now()), referralId, pathwayId, personId, dueOn, state, callWhy, t.clock.now()],
    ),
  );

test('an empty day owes nothing', async () => {
  const today = await reports.today(clinician);
  expect(today.provider).toEqual({ code: 'ZZ999', name: 'Example Trust' });
  for (const work of [today.escalations, today.calls, today.transfers, today.reviews])
    expect(work).toEqual({ items: [], total: 0, late: 0 });
});

test('work stands by deadline, with names, and their reading is written down', async () => {
  const [asha, ben, cai, dee, eve] = [
    await put({ days: 10, name: ['Asha', 'Example'] }),
    await put({ days: 20, name: ['Ben', 'Example'] }),
    await put({ days: 30, name: ['Cai', 'Example'], provider: 'ZZ998', transferTo: 'ZZ999' }),
    await put({ days: 40, name: ['Dee', 'Example'], referralState: 'monitored', reviewOn: '2026-11-20' }),
    await put({ days: 40, name: ['Eve', 'Example'], referralState: 'monitored', reviewOn: '2027-01-20' }),
  ];
  await worry(asha, 'amber', '2026-11-24T10:00:00Z');
  await worry(ben, 'red', '2026-11-22T09:00:00Z');
  await checkIn(asha, 'unanswered', '2026-11-10', 'no-answer');
  await checkIn(ben, 'due', '2026-11-22', null);
  await checkIn(dee, 'due', '2026-11-22', 'language-or-format');

  const { escalations, calls, transfers, reviews } = await reports.today(clinician);
  expect(escalations).toMatchObject({
    total: 2,
    late: 1,
    items: [
      { level: 'red', name: { givenName: 'Ben' } },
      { level: 'amber', name: { givenName: 'Asha' } },
    ],
  });
  expect(calls).toMatchObject({
    total: 2,
    late: 1,
    items: [{ callWhy: 'no-answer', name: { givenName: 'Asha' } }, { callWhy: 'language-or-format' }],
  });
  // The sender's record of the child is the sender's until it is shared.
  expect(transfers).toMatchObject({ total: 1, items: [{ referralId: cai.referralId, provider: 'ZZ998', name: null }] });
  expect(reviews).toMatchObject({ total: 1, late: 1, items: [{ reviewOn: '2026-11-20', name: { givenName: 'Dee' } }] });

  const trail = await t.database.inTenant(system, (tx) =>
    tx.query<{ ids: string[] }>(`select person_ids as ids from audit_entry where tenant = $1 and action = 'identity-read'`, [tx.tenant]),
  );
  expect(trail).toHaveLength(1);
  expect(new Set(trail[0]?.ids)).toEqual(new Set([asha, ben, cai, dee].map((c) => c.personId)));
  expect(trail[0]?.ids).not.toContain(eve.personId);
});

test('another provider’s work is not seen, and no role that sees no child sees any', async () => {
  await worry(await put({ days: 10, name: ['Asha', 'Example'] }), 'red', '2026-11-22T09:00:00Z');
  expect((await reports.today(someone('ZZ998', 'clinician'))).escalations.total).toBe(0);
  for (const role of ['icb-manager', 'commissioner', 'admin'] as const) {
    await expect(reports.today(someone('QZZ', role))).rejects.toMatchObject({ kind: 'forbidden' });
  }
});

test('a child’s page shows contacts as they were recorded, with what must be known before anybody rings', async () => {
  const { personId } = await put({ days: 10, name: ['Asha', 'Example'] });
  await t.database.inTenant(system, async (tx) => {
    for (const [name, mayContact, mayKnowOf, validTo] of [
      ['Sam', true, null, null],
      ['Pat', false, null, null],
      ['Lee', true, ['mental-health'], '2026-01-01'],
    ]) {
      await tx.execute(
        `insert into contact (tenant, id, person_id, provider, name, relationship, may_contact, may_know_of, phone, valid_to)
         values ($1, $2, $3, 'ZZ999', $4, 'parent', $5, $6, '+447700900123', $7)`,
        [tx.tenant, newId(t.clock.now()), personId, name, mayContact, mayKnowOf, validTo],
      );
    }
    await tx.execute(
      `update person set confidential_from_family = '{mental-health}', interpreter_language = 'pl' where tenant = $1 and id = $2`,
      [tx.tenant, personId],
    );
  });
  const page = await reports.child(clinician, personId, 'speech-and-language-therapy');
  expect(page.name).toMatchObject({ givenName: 'Asha' });
  expect(page.contacts.map((c) => [c.name, c.mayContact, c.mayKnow, c.stoppedWhy])).toEqual([
    ['Sam', true, true, null],
    ['Pat', false, true, null],
    ['Lee', true, false, 'no longer valid'],
  ]);
  expect(page.cautions).toMatchObject({ confidential: false, interpreterLanguage: 'pl', identityDisputed: false, messagesHeld: [] });
  const elsewhere = await reports.child(someone('ZZ998', 'clinician'), personId, 'mental-health');
  expect(elsewhere).toMatchObject({ name: null, contacts: [], cautions: { confidential: true } });
});
