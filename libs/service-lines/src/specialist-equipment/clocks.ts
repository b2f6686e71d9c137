import { daysBetween } from '#kernel';
import { isFullyHandedOver, ReferralClock, type LineRules, type Measure } from '#waits';
import { experienced } from '../experienced.js';

const EIGHTEEN_WEEKS = 126;
const NINETEEN_WEEKS = 133;

const sitrep: Measure = {
  code: 'sitrep',
  title: 'Community waiting list (SitRep): wheelchair, orthotics, prosthetics and equipment',
  starts: 'day the referral was received; again at a decision to treat after active monitoring',
  stops: 'every prescribed item handed over and usable',
  bands: 'sitrep',
  target: () => EIGHTEEN_WEEKS,
  clock(context) {
    return new ReferralClock(
      this,
      {
        stopsOnMonitoring: { byFamily: 'monitoring', byClinician: 'monitoring' },
        stop: (m) =>
          m.isTreatment ? { code: 'handover', kind: 'handover', effect: 'everything prescribed is usable: clock stops' } : null,
      },
      context,
    );
  },
};

/** National Wheelchair Data Collection: 3a within 18 weeks, 3b 19 weeks or more, 3c nothing prescribed; days 127 to 132 fit neither label. */
const handover: Measure = {
  code: 'equipment-handover',
  title: 'Equipment from referral to usable handover (National Wheelchair Data Collection)',
  starts: 'day the referral was received; outgrowing the order keeps the first start',
  stops: 'every prescribed item usable (3a, 3b), or nothing prescribed (3c)',
  bands: 'sitrep',
  target: () => EIGHTEEN_WEEKS,
  clock(context) {
    return new ReferralClock(
      this,
      {
        stop(m, wait) {
          if (m.event.type === 'prescription-decided' && m.isEnd) {
            return { code: '3c', kind: 'no-treatment', effect: 'nothing prescribed: clock stops, nothing delivered' };
          }
          if (!m.isTreatment) return null;
          const days = wait.startedOn === null ? null : daysBetween(wait.startedOn, m.on);
          const code = days === null ? null : days <= EIGHTEEN_WEEKS ? '3a' : days >= NINETEEN_WEEKS ? '3b' : null;
          return { code, kind: 'handover', effect: 'everything prescribed is usable: clock stops' };
        },
      },
      context,
    );
  },
};

export const clocks: LineRules = {
  headline: 'equipment-handover',
  measures: [handover, sitrep, experienced(EIGHTEEN_WEEKS)],
  stageAfter: {
    assessed: 'awaiting-decision',
    'prescription-decided': 'awaiting-funding',
    'funding-approved': 'awaiting-order',
    ordered: 'awaiting-supplier',
    'stock-received': 'awaiting-handover',
  },
  stageAfterAssessment: 'awaiting-decision',
  stageInTreatment: 'awaiting-review',
  treats: (e, progress) => e.type === 'handed-over' && isFullyHandedOver(progress),
};
