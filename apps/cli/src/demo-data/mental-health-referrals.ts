import { COMMUNITY_TRUST } from './making.js';
import type { Random } from './random.js';
import type { Referred } from './story.js';
import type { WaitingHabits } from './while-waiting.js';

export const LINE = 'mental-health';

export const CHILD = {
  line: LINE,
  minAge: 4,
  ages: [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17].map(
    (age, i) => [age, [1, 3, 5, 6, 7, 8, 8, 9, 10, 11, 11, 10, 8, 4][i] ?? 0] as const,
  ),
  boys: 0.46,
  sen: [
    ['none', 58],
    ['sen-support', 29],
    ['ehc-plan', 13],
  ],
} as const;

export const HABITS: WaitingHabits = {
  support: [
    ['check-in-call', 34],
    ['strategies-sent', 26],
    ['workshop', 18],
    ['advice-line', 14],
    ['duty-call', 8],
  ],
  notes: ['consultation-to-network', 'allocated', 'school-changed', 'gp-changed', 'harm-reviewed'],
  // Any call that reaches the child is a first contact in this measure.
  triageCall: false,
  supportEveryWeeks: 22,
};

/** PRIMARY REASON FOR REFERRAL (MENTAL HEALTH): anxiety and the neurodevelopmental ones are the longest lists. */
const REASONS = [
  ['05', 24],
  ['24', 19],
  ['25', 16],
  ['04', 12],
  ['15', 7],
  ['16', 5],
  ['11', 4],
  ['21', 4],
  ['06', 3],
  ['07', 2],
  ['19', 2],
  ['26', 1.5],
  ['30', 0.5],
] as const;

const TEAMS = [
  ['A06', 46],
  ['A18', 12],
  ['A13', 12],
  ['F01', 10],
  ['D06', 8],
  ['C06', 3],
  ['E01', 2],
] as const;

export function referred(random: Random, received: number | null, more: Partial<Referred> = {}): Omit<Referred, 'id'> {
  const reason = random.weighted(REASONS);
  const team = reason === '24' || reason === '25' || reason === '26' ? 'C04' : random.weighted(TEAMS);
  return {
    received,
    provider: COMMUNITY_TRUST,
    // Urgent work at the single point of access is outside the measure (see `uncounted`).
    priority: team !== 'A18' && random.chance(0.03) ? 'urgent' : team === 'A06' && random.chance(0.002) ? 'very-urgent' : 'routine',
    sourceOfReferral: random.weighted([
      ['gp', 44],
      ['education', 24],
      ['carer', 10],
      ['community-paediatrics', 7],
      ['social-care', 6],
      ['self', 5],
      ['school-nurse', 4],
    ]),
    details: { reason, team, riskConcern: random.chance(reason === '15' ? 0.06 : 0.003) },
    ...more,
  };
}

/** Referrals outside children's referral spells (domain reference 3.2). */
export const UNCOUNTED = [
  { reason: '12', team: 'C10', priority: 'routine' },
  { reason: '12', team: 'C10', priority: 'routine' },
  { reason: '12', team: 'C10', priority: 'urgent' },
  { reason: '18', team: 'A02', priority: 'urgent' },
  { reason: '15', team: 'A18', priority: 'urgent' },
  { reason: '01', team: 'A14', priority: 'urgent' },
] as const;
