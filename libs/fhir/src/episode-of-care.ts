import type { LocalDate } from '#kernel';
import type { ReferralView } from '#referrals';
import { serviceLine } from '#service-lines';
import { progressOf, stateOf, type PathwayEvent, type ReferralStateName } from '#waits';
import { childReference, organisation } from './service-request.js';
import { SERVICE_LINE } from './systems.js';

/** The one status of R4 for a child who waits is `waitlist`. */
const STATUSES: Record<ReferralStateName, string> = {
  waiting: 'waitlist',
  'in-treatment': 'active',
  monitored: 'onhold',
  rejected: 'cancelled',
  removed: 'finished',
  closed: 'finished',
};
const ENDED = ['cancelled', 'finished'];

interface StatusPeriod {
  status: string;
  period: { start: LocalDate; end?: LocalDate };
}

/** A referral's way through, as an EpisodeOfCare. The day it begins is left out where nobody knows it. Pure. */
export function episodeOfCareOf(referral: ReferralView, events: readonly PathwayEvent[], today: LocalDate): Record<string, unknown> {
  const status = STATUSES[referral.state];
  const history = statusHistory(referral, events, today);
  const end = ENDED.includes(status) ? history.at(-1)?.period.start : undefined;
  return {
    resourceType: 'EpisodeOfCare',
    id: referral.id,
    status,
    statusHistory: history,
    type: [{ coding: [{ system: SERVICE_LINE, code: referral.service }] }],
    patient: childReference(referral.personId),
    managingOrganization: organisation(referral.provider),
    period: { ...(referral.receivedOn ? { start: referral.receivedOn } : {}), ...(end ? { end } : {}) },
    referralRequest: [{ reference: `ServiceRequest/${referral.id}` }],
  };
}

/** Folded anew for every day on which something happened, by the rules that say where the child stands today. */
function statusHistory(referral: ReferralView, events: readonly PathwayEvent[], today: LocalDate): StatusPeriod[] {
  const { rules } = serviceLine(referral.service);
  const days = [...new Set(events.map((e) => e.occurredOn))].filter((day) => day <= today).sort();
  const history: StatusPeriod[] = [];
  for (const day of days) {
    const progress = progressOf(events, rules, day).get(referral.id);
    if (!progress) continue;
    const status = STATUSES[stateOf(progress)];
    const last = history.at(-1);
    if (last?.status === status) continue;
    if (last) last.period.end = day;
    history.push({ status, period: { start: day } });
  }
  return history;
}
