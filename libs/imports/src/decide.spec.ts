import { DEFAULT_LIMITS, mustBeConfirmed } from './decide.js';

test.each([
  ['nothing wrong', { rowsRead: 100, rowsBad: 0, open: 500, wouldEnd: 0 }, null],
  ['a tenth is bad', { rowsRead: 100, rowsBad: 10, open: 0, wouldEnd: 0 }, null],
  ['more than a tenth is bad', { rowsRead: 100, rowsBad: 11, open: 0, wouldEnd: 0 }, /11 of 100 rows/],
  ['a twentieth would leave', { rowsRead: 50, rowsBad: 0, open: 400, wouldEnd: 20 }, null],
  ['more than a twentieth would leave', { rowsRead: 50, rowsBad: 0, open: 400, wouldEnd: 21 }, /21 of 400 open referrals/],
  ['a short list loses a few', { rowsRead: 9, rowsBad: 0, open: 12, wouldEnd: 9 }, null],
  ['a short list is emptied', { rowsRead: 12, rowsBad: 0, open: 12, wouldEnd: 12 }, /12 of 12 open referrals/],
])('%s', (_, read, why) => {
  const found = mustBeConfirmed(read, DEFAULT_LIMITS);
  if (why === null) expect(found).toBeNull();
  else expect(found).toMatch(why);
});
