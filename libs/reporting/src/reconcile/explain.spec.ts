import type { Move } from './counting.js';
import { absoluteDifference, compareBands, explain, nearerBy } from './explain.js';

const computed = { '0-1': 10, '>18-52': 30, '>52-104': 5 };
const submitted = new Map([
  ['0-1', 10],
  ['>18-52', 20],
  ['>52-104', 15],
]);
const move = (from: string | null, to: string | null, count: number): Move => ({ from, to, count, referralIds: [] });
const rule = (code: string, ...moves: Move[]): Parameters<typeof explain>[2][number] => ({ alternative: { code, title: code }, moves });

test('differences are submitted less computed; a band not submitted is compared with nothing', () => {
  expect(compareBands(computed, new Map([['>18-52', 20]]))).toEqual([
    { band: '0-1', computed: 10, submitted: null, difference: null },
    { band: '>18-52', computed: 30, submitted: 20, difference: -10 },
    { band: '>52-104', computed: 5, submitted: null, difference: null },
  ]);
  expect(absoluteDifference(computed, submitted)).toBe(20);
});

test('a rule explains what would be gone of the sum of all differences; one that makes it worse less than nothing', () => {
  const explained = explain(computed, submitted, [
    rule('nothing'),
    rule('worse', move(null, '>18-52', 4)),
    rule('half', move('>18-52', '>52-104', 5)),
    rule('all', move('>18-52', '>52-104', 10)),
    rule('one-side', move('>18-52', null, 10)),
    rule('too-much', move('>18-52', '>52-104', 30)),
  ]);
  expect(explained.map((e) => [e.rule, e.explained, e.explainedPercent, e.remaining])).toEqual([
    ['all', 20, 100, 0],
    ['half', 10, 50, 10],
    ['one-side', 10, 50, 10],
    ['nothing', 0, 0, 20],
    ['worse', -4, -20, 24],
    ['too-much', -20, -100, 40],
  ]);
  expect(explained[0]?.bands).toEqual({ '0-1': 10, '>18-52': 20, '>52-104': 15 });
  const [, second] = compareBands(computed, submitted);
  expect(second && nearerBy(second, explained)).toEqual([
    { rule: 'all', difference: 0 },
    { rule: 'one-side', difference: 0 },
    { rule: 'half', difference: -5 },
  ]);
});

test('where nothing differs there is nothing to explain', () => {
  const same = new Map(Object.entries(computed));
  expect(explain(computed, same, [rule('any', move('0-1', null, 1))])).toMatchObject([{ explained: -1, explainedPercent: null }]);
  const [first] = compareBands(computed, same);
  expect(first && nearerBy(first, [])).toEqual([]);
});
