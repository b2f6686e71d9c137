import { londonInstant } from '#kernel';
import { nobodyReadsBefore } from './reading-hours.js';

const HOLIDAYS = new Set(['2026-12-25', '2026-12-28']);

describe('nobody reads this before', () => {
  test.each([
    ['a Monday morning', '2026-11-23 10:30', null],
    ['a Monday at eight', '2026-11-23 08:00', null],
    ['a Monday before eight', '2026-11-23 07:59', '2026-11-23 08:00'],
    ['a Monday at five', '2026-11-23 17:00', '2026-11-24 08:00'],
    ['a Monday at night', '2026-11-23 23:30', '2026-11-24 08:00'],
    ['a Friday evening', '2026-11-20 18:00', '2026-11-23 08:00'],
    ['a Saturday', '2026-11-21 12:00', '2026-11-23 08:00'],
    ['a Sunday', '2026-11-22 10:30', '2026-11-23 08:00'],
    ['Christmas Eve at night', '2026-12-24 22:00', '2026-12-29 08:00'],
    ['Christmas Day', '2026-12-25 09:00', '2026-12-29 08:00'],
    ['a summer morning, by London and not by Greenwich', '2026-07-06 08:05', null],
    ['the night the clocks go forward', '2026-03-29 00:30', '2026-03-30 08:00'],
    ['the night the clocks go back', '2026-10-25 01:30', '2026-10-26 08:00'],
  ])('%s (%s): %s', (_example, at, then) => {
    const found = nobodyReadsBefore(londonInstant(at.slice(0, 10), at.slice(11)), HOLIDAYS, false);
    expect(found && `${found.on} ${found.time}`).toBe(then);
  });

  it('is never said where a rota reads at night', () => {
    expect(nobodyReadsBefore(londonInstant('2026-11-22', '03:00'), HOLIDAYS, true)).toBeNull();
  });
});
