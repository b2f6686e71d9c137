import { ageOn, type FieldError, type LocalDate } from '#kernel';
import type { NewReferral } from './new-referral.js';

/** Children and young people with special educational needs: 0 to 25. */
const OLDEST = 25;

/** The days of a referral, and of the child it is for. */
export type DaysOfReferral = Pick<NewReferral, 'receivedOn' | 'authoredOn'> & { person: { birthDate: LocalDate } };

/** What must hold between the fields of a referral, each of which has been checked by itself. Pure. */
export function referralProblems({ receivedOn, authoredOn, person }: DaysOfReferral, today: LocalDate): FieldError[] {
  const problems: FieldError[] = [];
  const broken = (path: string, message: string): void => void problems.push({ path, message });
  const heard = receivedOn ?? today;
  if (receivedOn && receivedOn > today) broken('receivedOn', 'must not be after today');
  if (authoredOn && authoredOn > today) broken('authoredOn', 'must not be after today');
  if (person.birthDate > heard) broken('person.birthDate', 'must not be after the day the referral was received');
  else if (ageOn(person.birthDate, heard) > OLDEST)
    broken('person.birthDate', `must be of a person of at most ${OLDEST}: these are lists of children and young people`);
  return problems;
}
