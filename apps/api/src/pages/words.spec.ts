import { SUPPRESSED } from '#reporting';
import { callWords, cellWords, dayWords, instantWords, lineWords, measureWords, plainWords } from './words.js';

test.each([
  ['2026-01-05', '5 January 2026'],
  ['2026-11-22', '22 November 2026'],
])('%s is %s', (day, words) => expect(dayWords(day)).toBe(words));

test.each([
  ['2026-11-22T10:30:00Z', 'Sunday 22 November 2026, 10:30'],
  ['2026-06-30T23:30:00Z', 'Wednesday 1 July 2026, 00:30'],
])('%s is %s in London', (instant, words) => expect(instantWords(new Date(instant))).toBe(words));

test('a cell', () => {
  expect([1771, 0, 32.5, null, undefined, SUPPRESSED].map(cellWords)).toEqual(['1,771', '0', '32.5', '–', '–', '*']);
});

test('codes', () => {
  expect(plainWords('awaiting-first-contact')).toBe('Awaiting first contact');
  expect(callWords('no-answer')).toBe('No answer to messages');
  expect(callWords('something-new')).toBe('Something new');
  expect(lineWords('mental-health')).toBe('Mental health');
  expect(measureWords('sitrep', 'speech-and-language-therapy')).toBe('Community waiting list (SitRep): speech and language therapy');
});
