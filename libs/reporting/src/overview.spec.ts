import { newId, systemPrincipal, type Principal, type Role } from '#kernel';
import { asOwner, testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { putOnList, TODAY, type Ids, type OnList } from './list.fixture.js';
import type { OverviewLine, OverviewRow } from './overview.js';
import { Reports } from './reports.js';

const someone = (org: string, ...roles: Role[]): Principal => ({ subject: 'u', name: 'U', tenant: 'TEST', org, roles });
const manager = someone('QZZ', 'icb-manager');
const star = { value: null, suppressed: true, display: '*' };

let t: TestDatabase;
let reports: Reports;
beforeAll(async () => {
  t = await testDatabase();
  reports = new Reports(t.database, t.clock);
});
afterEach(() => asOwner(t.ownerUrl, (client) => client.query('truncate person, audit_entry, pass_run cascade')));
afterAll(() => t.close());

const list = (children: readonly OnList[]): Promise<Ids[]> => putOnList(t.database, children);
const salt = async (who = manager): Promise<OverviewLine> => {
  const line = (await reports.overview(who)).lines.find((l) => l.code === 'speech-and-language-therapy');
  if (!line) throw new Error('no such line');
  return line;
};
const row = (line: OverviewLine, label: string): OverviewRow | undefined => line.rows.find((r) => r.label === label);

async function escalate({ personId, referralId }: Ids, level: string, dueAt: string, state = 'open', provider = 'ZZ999'): Promise<void> {
  await t.database.inTenant(systemPrincipal('TEST', 'test'), (tx) =>
    tx.execute(
      `insert into escalation (tenant, id, person_id, referral_id, line, provider, level, reason, state, opened_at, due_at)
       values ($1, $2, $3, $4, 'speech-and-language-therapy', $5, $6, $7, $8, $9, $10)`,
      [tx.tenant, newId(t.clock.now()), personId, referralId, provider, level, `worry-${dueAt}`, state, t.clock.now(), dueAt],
    ),
  );
}

test('every list is there, also with nobody on it', async () => {
  const { lines, freshness, disclosure } = await reports.overview(manager);
  expect(lines.map((l) => [l.name, l.reported])).toEqual([
    ['Speech and language therapy', true],
    ['Mental health', true],
    ['Specialist equipment', true],
  ]);
  expect(lines[0]?.rows.map((r) => r.label)).toEqual(['Whole list', 'Other Example Trust (ZZ998)', 'Example Trust (ZZ999)']);
  expect(lines[0]?.rows[0]).toMatchObject({ waiting: 0, overTarget: { count: 0, percent: null }, medianDays: null, red: 0 });
  expect(freshness).toMatchObject({ asOf: TODAY, notYetComputed: 0, passRan: false, syntheticShape: 'Invented for tests' });
  expect(disclosure).toBe('none');
});

test('a list is counted whole, by council and by provider', async () => {
  await list([
    { days: 10 },
    { days: 200, lastHumanContactOn: '2026-11-01' },
    { days: 400, council: 'E06000062', provider: 'ZZ998', nextCheckInOn: '2026-11-01' },
    { days: 20, council: 'E06000062', nextCheckInOn: '2026-12-01' },
    { days: null },
  ]);
  const line = await salt();
  expect(row(line, 'Whole list')).toMatchObject({
    waiting: 4,
    unknownStart: 1,
    overTarget: { count: 2, percent: 50 },
    over52Weeks: 1,
    medianDays: 110,
    noContact: 1,
    overdueCheckIns: 1,
  });
  expect(row(line, 'North Northamptonshire')).toMatchObject({ waiting: 2, medianDays: 105, noContact: 0 });
  expect(row(line, 'West Northamptonshire')).toMatchObject({ waiting: 2, over52Weeks: 1, noContact: 1, overdueCheckIns: 1 });
  expect(row(line, 'Other Example Trust (ZZ998)')).toMatchObject({ waiting: 1, medianDays: 400 });
});

test('worries that are not resolved are counted, with those past their deadline', async () => {
  const [north, west] = await list([{ days: 10 }, { days: 10, council: 'E06000062' }]);
  if (!north || !west) throw new Error('not put');
  await escalate(north, 'red', '2026-11-22T10:00:00Z', 'acknowledged');
  await escalate(north, 'amber', '2026-11-22T11:00:00Z');
  await escalate(west, 'red', '2026-11-23T11:00:00Z');
  await escalate(west, 'red', '2026-11-24T11:00:00Z', 'resolved');
  const line = await salt();
  expect(row(line, 'Whole list')).toMatchObject({ red: 2, amber: 1, pastDeadline: 1 });
  expect(row(line, 'West Northamptonshire')).toMatchObject({ red: 1, amber: 0, pastDeadline: 0 });
});

test('removals other than treatment are told apart from treatment, over twelve months', async () => {
  const ended = (listedTo: string, state: string, stopKind: string | null, referralState = 'closed'): OnList => ({
    days: 500,
    listedTo,
    state,
    stopKind,
    referralState,
  });
  await list([
    ended('2026-11-20', 'stopped', 'first-contact', 'in-treatment'),
    ended('2025-11-23', 'stopped', 'first-contact'),
    ended('2025-11-22', 'stopped', 'removed', 'removed'),
    ended('2026-06-01', 'stopped', 'removed', 'removed'),
    ended('2026-06-01', 'stopped', 'no-treatment', 'removed'),
    ended('2026-06-01', 'excluded', null, 'rejected'),
    ended('2026-06-01', 'excluded', null),
    ended('2026-06-01', 'stopped', 'died'),
  ]);
  expect(row(await salt(), 'Whole list')?.ended).toEqual({ treated: 2, untreated: 3, percentUntreated: 60, died: 1 });
});

test('other clocks of the same children stand apart from the list', async () => {
  await list([{ days: 10 }, { days: 130, measure: 'ahp-rtt', headline: false }]);
  const line = await salt();
  expect(row(line, 'Whole list')?.waiting).toBe(1);
  expect(line.others).toMatchObject([{ title: 'Allied health professional referral to treatment', waiting: 1, overTarget: { count: 1 } }]);
});

test('a provider sees its own lists, a commissioner nothing small, others nothing', async () => {
  await list([
    ...Array.from({ length: 40 }, (_, i) => ({ days: i, council: 'E06000062', provider: 'ZZ998' })),
    ...Array.from({ length: 6 }, () => ({ days: 3 })),
  ]);
  expect(row(await salt(someone('ZZ999', 'service-lead')), 'Whole list')?.waiting).toBe(6);
  const line = await salt(someone('QZZ', 'commissioner'));
  expect(line.rows.map((r) => [r.label, r.waiting, r.red])).toEqual([
    ['Whole list', 45, star],
    ['North Northamptonshire', star, star],
    ['West Northamptonshire', 40, star],
    ['Other Example Trust (ZZ998)', 40, star],
    ['Example Trust (ZZ999)', star, star],
  ]);
  await expect(reports.overview(someone('QZZ', 'admin'))).rejects.toMatchObject({ kind: 'forbidden' });
});

test('the night’s pass is missed until it was finished', async () => {
  const pass = (day: string, finished: boolean): Promise<number> =>
    t.database.inTenant(systemPrincipal('TEST', 'test'), (tx) =>
      tx.execute(`insert into pass_run (tenant, pass, day, started_at, finished_at) values ($1, 'thresholds', $2, $3, $4)`, [
        tx.tenant,
        day,
        t.clock.now(),
        finished ? t.clock.now() : null,
      ]),
    );
  await pass('2026-11-21', true);
  await pass('2026-11-22', false);
  expect((await reports.overview(manager)).freshness.passRan).toBe(false);
  t.clock.moveTo(new Date('2026-11-22T00:20:00Z'));
  expect((await reports.overview(manager)).freshness.passRan).toBe(true);
  t.clock.moveTo(new Date('2026-11-22T10:30:00Z'));
  await pass('2026-11-23', true);
  expect((await reports.overview(manager)).freshness.passRan).toBe(true);
});
