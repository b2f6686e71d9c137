import fc from 'fast-check';
import { systemPrincipal } from '#kernel';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import {
  countCell,
  countFromSql,
  countSql,
  disclosureWords,
  fewestFor,
  percentCell,
  percentileCell,
  percentileFromSql,
  percentileSql,
  SUPPRESSED,
  type Disclosure,
  type Percentile,
} from './disclosure.js';

const PERCENTILES: Percentile[] = [50, 90, 92];

const HIDDEN = '*';
const shown = (cell: unknown): unknown => (cell === SUPPRESSED ? HIDDEN : cell);

describe('a count, as Hospital Episode Statistics shows it (domain reference 8, examples 53 and 54)', () => {
  test.each([
    [0, 0],
    [1, HIDDEN],
    [5, HIDDEN],
    [6, HIDDEN],
    [7, HIDDEN],
    [8, 10],
    [12, 10],
    [13, 15],
    [40, 40],
    [46, 45],
    [1771, 1770],
  ])('%i is shown as %s', (count, as) => expect(shown(countCell(count, 'hes'))).toBe(as));

  test('a council of 6 cannot be found as the ICB’s total less the other council', () => {
    const [north, west, icb] = [6, 40, 46].map((n) => shown(countCell(n, 'hes')));
    expect([north, west, icb]).toEqual([HIDDEN, 40, 45]);
    // All that follows from 45 and 40: the total is 43 to 47, the other 38 to 42, so the hidden one is anything from 1 to 7.
    const possible = new Set<number>();
    for (let total = 43; total <= 47; total++) for (let other = 38; other <= 42; other++) possible.add(total - other);
    for (let n = 1; n <= 7; n++) expect(possible).toContain(n);
  });
});

describe('a count, as mental-health monthly statistics show it', () => {
  test.each([
    [0, HIDDEN],
    [3, HIDDEN],
    [4, HIDDEN],
    [5, 5],
    [7, 5],
    [8, 10],
    [5127, 5125],
  ])('%i is shown as %s', (count, as) => expect(shown(countCell(count, 'mhsds'))).toBe(as));
});

test('over lines whose rules differ, neither rule is loosened', () => {
  for (let n = 0; n < 500; n++) {
    const [hes, mhsds, both] = (['hes', 'mhsds', 'hes-and-mhsds'] as const).map((d) => countCell(n, d));
    expect(both).toEqual(hes === SUPPRESSED || mhsds === SUPPRESSED ? SUPPRESSED : hes);
  }
});

describe('a percentage', () => {
  test.each<[number, number, Disclosure, unknown]>([
    [576, 1771, 'none', 32.5],
    [0, 0, 'none', null],
    [0, 40, 'none', 0],
    [1, 3, 'none', 33.3],
    [576, 1771, 'hes', 32],
    [7, 40, 'hes', HIDDEN],
    [0, 40, 'hes', 0],
    [0, 0, 'hes', null],
    [3, 6, 'hes', HIDDEN],
    [4, 40, 'mhsds', HIDDEN],
    [0, 40, 'mhsds', HIDDEN],
    [5, 40, 'mhsds', 13],
    [20, 40, 'mhsds', 50],
  ])('of %i in %i, disclosure %s, is %s', (part, whole, disclosure, as) =>
    expect(shown(percentCell(countCell(part, disclosure), countCell(whole, disclosure), disclosure))).toBe(as),
  );

  test('tells nothing that the two cells beside it do not', () => {
    // 10 of 12 and 8 of 8 are both shown as 10 of 10.
    const of = (part: number, whole: number): unknown => percentCell(countCell(part, 'hes'), countCell(whole, 'hes'), 'hes');
    expect(of(10, 12)).toBe(of(8, 8));
  });
});

describe('a median or percentile', () => {
  test.each<[number | null, number, Disclosure, unknown]>([
    [170.25, 1771, 'none', 170.3],
    [12, 1, 'none', 12],
    [null, 0, 'none', null],
    [170.5, 8, 'hes', 171],
    [170.5, 7, 'hes', HIDDEN],
    [null, 0, 'hes', null],
    [170.5, 7, 'mhsds', HIDDEN],
    [170.5, 8, 'mhsds', 171],
    [null, 0, 'mhsds', HIDDEN],
  ])('%s of %i waits, disclosure %s, is %s', (days, count, disclosure, as) =>
    expect(shown(percentileCell(days, count, disclosure, 50))).toBe(as),
  );

  test.each<[Percentile, number, Disclosure, unknown]>([
    [90, 8, 'none', 340.5],
    [90, 29, 'hes', HIDDEN],
    [90, 30, 'hes', 341],
    [92, 37, 'hes', HIDDEN],
    [92, 38, 'hes', 341],
    [90, 29, 'mhsds', HIDDEN],
    [92, 38, 'mhsds', 341],
  ])('the %ith of %i waits, disclosure %s, is %s', (percentile, count, disclosure, as) =>
    expect(shown(percentileCell(340.5, count, disclosure, percentile))).toBe(as),
  );

  test('that is shown never lies between the longest wait and the next: three waits or more are at or above it', () => {
    for (const percentile of PERCENTILES) {
      for (let count = fewestFor(percentile); count < 2000; count++) {
        const upperNeighbour = Math.ceil((percentile * (count - 1)) / 100);
        expect(count - upperNeighbour).toBeGreaterThanOrEqual(3);
      }
    }
  });
});

test('every regime says in words what it does', () => {
  expect(disclosureWords('none')).toMatch(/Exact/);
  expect(disclosureWords('hes')).toMatch(/1 to 7.*nearest 5/);
  expect(disclosureWords('mhsds')).toMatch(/below 5/);
  expect(disclosureWords('hes')).toMatch(/Medians need 8 waits, the 90th percentile 30 and the 92nd 38/);
});

describe('the same rules in SQL', () => {
  let t: TestDatabase;
  beforeAll(async () => void (t = await testDatabase()));
  afterAll(() => t.close());

  test.each<Disclosure>(['none', 'hes', 'mhsds', 'hes-and-mhsds'])('%s: give what the pure functions give', async (disclosure) => {
    const cells = fc.array(fc.record({ count: fc.integer({ min: 0, max: 3000 }), halfDays: fc.integer({ min: 0, max: 4000 }) }), {
      minLength: 1,
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(cells, async (drawn) => {
        const small = Array.from({ length: 45 }, (_, count) => ({ count, halfDays: 341 }));
        const given = [...small, ...drawn].map((c) => ({ count: c.count, days: c.count === 0 ? null : c.halfDays / 2 }));
        const rows = await t.database.inTenant(systemPrincipal('TEST', 'test'), (tx) =>
          tx.query<{ count: number | null; days: (number | null)[] }>(
            `select ${countSql('count', disclosure)} as count,
               json_build_array(${PERCENTILES.map((p) => percentileSql('days', 'count', disclosure, p)).join(', ')}) as days
               from unnest($1::bigint[], $2::float8[]) with ordinality as given (count, days, n) order by n`,
            [given.map((g) => g.count), given.map((g) => g.days)],
          ),
        );
        rows.forEach((row, i) => {
          const { count, days } = given[i] ?? { count: 0, days: null };
          expect(countFromSql(row.count)).toEqual(countCell(count, disclosure));
          PERCENTILES.forEach((p, k) =>
            expect(percentileFromSql(row.days[k] ?? null, countFromSql(row.count))).toEqual(percentileCell(days, count, disclosure, p)),
          );
        });
        expect(rows).toHaveLength(given.length);
      }),
      { numRuns: 20 },
    );
  });
});
