import { addDays, type LocalDate } from '#kernel';
import { serviceLine, type CheckInPlan } from '#service-lines';
import type { CheckInFacts, CheckInPolicy, NextCheckIn } from '#waits';

/** A child in treatment is on somebody's mind; after so long without any contact it is asked again (domain.md 9.2, states table). */
const WEEKS_WITHOUT_CONTACT = 12;

/**
 * When the next check-in is owed, by stage and days since any human contact, not by whether a national clock runs.
 * Pure. Days that have passed long ago fold into one: the answer is a single day, and the next is counted from when that one ended.
 * Source: domain.md 9.2 (a proposal, configurable in each line's plan).
 */
export const checkInPolicy: CheckInPolicy = (line, facts) => {
  switch (facts.state) {
    case 'waiting':
      return whileWaiting(serviceLine(line).checkIns, facts);
    case 'in-treatment':
      return withoutContact(facts);
    case 'monitored':
      return atReview(facts);
    case 'rejected':
    case 'removed':
    case 'closed':
      return null;
  }
};

/** Whichever is first: the cadence of the stage, or the next milestone of the wait. */
function whileWaiting(plan: CheckInPlan, facts: CheckInFacts): NextCheckIn {
  const anchor = lastTouch(facts);
  const cadence = addDays(anchor, 7 * (plan.everyWeeks[facts.stage ?? 'default'] ?? plan.everyWeeks.default));
  const why = facts.lastHumanContactOn === null && facts.lastCheckInOn === null ? 'first' : 'cadence';
  const milestone = nextMilestone(plan, facts, anchor);
  return milestone && milestone.dueOn < cadence ? milestone : { dueOn: cadence, why };
}

/** Milestones count from the start of the running wait; where none runs (the hidden second wait, an unknown start) from the day on the list. */
function nextMilestone(plan: CheckInPlan, facts: CheckInFacts, anchor: LocalDate): NextCheckIn | null {
  const since = facts.waitingSince ?? facts.listedOn;
  for (const weeks of plan.milestoneWeeks) {
    const dueOn = addDays(since, 7 * weeks);
    if (dueOn > anchor) return { dueOn, why: `milestone-${weeks}w` };
  }
  return null;
}

/** At the review. One that was kept (or asked about) without the next being set falls back to the long cadence: nobody is forgotten. */
function atReview(facts: CheckInFacts): NextCheckIn {
  const { reviewOn } = facts;
  if (reviewOn !== null && lastTouch(facts) < reviewOn) return { dueOn: reviewOn, why: 'review' };
  return withoutContact(facts);
}

const withoutContact = (facts: CheckInFacts): NextCheckIn => ({
  dueOn: addDays(lastTouch(facts), 7 * WEEKS_WITHOUT_CONTACT),
  why: `no-contact-${WEEKS_WITHOUT_CONTACT}w`,
});

/** The last day anybody was in touch: on the list, seen or spoken to, asked. */
const lastTouch = ({ listedOn, treatedOn, lastHumanContactOn, lastCheckInOn }: CheckInFacts): LocalDate =>
  [treatedOn, lastHumanContactOn, lastCheckInOn].reduce<LocalDate>(
    (latest, day) => (day !== null && day > latest ? day : latest),
    listedOn,
  );
