import { addDays, type LocalDate } from '#kernel';

/** Weeks at which a wait is noticed. A wait crosses N weeks on day 7N + 1: the first day it is longer. */
export const THRESHOLD_WEEKS = [2, 4, 12, 18, 26, 40, 52, 65, 78, 104] as const;

/** The day a wait that began on `startedOn` crosses so many weeks. */
export const crossesOn = (startedOn: LocalDate, weeks: number): LocalDate => addDays(startedOn, 7 * weeks + 1);
