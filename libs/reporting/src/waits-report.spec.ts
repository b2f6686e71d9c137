import { DomainError, type Principal, type Role } from '#kernel';
import { staleness } from '#waits';
import { asOwner, testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { toCsv } from './csv.js';
import { putOnList, TODAY, type OnList } from './list.fixture.js';
import { Reports } from './reports.js';
import { waitsTable } from './tables.js';

const someone = (org: string, ...roles: Role[]): Principal => ({ subject: 'u', name: 'U', tenant: 'TEST', org, roles });
const manager = someone('QZZ', 'icb-manager');
const commissioner = someone('QZZ', 'commissioner');
const trust = someone('ZZ999', 'clinician');
const otherTrust = someone('ZZ998', 'provider-admin');

let t: TestDatabase;
let reports: Reports;
beforeAll(async () => {
  t = await testDatabase();
  reports = new Reports(t.database, t.clock);
});
afterEach(() => asOwner(t.ownerUrl, (client) => client.query('truncate person, audit_entry cascade')));
afterAll(() => t.close());

const list = (children: readonly OnList[]): Promise<unknown> => putOnList(t.database, children);
const days = (from: number, to: number): OnList[] => Array.from({ length: to - from + 1 }, (_, i) => ({ days: from + i }));

describe('a list', () => {
  test('with nobody on it waits zero, and has no median', async () => {
    const report = await reports.waits(manager, { measure: 'sitrep' });
    expect(report.rows).toHaveLength(1);
    expect(report.rows[0]).toMatchObject({
      group: {},
      reported: true,
      waiting: 0,
      withinTarget: { count: 0, percent: null },
      medianDays: null,
      longestDays: null,
    });
    expect(Object.values(report.rows[0]?.bands ?? {})).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(report).toMatchObject({ asOf: TODAY, disclosure: 'none', notYetComputed: 0, synthetic: true, frozen: false });
    expect(report.computedThrough).toBe('2026-11-22T10:30:00.000Z');
    expect(report.standard).toEqual({ percent: 80, withinDays: 126, by: '2029-03-31' });
  });

  test('that nobody reports is not zero', async () => {
    const report = await reports.waits(manager, { measure: 'sitrep', provider: 'ZZ000' });
    expect(report.rows).toMatchObject([{ reported: false, waiting: null, withinTarget: null }]);
    expect(report.services).toEqual([]);
  });

  test('counts bands, target, percentiles and the longest', async () => {
    await list([0, 7, 8, 14, 15, 28, 29, 84, 85, 126, 127, 364, 365, 728, 729, 800].map((d) => ({ days: d })));
    const { rows } = await reports.waits(manager, { measure: 'sitrep' });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      waiting: 16,
      bands: { '0-1': 2, '>1-2': 2, '>2-4': 2, '>4-12': 2, '>12-18': 2, '>18-52': 2, '>52-104': 2, '>104': 2 },
      overWeeks: { 18: 6, 52: 4, 78: 3, 104: 2 },
      withinTarget: { count: 10, percent: 62.5 },
      medianDays: 84.5,
      p90Days: 728.5,
      p92Days: 728.8,
      longestDays: 800,
    });
  });

  test('has the percentiles of its single waits, interpolated', async () => {
    const waits = Array.from({ length: 57 }, (_, i) => (i * i * 7) % 611);
    await list(waits.map((d) => ({ days: d })));
    const sorted = waits.toSorted((a, b) => a - b);
    const percentile = (p: number): number => {
      const place = p * (sorted.length - 1);
      const [below = NaN, above = NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
      return Math.round(10 * (below + (above - below) * (place % 1))) / 10;
    };
    const [row] = (await reports.waits(manager, { measure: 'sitrep' })).rows;
    expect([row?.medianDays, row?.p90Days, row?.p92Days]).toEqual([percentile(0.5), percentile(0.9), percentile(0.92)]);
  });

  test('counts unknown starts apart, and out of every percentile', async () => {
    await list([{ days: 10 }, { days: null }, { days: null }]);
    const report = await reports.waits(manager, { measure: 'sitrep' });
    expect(report.rows[0]).toMatchObject({ waiting: 1, medianDays: 10, withinTarget: { count: 1, percent: 100 } });
    expect(report.dataQuality).toEqual({ unknownStart: 2 });
  });

  test('stands on other days as it stood or would stand then', async () => {
    await list([{ days: 100 }, { days: 50 }, { days: 200, listedTo: '2026-11-20', state: 'stopped', stopKind: 'first-contact' }]);
    const waiting = async (asOf: string): Promise<unknown[]> => {
      const { rows } = await reports.waits(manager, { measure: 'sitrep', asOf });
      return [rows[0]?.waiting, rows[0]?.longestDays, rows[0]?.withinTarget?.count];
    };
    expect(await waiting('2026-11-22')).toEqual([2, 100, 2]);
    expect(await waiting('2026-11-20')).toEqual([2, 98, 2]);
    expect(await waiting('2026-11-19')).toEqual([3, 197, 2]);
    expect(await waiting('2026-08-15')).toEqual([2, 101, 2]);
    expect(await waiting('2026-12-18')).toEqual([2, 126, 2]);
    expect(await waiting('2026-12-19')).toEqual([2, 127, 1]);
    expect(await waiting('2026-05-01')).toEqual([0, null, 0]);
  });

  test('says what is not yet computed, and since when', async () => {
    await list([{ days: 10 }, { days: 11, stale: true }]);
    const report = await reports.waits(manager, { measure: 'sitrep' });
    expect(report.notYetComputed).toBe(1);
    expect(new Date(report.computedThrough).toISOString()).toBe('2026-11-22T10:30:00.000Z');
  });

  test('counts what is not yet computed no further than it is asked to', async () => {
    await list([
      { days: 10, stale: true },
      { days: 11, stale: true },
      { days: 12, stale: true },
    ]);
    const counted = (atMost?: number): Promise<unknown> =>
      t.database.inTenant(manager, async (tx) => (await staleness(tx, atMost)).notYetComputed);
    expect(await Promise.all([counted(), counted(2), counted(3)])).toEqual([3, 2, 3]);
  });

  test('of another tenant stays there', async () => {
    await list([{ days: 10, tenant: 'ELSE', provider: 'ZZ997' }]);
    expect((await reports.waits(manager, { measure: 'sitrep' })).rows[0]?.waiting).toBe(0);
  });

  test('of a measure with weekly bands has 105 of them, one without target none', async () => {
    const mental = { line: 'mental-health', measure: 'cyp-mh-first-contact', targetDays: null };
    await list([
      { days: 126, measure: 'ahp-rtt', headline: false },
      { days: 800, measure: 'ahp-rtt', headline: false },
      { days: 30, ...mental },
    ]);
    const [rtt] = (await reports.waits(manager, { measure: 'ahp-rtt' })).rows;
    expect(Object.keys(rtt?.bands ?? {})).toHaveLength(105);
    expect(rtt?.bands).toMatchObject({ '17-18': 1, '18-19': 0, '104+': 1 });
    const first = await reports.waits(manager, { service: 'mental-health' });
    expect(first).toMatchObject({ measure: 'cyp-mh-first-contact', standard: null });
    expect(first.rows[0]).toMatchObject({ waiting: 1, withinTarget: null });
  });
});

describe('groups and filters', () => {
  test('take any of the dimensions together', async () => {
    await list([
      { days: 10, council: 'E06000061', born: '2022-12-01', sen: 'none', decile: 1, ethnicity: 'A', need: 'voice', priority: 'urgent' },
      { days: 20, council: 'E06000062', provider: 'ZZ998', born: '2021-11-01', stage: 'awaiting-triage' },
      { days: 30, council: null, born: '2008-11-01', stage: null },
    ]);
    const groupBy = ['provider', 'localAuthority', 'ageBand', 'sen', 'deprivation', 'ethnicity', 'need', 'priority', 'stage'] as const;
    const { rows } = await reports.waits(manager, { measure: 'sitrep', groupBy });
    expect(rows.map((r) => [r.waiting, r.medianDays, ...groupBy.map((d) => r.group[d])])).toEqual([
      [1, 20, 'ZZ998', 'E06000062', '5-10', null, null, null, 'speech-sound', 'routine', 'awaiting-triage'],
      [1, 10, 'ZZ999', 'E06000061', '0-4', 'none', 1, 'A', 'voice', 'urgent', 'awaiting-first-contact'],
      [1, 30, 'ZZ999', null, '18+', null, null, null, 'speech-sound', 'routine', null],
    ]);
  });

  test('order ages as children grow', async () => {
    await list(['2026-01-01', '2021-11-01', '2015-11-01', '2010-11-01', '2008-11-01'].map((born) => ({ days: 9, born })));
    const { rows } = await reports.waits(manager, { measure: 'sitrep', groupBy: ['ageBand'] });
    expect(rows.map((r) => r.group.ageBand)).toEqual(['0-4', '5-10', '11-15', '16-17', '18+']);
  });

  test('name every provider that reports the list, also at zero', async () => {
    await list([{ days: 10 }]);
    const { rows } = await reports.waits(manager, { measure: 'sitrep', groupBy: ['provider'] });
    expect(rows.map((r) => [r.group.provider, r.waiting, r.overWeeks['52'], r.bands['0-1']])).toEqual([
      ['ZZ998', 0, 0, 0],
      ['ZZ999', 1, 0, 0],
    ]);
  });

  test('narrow the list', async () => {
    await list([
      { days: 10 },
      { days: 20, provider: 'ZZ998', council: 'E06000062' },
      { days: 30, line: 'specialist-equipment', headline: false },
    ]);
    const waiting = async (query: object): Promise<unknown> =>
      (await reports.waits(manager, { measure: 'sitrep', ...query })).rows[0]?.waiting;
    expect(await waiting({})).toBe(3);
    expect(await waiting({ service: 'speech-and-language-therapy' })).toBe(2);
    expect(await waiting({ service: 'specialist-equipment' })).toBe(1);
    expect(await waiting({ provider: 'ZZ998' })).toBe(1);
    expect(await waiting({ localAuthority: 'E06000061' })).toBe(2);
  });

  test('that make no sense are refused', async () => {
    await expect(reports.waits(manager, { measure: 'sitrep', service: 'mental-health' })).rejects.toMatchObject({ kind: 'rule' });
    await expect(reports.waits(manager, { measure: 'how-long' })).rejects.toMatchObject({ kind: 'rule' });
  });
});

describe('who sees what', () => {
  beforeEach(() => list([...days(1, 6), ...days(101, 140).map((c) => ({ ...c, provider: 'ZZ998', council: 'E06000062' }))]));

  test('a provider sees its own list exactly, and no other', async () => {
    expect((await reports.waits(trust, { measure: 'sitrep' })).rows[0]).toMatchObject({ waiting: 6, longestDays: 6 });
    expect((await reports.waits(otherTrust, { measure: 'sitrep', groupBy: ['localAuthority'] })).rows).toMatchObject([
      { group: { localAuthority: 'E06000062' }, waiting: 40 },
    ]);
    await expect(reports.waits(trust, { measure: 'sitrep', provider: 'ZZ998' })).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('a commissioner sees every cell suppressed or rounded, so that the ICB is no sum to unpick (example 54)', async () => {
    const all = await reports.waits(commissioner, { measure: 'sitrep' });
    const councils = await reports.waits(commissioner, { measure: 'sitrep', groupBy: ['localAuthority'] });
    const star = { value: null, suppressed: true, display: '*' };
    expect(all.disclosure).toBe('hes');
    expect([...councils.rows, ...all.rows].map((r) => r.waiting)).toEqual([star, 40, 45]);
    expect(councils.rows[0]).toEqual({
      group: { localAuthority: 'E06000061' },
      reported: true,
      waiting: star,
      bands: { '0-1': star, '>1-2': 0, '>2-4': 0, '>4-12': 0, '>12-18': 0, '>18-52': 0, '>52-104': 0, '>104': 0 },
      overWeeks: { 18: 0, 52: 0, 78: 0, 104: 0 },
      withinTarget: { count: star, percent: star },
      medianDays: star,
      p90Days: star,
      p92Days: star,
      longestDays: star,
    });
    expect(councils.rows[1]).toMatchObject({ medianDays: 121, longestDays: star, withinTarget: { count: 25, percent: 63 } });
    expect(JSON.stringify([all, councils])).not.toMatch(/"waiting":(6|46)\b/);
  });

  test('a commissioner sees mental-health figures by the rule of their own publication', async () => {
    const mental = { line: 'mental-health', measure: 'cyp-mh-first-contact', targetDays: null };
    await list(days(400, 404).map((c) => ({ ...c, ...mental })));
    const { rows, disclosure } = await reports.waits(commissioner, { service: 'mental-health' });
    expect(disclosure).toBe('mhsds');
    expect(rows[0]).toMatchObject({ waiting: 5, bands: { '0-1': { display: '*' }, '>52-104': 5 }, medianDays: { display: '*' } });
  });

  test('a commissioner cannot cut finer than two ways, by groups or filters', async () => {
    const ask = (query: object): Promise<unknown> => reports.waits(commissioner, { measure: 'sitrep', ...query });
    await expect(ask({ groupBy: ['provider', 'localAuthority', 'need'] })).rejects.toMatchObject({ kind: 'rule' });
    await expect(ask({ groupBy: ['ageBand', 'need'], localAuthority: 'E06000061' })).rejects.toMatchObject({ kind: 'rule' });
    await expect(ask({ groupBy: ['provider', 'localAuthority'], provider: 'ZZ999' })).resolves.toBeDefined();
  });

  test('nobody else sees anything, and who looked is written down', async () => {
    await expect(reports.waits(someone('QZZ', 'admin'), {})).rejects.toThrow(DomainError);
    await reports.waits(commissioner, { measure: 'sitrep' });
    const trail = await t.database.inTenant(manager, (tx) =>
      tx.query(`select action, org, detail->>'disclosure' as disclosure from audit_entry where tenant = 'TEST'`),
    );
    expect(trail).toEqual([{ action: 'report-read', org: 'QZZ', disclosure: 'hes' }]);
  });
});

test('as CSV it says on every row what it is', async () => {
  await list([{ days: 10 }, { days: 200, provider: 'ZZ998', council: null }]);
  const report = await reports.waits(manager, { measure: 'sitrep', groupBy: ['localAuthority'] });
  const [head, ...lines] = toCsv(waitsTable(report)).trimEnd().split('\r\n');
  expect(head).toMatch(
    /^Council,waiting,weeks 0-1,weeks >1-2,.*weeks >104,over 18 weeks,over 52 weeks,over 78 weeks,over 104 weeks,within target,.*longest days,measure,service,as of,disclosure/,
  );
  expect(lines).toEqual([
    'E06000061,1,0,1,0,0,0,0,0,0,0,0,0,0,1,100,10,10,10,10,sitrep,all,2026-11-22,none,2026.1,2026-11-22T10:30:00.000Z,0,SYNTHETIC: no real child is in these figures. Invented for tests.',
    'not recorded,1,0,0,0,0,0,1,0,0,1,0,0,0,0,0,200,200,200,200,sitrep,all,2026-11-22,none,2026.1,2026-11-22T10:30:00.000Z,0,SYNTHETIC: no real child is in these figures. Invented for tests.',
  ]);
});
