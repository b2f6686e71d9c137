import { strFromU8, unzipSync } from 'fflate';
import { csvCell, toCsv } from './csv.js';
import { SUPPRESSED } from './disclosure.js';
import { waitsTable } from './tables.js';
import type { WaitsReport } from './waits-report.js';
import { toXlsx } from './xlsx.js';

const report: WaitsReport = {
  measure: 'sitrep',
  service: null,
  asOf: '2026-11-22',
  frozen: false,
  disclosure: 'hes',
  rulesVersion: '2026.1',
  computedThrough: '2026-11-22T10:30:00.000Z',
  notYetComputed: 2,
  synthetic: true,
  syntheticShape: 'Shaped after RP1, 31 October 2023',
  definitions: { measure: 'Community waiting list', days: '=1+1' },
  services: [],
  standard: null,
  groupBy: ['need'],
  rows: [
    {
      group: { need: '=cmd|calc' },
      reported: true,
      waiting: 10,
      bands: { '0-1': 10, '>1-2': SUPPRESSED },
      overWeeks: { 18: 0, 52: SUPPRESSED },
      withinTarget: { count: 10, percent: 100 },
      medianDays: 5,
      p90Days: 6,
      p92Days: 6,
      longestDays: SUPPRESSED,
    },
  ],
  dataQuality: { unknownStart: 0 },
};

describe('a cell of CSV', () => {
  test.each([
    ['=1+1', `'=1+1`],
    ['+44', `'+44`],
    ['-1', `'-1`],
    ['@x', `'@x`],
    ['\tx', `'\tx`],
    ['\rx', `"'\rx"`],
    [-1, '-1'],
    [null, ''],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['Zoë', 'Zoë'],
    ['>52-104', '>52-104'],
  ])('%j is written %j', (cell, as) => expect(csvCell(cell)).toBe(as));
});

test('a report is one row a group, with what the figures are', () => {
  expect(toCsv(waitsTable(report))).toBe(
    'Need,waiting,weeks 0-1,weeks >1-2,over 18 weeks,over 52 weeks,within target,within target %,median days,90th percentile days,92nd percentile days,longest days,' +
      'measure,service,as of,disclosure,rules version,computed through,pathways not yet computed,synthetic\r\n' +
      `'=cmd|calc,10,10,*,0,*,10,100,5,6,6,*,sitrep,all,2026-11-22,hes,2026.1,2026-11-22T10:30:00.000Z,2,` +
      '"SYNTHETIC: no real child is in these figures. Shaped after RP1, 31 October 2023."\r\n',
  );
});

test('a workbook holds the figures, the marks and the meanings, and no formula', async () => {
  const parts = Object.entries(unzipSync(new Uint8Array(await toXlsx(report)))).map(([name, bytes]) => [name, strFromU8(bytes)] as const);
  const everything = parts.map(([, text]) => text).join('\n');
  expect(parts.map(([name]) => name)).toEqual(expect.arrayContaining(['xl/worksheets/sheet1.xml', 'xl/worksheets/sheet2.xml']));
  expect(everything).toContain('SYNTHETIC: no real child is in these figures. Shaped after RP1, 31 October 2023.');
  expect(everything).toContain('2 pathways are not yet computed');
  expect(everything).toContain('=cmd|calc');
  expect(everything).toContain('Community waiting list');
  expect(everything).not.toMatch(/<f>/);
});
