import type { LocalDate } from '#kernel';
import { toCsv } from '../csv.js';
import { putOnList, TODAY, type Ids, type OnList } from '../list.fixture.js';
import type { QualityRow } from './data-quality.js';
import { PROBLEM_CODES, type ProblemCode } from './problems.js';
import { manager, qualityOfLists, SALT, someone, trust, type QualityOfLists } from './quality.fixture.js';
import { qualityTable } from './quality-table.js';

const commissioner = someone('QZZ', 'commissioner');
const star = { value: null, suppressed: true, display: '*' };

let t: QualityOfLists;
beforeAll(async () => void (t = await qualityOfLists()));
afterEach(() => t.emptyLists());
afterAll(() => t.close());

test('every service of every provider is there, at zero', async () => {
  const report = await t.reports.dataQuality(manager, {});
  expect(report.rows).toHaveLength(6);
  for (const each of report.rows) {
    expect(each.open).toBe(0);
    expect(Object.entries(each.problems)).toEqual(PROBLEM_CODES.map((code) => [code, 0]));
  }
  expect(report).toMatchObject({ asOf: TODAY, disclosure: 'none', notYetComputed: 0, synthetic: true });
  expect(Object.keys(report.definitions)).toEqual(['open', ...PROBLEM_CODES, 'disclosure']);
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
    expect(numbers((await t.reports.dataQuality(manager, {})).rows)).toEqual([
      ['mental-health', 'ZZ998', 0, 0],
      ['mental-health', 'ZZ999', 6, 6],
      [SALT, 'ZZ998', 13, 13],
      [SALT, 'ZZ999', 7, 7],
    ]);
    const [first] = await many(1, { provider: 'ZZ998' });
    if (first) await t.reached(first, {}, 'ZZ998');
    expect((await t.row(manager, 'ZZ998')).problems['no-way-to-contact']).toBe(13);
  });

  test('a provider its own, exactly, and no other', async () => {
    expect(numbers((await t.reports.dataQuality(trust, {})).rows)).toEqual([
      ['mental-health', 'ZZ999', 6, 6],
      [SALT, 'ZZ999', 7, 7],
    ]);
    await expect(t.reports.dataQuality(trust, { provider: 'ZZ998' })).rejects.toMatchObject({ kind: 'forbidden' });
    const rows = await t.reports.problem(someone('ZZ998', 'service-lead'), 'no-nhs-number', { limit: 99 });
    expect(rows).toHaveLength(13);
    const own = await t.reports.problem(trust, 'no-nhs-number', { limit: 99 });
    expect(own).toHaveLength(13);
    expect(rows.filter((r) => own.some((o) => o.referralId === r.referralId))).toEqual([]);
  });

  test('a commissioner no small number, and by the rule of the line that was asked for', async () => {
    const { rows, disclosure } = await t.reports.dataQuality(commissioner, {});
    expect(disclosure).toBe('hes-and-mhsds');
    expect(numbers(rows)).toEqual([
      ['mental-health', 'ZZ998', star, star],
      ['mental-health', 'ZZ999', star, star],
      [SALT, 'ZZ998', 15, 15],
      [SALT, 'ZZ999', star, star],
    ]);
    const salt = await t.reports.dataQuality(commissioner, { service: SALT });
    expect([salt.disclosure, ...numbers(salt.rows)]).toEqual(['hes', [SALT, 'ZZ998', 15, 15], [SALT, 'ZZ999', star, star]]);
    expect(salt.rows[0]?.problems['identity-in-dispute']).toBe(0);
    expect(JSON.stringify([rows, salt])).not.toMatch(/:(6|7|13)\b/);
  });

  test.each([manager, commissioner, someone('QZZ', 'admin')])('roles that see no child no rows: %j', async (who) => {
    await expect(t.reports.problem(who, 'no-nhs-number', { limit: 9 })).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('an administrator nothing, and who looked is written down', async () => {
    await expect(t.reports.dataQuality(someone('QZZ', 'admin'), {})).rejects.toMatchObject({ kind: 'forbidden' });
    await t.reports.dataQuality(commissioner, { service: SALT });
    await t.reports.problem(trust, 'unknown-start', { limit: 9 });
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
    const rows = await t.reports.problem(trust, 'no-nhs-number' satisfies ProblemCode, { limit: 10, ...(after ? { after } : {}) });
    expect(rows.map((r) => r.since)).toEqual(rows.map((r) => r.since).toSorted());
    seen.push(...rows.map((r) => r.key));
    const last = rows.at(-1);
    if (last) after = { since: last.since, key: last.key };
  }
  expect(seen.toSorted()).toEqual(put.map((ids) => ids.referralId).toSorted());
});

test('as a table it is one row a service, and says what it is', async () => {
  await t.child({ days: null });
  const [head, ...lines] = toCsv(qualityTable(await t.reports.dataQuality(trust, { service: SALT })))
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
