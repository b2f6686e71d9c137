import { DEFAULT_LIMITS, mustBeConfirmed, type ReadSummary } from './decide.js';

const NOTHING: ReadSummary = { rowsRead: 0, rowsBad: 0, open: 0, wouldEnd: 0, expected: 0, missing: 0 };

test.each<[string, Partial<ReadSummary>, RegExp | null]>([
  ['nothing wrong', { rowsRead: 100, open: 500, expected: 400 }, null],
  ['a tenth is bad', { rowsRead: 100, rowsBad: 10 }, null],
  ['more than a tenth is bad', { rowsRead: 100, rowsBad: 11 }, /11 of 100 rows/],
  ['a twentieth would leave', { rowsRead: 50, open: 400, wouldEnd: 20 }, null],
  ['more than a twentieth would leave', { rowsRead: 50, open: 400, wouldEnd: 21 }, /21 of 400 open referrals/],
  ['a short list loses a few', { rowsRead: 9, open: 12, wouldEnd: 9 }, null],
  ['a short list is emptied', { rowsRead: 12, open: 12, wouldEnd: 12 }, /12 of 12 open referrals would leave/],
  ['a whole list lacks a twentieth', { rowsRead: 380, open: 900, expected: 400, missing: 20 }, null],
  [
    'a whole list lacks more',
    { rowsRead: 379, open: 900, expected: 400, missing: 21 },
    /21 of 400 open referrals are missing.* Nothing is ended/,
  ],
  [
    'too much of everything: confirmed for the one, it must not go on for another unseen',
    { rowsRead: 60, rowsBad: 8, open: 61, wouldEnd: 52, expected: 61, missing: 31 },
    /^8 of 60 rows .* 52 of 61 open referrals would leave .* 31 of 61 open referrals are missing/,
  ],
  ['a short whole list lacks a few', { rowsRead: 1, open: 10, expected: 10, missing: 9 }, null],
])('%s', (_, read, why) => {
  const found = mustBeConfirmed({ ...NOTHING, ...read }, DEFAULT_LIMITS);
  if (why === null) expect(found).toBeNull();
  else expect(found).toMatch(why);
});
