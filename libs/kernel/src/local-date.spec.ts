import { addDays, ageOn, daysBetween, isLocalDate, londonDay, londonInstant, londonTime, weekday } from './local-date.js';

describe('the London day an instant falls on', () => {
  test.each([
    ['49: 23:30 BST on 31 March', '2026-03-31T22:30:00Z', '2026-03-31', '23:30'],
    ['49: 00:30 BST on 1 April, still March in UTC', '2026-03-31T23:30:00Z', '2026-04-01', '00:30'],
    ['winter: London is UTC', '2026-01-05T23:59:59Z', '2026-01-05', '23:59'],
    ['the last minute before the clocks go forward', '2026-03-29T00:59:00Z', '2026-03-29', '00:59'],
    ['the first minute of summer time', '2026-03-29T01:00:00Z', '2026-03-29', '02:00'],
    ['the last minute of the day of 23 hours', '2026-03-29T22:59:59Z', '2026-03-29', '23:59'],
    ['midnight after the day of 23 hours', '2026-03-29T23:00:00Z', '2026-03-30', '00:00'],
    ['the last minute of summer time', '2026-10-25T00:59:00Z', '2026-10-25', '01:59'],
    ['01:00 comes a second time', '2026-10-25T01:00:00Z', '2026-10-25', '01:00'],
    ['the last minute of the day of 25 hours', '2026-10-25T23:59:59Z', '2026-10-25', '23:59'],
    ['midnight after the day of 25 hours', '2026-10-26T00:00:00Z', '2026-10-26', '00:00'],
  ])('%s', (_, instant, day, time) => {
    expect([londonDay(new Date(instant)), londonTime(new Date(instant))]).toEqual([day, time]);
  });
});

describe('the instant of a London time', () => {
  test.each([
    ['2026-01-05', '09:00', '2026-01-05T09:00:00.000Z'],
    ['2026-07-01', '09:00', '2026-07-01T08:00:00.000Z'],
    ['2026-07-01', '00:30', '2026-06-30T23:30:00.000Z'],
    ['2026-03-29', '00:10', '2026-03-29T00:10:00.000Z'],
    ['2026-03-29', '08:00', '2026-03-29T07:00:00.000Z'],
    ['2026-10-25', '00:10', '2026-10-24T23:10:00.000Z'],
    ['2026-10-25', '08:00', '2026-10-25T08:00:00.000Z'],
  ])('%s %s', (day, time, instant) => expect(londonInstant(day, time).toISOString()).toBe(instant));

  test('comes back as the same day and time, in every hour of a year but the one skipped in March', () => {
    for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 1)) {
      for (let hour = 0; hour < 24; hour++) {
        if (day === '2026-03-29' && hour === 1) continue;
        const time = `${String(hour).padStart(2, '0')}:30`;
        const instant = londonInstant(day, time);
        expect(`${londonDay(instant)} ${londonTime(instant)}`).toBe(`${day} ${time}`);
      }
    }
  });
});

describe('days are counted on the calendar', () => {
  test.each([
    ['the same day', '2026-01-05', '2026-01-05', 0],
    ['over the day of 23 hours', '2026-03-28', '2026-03-30', 2],
    ['over the day of 25 hours', '2026-10-24', '2026-10-26', 2],
    ['5: day 84 after the clocks went forward', '2026-01-05', '2026-03-30', 84],
    ['5: day 85', '2026-01-05', '2026-03-31', 85],
    ['6: day 126', '2026-01-05', '2026-05-11', 126],
    ['8: day 365', '2026-01-05', '2027-01-05', 365],
    ['over 29 February', '2028-02-28', '2028-03-01', 2],
    ['over a February without one', '2026-02-28', '2026-03-01', 1],
    ['backwards', '2026-01-05', '2026-01-01', -4],
  ])('%s', (_, from, to, days) => {
    expect(daysBetween(from, to)).toBe(days);
    expect(addDays(from, days)).toBe(to);
  });

  test.each([
    ['2026-01-05', 1],
    ['2026-03-29', 0],
    ['1969-12-31', 3],
  ])('%s is weekday %i', (day, expected) => expect(weekday(day)).toBe(expected));
});

test.each([
  ['2026-02-28', true],
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['2026-1-5', false],
  ['05/01/2026', false],
  ['2026-01-05T00:00:00Z', false],
  ['1899-12-31', false],
  ['2200-01-01', false],
  ['', false],
  [null, false],
  [20260105, false],
])('%p is a day: %p', (value, expected) => expect(isLocalDate(value)).toBe(expected));

describe('age', () => {
  test.each([
    ['the day before the 18th birthday', '2008-02-01', '2026-01-31', 17],
    ['the birthday itself', '2008-02-01', '2026-02-01', 18],
    ['born on 29 February, 28 February', '2008-02-29', '2026-02-28', 17],
    ['born on 29 February, 1 March', '2008-02-29', '2026-03-01', 18],
    ['the day of birth', '2026-01-05', '2026-01-05', 0],
  ])('%s', (_, birthDate, on, age) => expect(ageOn(birthDate, on)).toBe(age));
});
