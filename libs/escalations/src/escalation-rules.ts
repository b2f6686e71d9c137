import { addDays, londonDay, londonInstant, weekday, type LocalDate } from '#kernel';

/** How soon a person must look, most urgent first. */
export const LEVELS = ['red', 'amber', 'yellow', 'blue'] as const;
export type Level = (typeof LEVELS)[number];

/** Bank holidays of England and Wales, as far ahead as a deadline can reach. */
export type Holidays = ReadonlySet<LocalDate>;

const DAY_OPENS = '09:00';
const DAY_CLOSES = '17:00';
const MS_PER_HOUR = 3_600_000;
const HOURS_PER_WORKING_DAY = 8;

/** Working hours from opening to the deadline (domain.md 9.2). A working day is eight working hours. */
const HOURS_ALLOWED: Record<Level, number> = {
  red: 1,
  amber: HOURS_PER_WORKING_DAY,
  yellow: 10 * HOURS_PER_WORKING_DAY,
  blue: 5 * HOURS_PER_WORKING_DAY,
};

/** The longest a deadline can be away, in calendar days, whatever holidays there are: how far ahead to read them. */
export const HOLIDAYS_NEEDED_DAYS = 40;

export const isWorkingDay = (day: LocalDate, holidays: Holidays): boolean => weekday(day) !== 0 && weekday(day) !== 6 && !holidays.has(day);

/** When an escalation of this level, opened at an instant, must have been looked at. Nights, weekends and bank holidays do not count. */
export function dueAt(level: Level, openedAt: Date, holidays: Holidays): Date {
  let left = HOURS_ALLOWED[level] * MS_PER_HOUR;
  for (let day = londonDay(openedAt); ; day = addDays(day, 1)) {
    if (!isWorkingDay(day, holidays)) continue;
    const from = Math.max(openedAt.getTime(), londonInstant(day, DAY_OPENS).getTime());
    const until = londonInstant(day, DAY_CLOSES);
    const hours = until.getTime() - from;
    if (hours <= 0) continue;
    if (hours >= left) return earlier(until, hours - left);
    left -= hours;
  }
}

/** Why an escalation was opened, in words for staff. Codes are kept; a code that is not here is shown as it is. */
export const REASON_WORDS: Readonly<Record<string, string>> = {
  'emergency-referral': 'Referred as an emergency: not a waiting-list item',
  'very-urgent-referral': 'Referred as very urgent',
  'referral-risk-concern': 'The referrer is worried about the child’s safety',
  'dysphagia-risk': 'Risk with eating or drinking in the referral',
  suicidal: 'Thoughts of suicide',
  'self-harm': 'Self-harm',
  abuse: 'Hurt by someone, or not safe',
  choking: 'Choking or trouble with breathing',
  'not-eating': 'Not eating or drinking',
  'weight-loss': 'Losing weight',
  'pressure-damage': 'Sore or broken skin',
  'equipment-unsafe': 'Equipment in use is not safe',
  'words-in-message': 'Words in a message that may mean danger',
  pain: 'Pain',
  outgrown: 'Has outgrown the equipment in use',
  'not-attending': 'Not attending school, college or nursery',
  excluded: 'Excluded from school, college or nursery',
  'reduced-timetable': 'On a reduced timetable',
  'carer-not-coping': 'People at home find it hard to cope',
  'worse-with-concern': 'Worse, with something else that worries the family',
  worse: 'Worse since the last time',
  other: 'Something else worries the family',
  message: 'A message to read',
  unsure: 'Not sure whether the service is still needed',
  'no-longer-needed': 'Says the service is no longer needed: to be confirmed with the family',
};

export const reasonWords = (reason: string): string => REASON_WORDS[reason] ?? reason;

function earlier(instant: Date, ms: number): Date {
  instant.setTime(instant.getTime() - ms);
  return instant;
}
