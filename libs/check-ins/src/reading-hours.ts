import { isWorkingDay, type Holidays } from '#escalations';
import { addDays, londonDay, londonTime, type LocalDate } from '#kernel';

const READ_FROM = '08:00';
const READ_UNTIL = '17:00';

/** The moment before which nobody reads an answer, in London. */
export interface NotBefore {
  on: LocalDate;
  time: string;
}

/**
 * What a family must be told when it answers out of hours: nobody reads this before then. Null in hours, and where a rota reads at night.
 * It only ever promises too little: a deadline is told beside it.
 */
export function nobodyReadsBefore(now: Date, holidays: Holidays, nightRota: boolean): NotBefore | null {
  const [today, time] = [londonDay(now), londonTime(now)];
  const readToday = isWorkingDay(today, holidays);
  if (nightRota || (readToday && time >= READ_FROM && time < READ_UNTIL)) return null;
  let on = readToday && time < READ_FROM ? today : addDays(today, 1);
  while (!isWorkingDay(on, holidays)) on = addDays(on, 1);
  return { on, time: READ_FROM };
}
