import { bandOf, SITREP_BANDS, WEEKLY_BANDS } from './bands.js';
import { crossesOn } from './thresholds.js';

describe('SitRep bands, both edges of each (domain reference 2.2)', () => {
  test.each([
    [0, '0-1'],
    [7, '0-1'],
    [8, '>1-2'],
    [14, '>1-2'],
    [15, '>2-4'],
    [28, '>2-4'],
    [29, '>4-12'],
    [84, '>4-12'],
    [85, '>12-18'],
    [126, '>12-18'],
    [127, '>18-52'],
    [364, '>18-52'],
    [365, '>52-104'],
    [728, '>52-104'],
    [729, '>104'],
    [5000, '>104'],
  ])('%i days lie in %s', (days, band) => expect(bandOf(days, 'sitrep')).toBe(band));

  test('leave no day out and count none twice', () => {
    expect(SITREP_BANDS.map((b) => b.label)).toEqual(['0-1', '>1-2', '>2-4', '>4-12', '>12-18', '>18-52', '>52-104', '>104']);
    for (let days = 0; days <= 800; days++) expect(SITREP_BANDS.filter((b) => b.from <= days && days <= b.to)).toHaveLength(1);
  });
});

describe('weekly bands, as RTT publishes them (domain reference 1.6)', () => {
  test.each([
    [0, '0-1'],
    [7, '0-1'],
    [8, '1-2'],
    [14, '1-2'],
    [15, '2-3'],
    [126, '17-18'],
    [127, '18-19'],
    [364, '51-52'],
    [365, '52-53'],
    [721, '102-103'],
    [722, '103-104'],
    [728, '103-104'],
    [729, '104+'],
    [5000, '104+'],
  ])('%i days lie in %s', (days, band) => expect(bandOf(days, 'weekly')).toBe(band));

  test('are the 105 published columns', () => {
    expect(WEEKLY_BANDS).toHaveLength(105);
    expect(new Set(WEEKLY_BANDS).size).toBe(105);
    expect(new Set(Array.from({ length: 800 }, (_, days) => bandOf(days, 'weekly')))).toEqual(new Set(WEEKLY_BANDS));
  });
});

describe('thresholds', () => {
  test.each([
    [2, '2026-01-20'],
    [18, '2026-05-12'],
    [52, '2027-01-05'],
    [104, '2028-01-04'],
  ])('a wait from 5 January 2026 crosses %i weeks on %s', (weeks, on) => expect(crossesOn('2026-01-05', weeks)).toBe(on));
});
