import type { LocalDate } from '#kernel';
import { mayBeTold } from '#check-ins';
import { isOpen } from '#waits';
import type { Disclosure } from '../disclosure.js';

/** What can be wrong with what we were told. */
export interface Problem {
  code: ProblemCode;
  title: string;
  /** What is counted, for whoever reads the report without us. */
  means: string;
}

/** A problem of a referral. `where` and `since` are SQL over its facts: `s` its state, `p` its child, `t` what was told of it (see statements.ts); $2 is today. */
export interface ReferralProblem extends Problem {
  where: string;
  /** The day since which it is wrong. */
  since: string;
  /** Reads the events: only then are they gathered. */
  readsEvents?: true;
}

export const PROBLEM_CODES = [
  'unknown-start',
  'no-nhs-number',
  'no-way-to-contact',
  'nothing-for-12-weeks',
  'contact-after-closure',
  'appointment-without-outcome',
  'identity-in-dispute',
  'end-without-telling',
  'unmapped-code',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Whose referrals are looked at. Null = all. */
export interface QualityScope {
  today: LocalDate;
  provider: string | null;
  service: string | null;
  disclosure: Disclosure;
}

/** A referral with a problem, as its provider mends it. No name: the referral's own page has it. */
export interface ProblemRow {
  /** By which a list goes on after it: the referral's id, where the problem is of a referral. */
  key: string;
  /** Null where a row that was set aside is about no referral that is held. */
  referralId: string | null;
  personId: string | null;
  service: string;
  receivedOn: LocalDate | null;
  problem: ProblemCode;
  wrong: string;
  since: LocalDate;
  /** The row of the file, where one was set aside. */
  importId?: string;
  rowNo?: number;
}

/** Where the page before ended. */
export interface AfterRow {
  since: LocalDate;
  key: string;
}

export const IS_OPEN = isOpen('s.state');

const TWELVE_WEEKS = 84;

/**
 * Somebody who may be told of this line, at a telephone, an email address, or by letter. A wish for letters counts: addresses are not kept here.
 * Contacts show no row outside readIdentity.
 */
const CAN_BE_REACHED = `exists (select from contact k
  where k.tenant = s.tenant and k.person_id = s.person_id and k.provider = s.provider and ${mayBeTold('s', 'p')}
    and (k.phone is not null or k.email is not null or k.preferred_channel = 'letter'))`;

export const REFERRAL_PROBLEMS: readonly ReferralProblem[] = [
  {
    code: 'unknown-start',
    title: 'Start unknown',
    means: 'open referrals whose day of receipt is not known: listed and owed check-ins, but without a wait',
    where: `${IS_OPEN} and s.received_on is null`,
    since: 's.listed_on',
  },
  {
    code: 'no-nhs-number',
    title: 'No NHS number',
    means: 'open referrals of a child without an NHS number: it cannot be known again at another provider',
    where: `${IS_OPEN} and p.nhs_number_key is null`,
    since: 's.listed_on',
  },
  {
    code: 'no-way-to-contact',
    title: 'No way to contact',
    means: 'open referrals without anybody who may be told of it and has a telephone, an email address or asked for letters',
    where: `${IS_OPEN} and not ${CAN_BE_REACHED}`,
    since: 's.listed_on',
  },
  {
    code: 'nothing-for-12-weeks',
    title: 'Nothing told for 12 weeks',
    means: 'children waiting of whom nothing at all has been told for 84 days: perhaps they are still here, perhaps nobody looked',
    where: `s.state = 'waiting' and coalesce(t.last_on, s.listed_on) <= $2::date - ${TWELVE_WEEKS}`,
    since: 'coalesce(t.last_on, s.listed_on)',
    readsEvents: true,
  },
  {
    code: 'contact-after-closure',
    title: 'Contact after closure',
    means:
      'referrals that ended in the last 12 months with a contact dated after their end: the end may be wrong, or a new referral missing',
    where: 't.contact_after_end_on is not null',
    since: 't.contact_after_end_on',
    readsEvents: true,
  },
  {
    code: 'appointment-without-outcome',
    title: 'Appointment without outcome',
    means: 'open referrals whose last booked appointment has passed, with no contact, cancellation or rebooking told on that day or after',
    where: `${IS_OPEN} and t.booked_on < $2 and coalesce(t.outcome_on < t.booked_on, true)`,
    since: 't.booked_on',
    readsEvents: true,
  },
  {
    code: 'identity-in-dispute',
    title: 'Identity in dispute',
    means: 'open referrals of a child told with another birth date elsewhere: nothing is sent until a person has looked',
    where: `${IS_OPEN} and p.identity_disputed_at is not null`,
    since: `(p.identity_disputed_at at time zone 'Europe/London')::date`,
  },
  {
    code: 'end-without-telling',
    title: 'Ended, family told not recorded',
    means: 'waits that an import says ended without treatment in the last 12 months, without the day on which the family was told',
    where: 't.ended_untold_on is not null',
    since: 't.ended_untold_on',
    readsEvents: true,
  },
];

/** Of rows, not of referrals: see unmapped.ts. */
const UNMAPPED_CODE: Problem = {
  code: 'unmapped-code',
  title: 'Code not mapped',
  means: 'rows an import set aside in the last 12 months for a code nobody has mapped, until what they are about is told again',
};

export const PROBLEMS: readonly Problem[] = [...REFERRAL_PROBLEMS, UNMAPPED_CODE];

/** @returns undefined for a code there is not */
export const problemOf = (code: string): Problem | undefined => PROBLEMS.find((p) => p.code === code);
