import { londonDay, londonTime, weekday } from '#kernel';
import type { CheckInPlan } from '#service-lines';
import type { Holidays } from '#escalations';

const SUNDAY = 0;

/** Whether a line's questions may go out now. A line that asks on working days only asks on no bank holiday either. */
export function mayAskNow(plan: CheckInPlan, now: Date, holidays: Holidays): boolean {
  const [today, time] = [londonDay(now), londonTime(now)];
  if (!plan.questionsOn.includes(weekday(today)) || time < plan.questionsFrom || time >= plan.questionsUntil) return false;
  return plan.questionsOn.includes(SUNDAY) || !holidays.has(today);
}
