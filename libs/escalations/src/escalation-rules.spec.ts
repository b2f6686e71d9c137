import { londonInstant } from '#kernel';
import { dueAt, type Level } from './escalation-rules.js';

// Easter, Christmas and New Year as the calendar of England and Wales has them.
const HOLIDAYS = new Set(['2026-04-03', '2026-04-06', '2026-12-25', '2026-12-28', '2027-01-01']);

const at = (text: string): Date => londonInstant(text.slice(0, 10), text.slice(11));

interface Example {
  example: string;
  level: Level;
  opened: string;
  due: string;
}

/** All times are London wall-clock. 2026-11-23 is a Monday. */
const examples: Example[] = [
  { example: 'red on a Monday morning', level: 'red', opened: '2026-11-23 09:30', due: '2026-11-23 10:30' },
  { example: 'red before the day opens', level: 'red', opened: '2026-11-23 07:10', due: '2026-11-23 10:00' },
  { example: 'red at exactly 09:00', level: 'red', opened: '2026-11-23 09:00', due: '2026-11-23 10:00' },
  { example: 'red at 16:00 ends with the day', level: 'red', opened: '2026-11-23 16:00', due: '2026-11-23 17:00' },
  { example: 'red at 16:40 goes on next morning', level: 'red', opened: '2026-11-23 16:40', due: '2026-11-24 09:40' },
  { example: 'red at exactly 17:00', level: 'red', opened: '2026-11-23 17:00', due: '2026-11-24 10:00' },
  { example: 'red at night', level: 'red', opened: '2026-11-23 23:55', due: '2026-11-24 10:00' },
  { example: 'red just after midnight', level: 'red', opened: '2026-11-24 00:05', due: '2026-11-24 10:00' },
  { example: 'red on Friday 16:30 goes on on Monday', level: 'red', opened: '2026-11-20 16:30', due: '2026-11-23 09:30' },
  { example: 'red on Sunday', level: 'red', opened: '2026-11-22 10:30', due: '2026-11-23 10:00' },
  { example: 'red on the Thursday evening before Easter', level: 'red', opened: '2026-04-02 18:00', due: '2026-04-07 10:00' },
  { example: 'red on Christmas Day', level: 'red', opened: '2026-12-25 12:00', due: '2026-12-29 10:00' },
  { example: 'red in the weekend clocks go forward', level: 'red', opened: '2026-03-29 00:30', due: '2026-03-30 10:00' },
  { example: 'red on the Friday before, into summer time', level: 'red', opened: '2026-03-27 16:45', due: '2026-03-30 09:45' },
  { example: 'red in the hour that comes twice', level: 'red', opened: '2026-10-25 01:30', due: '2026-10-26 10:00' },
  { example: 'red on the Friday before, into winter time', level: 'red', opened: '2026-10-23 16:45', due: '2026-10-26 09:45' },
  { example: 'amber is the same hour of the next working day', level: 'amber', opened: '2026-11-23 10:00', due: '2026-11-24 10:00' },
  { example: 'amber on Friday', level: 'amber', opened: '2026-11-20 16:00', due: '2026-11-23 16:00' },
  { example: 'amber at night has the whole next day', level: 'amber', opened: '2026-11-23 20:00', due: '2026-11-24 17:00' },
  { example: 'amber over Easter', level: 'amber', opened: '2026-04-02 12:00', due: '2026-04-07 12:00' },
  { example: 'amber over the clocks going forward', level: 'amber', opened: '2026-03-27 12:00', due: '2026-03-30 12:00' },
  { example: 'amber over the clocks going back', level: 'amber', opened: '2026-10-23 12:00', due: '2026-10-26 12:00' },
  { example: 'blue in a plain week', level: 'blue', opened: '2026-11-23 10:00', due: '2026-11-30 10:00' },
  { example: 'blue over Christmas and New Year', level: 'blue', opened: '2026-12-23 10:00', due: '2027-01-04 10:00' },
  { example: 'yellow in plain weeks', level: 'yellow', opened: '2026-11-23 10:00', due: '2026-12-07 10:00' },
  { example: 'yellow over the clocks going back', level: 'yellow', opened: '2026-10-19 09:00', due: '2026-10-30 17:00' },
];

describe('the deadline of an escalation', () => {
  test.each(examples)('$example: $opened -> $due', ({ level, opened, due }) => {
    expect(dueAt(level, at(opened), HOLIDAYS)).toEqual(at(due));
  });

  it('is never moved earlier by seconds lost', () => {
    expect(dueAt('red', new Date('2026-11-23T16:30:15.250Z'), HOLIDAYS)).toEqual(new Date('2026-11-24T09:30:15.250Z'));
  });
});
