import { SITREP_BANDS, WEEKLY_BANDS } from '#waits';
import { bandLabels, readBand } from './band-spellings.js';

test.each<[string, string | null]>([
  ['0-1', '0-1'],
  ['0-1 weeks', '0-1'],
  ['weeks 0-1', '0-1'],
  ['0 to 1 week', '0-1'],
  ['<=1', '0-1'],
  ['under 1 week', '0-1'],
  ['>1-2', '>1-2'],
  ['1–2 wks', '>1-2'],
  ['>18-52', '>18-52'],
  ['18-52 weeks', '>18-52'],
  ['Over 18 to 52 weeks', '>18-52'],
  ['>18 and <=52', '>18-52'],
  [' > 52 - 104 ', '>52-104'],
  ['>104', '>104'],
  ['104+', '>104'],
  ['over 104 weeks', '>104'],
  ['104 weeks and over', '>104'],
  ['more than 104', '>104'],
  // Not one band of this return.
  ['>52', null],
  ['0-18', null],
  ['2-3', null],
  ['18', null],
  ['total', null],
  ['0-7 days', null],
  // What a spreadsheet has made of 1-2.
  ['02-Jan', null],
  ['Jan-02', null],
  ['02/01', null],
  ['2026-01-02', null],
  ['', null],
])('“%s” is the SitRep band %s', (spelling, band) => expect(readBand(spelling, 'sitrep')).toBe(band));

test.each<[string, string | null]>([
  ['0-1', '0-1'],
  ['Gt 00 To 01 Weeks SUM 1', '0-1'],
  ['Gt 17 To 18 Weeks SUM 1', '17-18'],
  ['Gt 104 Weeks SUM 1', '104+'],
  ['>18-19', '18-19'],
  ['18-52', null],
])('“%s” is the weekly band %s', (spelling, band) => expect(readBand(spelling, 'weekly')).toBe(band));

test('every name of our own is read as what it is', () => {
  for (const { label } of SITREP_BANDS) expect(readBand(`weeks ${label}`, 'sitrep')).toBe(label);
  for (const label of WEEKLY_BANDS) expect(readBand(label, 'weekly')).toBe(label);
  expect(bandLabels('sitrep')).toHaveLength(8);
});
