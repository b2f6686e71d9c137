import { purposeOf, ReferralClock, wasAttended, wasInRealTime, type LineRules, type Measure } from '#waits';
import { experienced } from '../experienced.js';

const EIGHTEEN_WEEKS = 126;

/**
 * Community Health Services SitRep, children's speech and language therapy.
 * The return's own clock stop could not be read, so each service says which it uses (`stopRule`), and reports print it.
 */
const sitrep: Measure = {
  code: 'sitrep',
  title: 'Community waiting list (SitRep): speech and language therapy',
  starts: 'day the referral was received; again at a decision to treat after active monitoring',
  stops:
    'first attended assessment or treatment contact, face to face, by telephone, video or talk-type (or first treatment, where the service chose that)',
  bands: 'sitrep',
  target: () => EIGHTEEN_WEEKS,
  clock(context) {
    return new ReferralClock(
      this,
      {
        stopsOnMonitoring: { byFamily: 'monitoring', byClinician: 'monitoring' },
        stop({ event, progress }) {
          const purpose = purposeOf(event);
          if (!wasAttended(event) || !wasInRealTime(event)) return null;
          if (purpose === 'treatment')
            return { code: 'first-contact', kind: 'first-contact', effect: 'first treatment contact: clock stops' };
          if (purpose !== 'assessment' || context.choices(progress.provider).stopRule === 'first-treatment') return null;
          return { code: 'first-contact', kind: 'first-contact', effect: 'first assessment contact: clock stops' };
        },
      },
      context,
    );
  },
};

/** AHP referral to treatment (AHP RTT guide, gateway 13844; NHS Data Dictionary, REFERRAL TO TREATMENT PERIOD STATUS). */
const ahpRtt: Measure = {
  code: 'ahp-rtt',
  title: 'Allied health professional referral to treatment',
  starts:
    'day the referral was received; again on rebooking after a first appointment not brought (33), and at a decision to treat after active monitoring (31, 32)',
  stops: 'first definitive treatment (30), or the codes 31 to 36',
  bands: 'weekly',
  target: () => EIGHTEEN_WEEKS,
  clock(context) {
    return new ReferralClock(
      this,
      {
        stopsOnMonitoring: { byFamily: '31', byClinician: '32' },
        nullifiesOnFirstNotBrought: true,
        endCodes: { noTreatment: '34', declined: '35', removed: '34', died: '36' },
        stop: (m) => (m.isTreatment ? { code: '30', kind: 'treatment', effect: 'first definitive treatment: clock stops' } : null),
      },
      context,
    );
  },
};

export const clocks: LineRules = {
  headline: 'sitrep',
  measures: [sitrep, ahpRtt, experienced(EIGHTEEN_WEEKS)],
  stageAfter: {},
  stageAfterAssessment: 'awaiting-treatment',
  stageInTreatment: null,
  treats: (e) => (wasAttended(e) && purposeOf(e) === 'treatment') || e.type === 'intervention',
};
