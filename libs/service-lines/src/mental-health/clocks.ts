import { purposeOf, ReferralClock, SpellClock, wasAttended, type LineRules, type Measure, type Progress } from '#waits';
import { experienced } from '../experienced.js';

const FOUR_WEEKS = 28;
const ONE_WEEK = 7;
const CRISIS_AND_OTHER_TEAMS = ['A02', 'A03', 'A04', 'A11', 'A19', 'A20', 'A21', 'A22', 'A23', 'A24', 'A25', 'C05', 'E02', 'E03', 'E04'];
const DIGITAL_ONLY_PROVIDERS = ['DFC', 'S9X2N'];
const EATING_DISORDER = '12';
const FIRST_EPISODE_PSYCHOSIS = '01';

/** Which referrals are outside children's referral spells, and why (NHS England, measures MRS; domain reference 3.2). */
function outOfScope({ facts, priority, provider }: Progress): string | null {
  const { ageAtReferral, localAuthority, reason, team } = facts;
  if (ageAtReferral !== null && ageAtReferral > 17) return 'aged 18 or over at referral';
  if (localAuthority && !localAuthority.startsWith('E')) return 'not resident in England';
  if (DIGITAL_ONLY_PROVIDERS.includes(provider)) return 'digital-only provider';
  if (team === 'A18' && priority !== 'routine') return 'single point of access with urgent priority';
  if (reason === EATING_DISORDER && team !== 'A18' && team !== 'F01') return 'eating disorders have their own standard';
  if (reason === FIRST_EPISODE_PSYCHOSIS && team === 'A14') return 'first-episode psychosis has its own standard';
  if (CRISIS_AND_OTHER_TEAMS.includes(String(team))) return 'crisis or other excluded team';
  return null;
}

const firstContact: Measure = {
  code: 'cyp-mh-first-contact',
  title: 'Children and young people waiting for a first mental-health contact (MRS10)',
  starts: 'first in-scope referral of the spell: same child and provider, gaps up to 5 days',
  stops: 'first counted contact, direct (face to face, telephone, talk-type, video) or indirect',
  bands: 'sitrep',
  target: () => null,
  clock(context) {
    return new SpellClock(this, { parts: ['first-contact'], stopKind: 'first-contact', outOfScope }, context);
  },
};

const full: Measure = {
  code: 'cyp-mh-full',
  title: 'Children and young people waiting for a full clock stop (MRS09). 28 days is an ambition without a national threshold',
  starts: firstContact.starts,
  stops: 'latest of first counted contact, first baseline outcome score, first care plan or intervention',
  bands: 'sitrep',
  target: () => FOUR_WEEKS,
  clock(context) {
    return new SpellClock(
      this,
      { parts: ['first-contact', 'baseline-outcome', 'plan-or-intervention'], stopKind: 'full-clock-stop', outOfScope },
      context,
    );
  },
};

/** Children's eating disorders: one week urgent, four weeks routine, to the first treatment contact (NHS England standard, 95%). */
const eatingDisorder: Measure = {
  code: 'cyp-ed',
  title: 'Children and young people with an eating disorder starting treatment',
  starts: 'day the referral was received',
  stops: 'first contact with purpose treatment',
  bands: 'sitrep',
  target: (priority) => (priority === 'routine' ? FOUR_WEEKS : ONE_WEEK),
  clock(context) {
    return new ReferralClock(
      this,
      {
        appliesTo: (m) => m.progress.facts['reason'] === EATING_DISORDER,
        stop: ({ event }) =>
          wasAttended(event) && purposeOf(event) === 'treatment'
            ? { code: 'treatment', kind: 'treatment', effect: 'first treatment contact: clock stops' }
            : null,
      },
      context,
    );
  },
};

export const clocks: LineRules = {
  headline: 'cyp-mh-first-contact',
  measures: [firstContact, full, eatingDisorder, experienced(FOUR_WEEKS)],
  stageAfter: {},
  stageAfterAssessment: 'awaiting-treatment',
  stageInTreatment: null,
  treats: (e) => (wasAttended(e) && purposeOf(e) === 'treatment') || e.type === 'intervention',
};
