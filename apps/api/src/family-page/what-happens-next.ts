import type { Heard, NotBefore } from '#check-ins';
import { londonDay, londonTime, weekday, type LocalDate } from '#kernel';
import type { FamilyWords } from '#service-lines';

/** Help that does not wait for us: on every page, first where it is urgent. */
export const HELP_NOW = [
  { when: 'If someone is in danger now', what: 'Call 999', href: 'tel:999' },
  { when: 'For urgent help, at any hour', what: 'Call NHS 111, and choose option 2 for mental health', href: 'tel:111' },
  { when: 'To talk to someone by text, at any hour', what: 'Text SHOUT to 85258', href: 'sms:85258' },
] as const;

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** Monday 23 November */
export const dayInWords = (day: LocalDate): string => `${WEEKDAYS[weekday(day)]} ${+day.slice(8)} ${MONTHS[+day.slice(5, 7) - 1]}`;

const beforeInWords = ({ on, time }: NotBefore): string => `Nobody reads this before ${time} on ${dayInWords(on)}.`;
const instantInWords = (instant: Date): string => `${londonTime(instant)} on ${dayInWords(londonDay(instant))}`;

/** What happens next with what was said, who reads it and when, in the order it matters. Nothing is promised that no rule keeps. */
export function whatHappensNext(heard: Heard, { whoReads }: FamilyWords, afterUrgent = false): string[] {
  const said: string[] = [];
  if (afterUrgent && !heard.urgent)
    said.push('What you pressed before is with us already. It is looked at first, as the page before this one said.');
  const team = `${whoReads.charAt(0).toUpperCase()}${whoReads.slice(1)}`;
  if (heard.urgent) {
    said.push('What you told us is marked as urgent.');
    if (heard.notBefore) said.push(`${beforeInWords(heard.notBefore)} If it cannot wait until then, use the numbers on this page now.`);
    if (heard.nightRota) said.push('Somebody is on call at night too.');
    if (heard.lookedAtBy) said.push(`${team} must look at it by ${instantInWords(heard.lookedAtBy)} at the latest.`);
  } else if (heard.lookedAtBy) {
    if (heard.notBefore) said.push(beforeInWords(heard.notBefore));
    said.push(`${team} will look at what you told us by ${instantInWords(heard.lookedAtBy)} at the latest.`);
  } else {
    said.push(`Your answers are kept for ${whoReads}. Nobody needs to do anything now, and we will ask again.`);
  }
  if (heard.safeguarding) {
    said.push(
      'It goes to the people whose work is to keep children safe. This link will not show it again, and we will send no message about it.',
    );
  }
  if (heard.noLongerNeeded) said.push('Somebody will get in touch to make sure. An answer here takes nobody off the waiting list.');
  said.push('Your place on the waiting list stays as it is.');
  return said;
}
