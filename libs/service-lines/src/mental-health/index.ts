import { priorityRisk, type ServiceLine } from '../service-line.js';
import { clocks } from './clocks.js';
import { MentalHealthDetails } from './details.js';

export const mentalHealth: ServiceLine<MentalHealthDetails> = {
  code: 'mental-health',
  name: 'Mental health',
  shortName: 'Mental health',
  dataSet: 'MHSDS',
  details: MentalHealthDetails,
  needOf: (details) => details.reason,
  factsOf: ({ reason, team }) => ({ reason, team }),
  urgentRisk: (details, priority) =>
    priorityRisk(priority) ?? (details.riskConcern ? { reason: 'referral-risk-concern', level: 'amber' } : null),
  rules: clocks,
  ownEvents: [],
  informationalEvents: [
    'allocated',
    'choice-appointment',
    'partnership-started',
    'risk-assessed',
    'safety-plan-agreed',
    'crisis-contact',
    'ed-attended',
    'admitted',
    'left-hospital',
    'internal-transfer',
    'consultation-to-network',
    'medication-reviewed',
    'transition-planned',
    'adult-service-accepted',
  ],
  checkIns: {
    everyWeeks: { default: 4 },
    milestoneWeeks: [12, 18, 26, 40, 52],
    // Monday to Thursday, so that what is answered meets staff before a weekend.
    questionsOn: [1, 2, 3, 4],
    questionsFrom: '09:00',
    questionsUntil: '15:00',
  },
  questions: [
    { concern: 'suicidal', words: 'Thinking about suicide, or saying they want to die' },
    { concern: 'self-harm', words: 'Hurting themselves' },
    { concern: 'abuse', words: 'Being hurt by someone, or not feeling safe' },
    { concern: 'not-eating', words: 'Not eating or drinking' },
    { concern: 'weight-loss', words: 'Losing weight quickly' },
    { concern: 'not-attending', words: 'Not going to school or college' },
    { concern: 'excluded', words: 'Excluded from school or college' },
    { concern: 'reduced-timetable', words: 'Only allowed in for part of the day' },
    { concern: 'carer-not-coping', words: 'The people at home are finding it hard to cope' },
    { concern: 'other', words: 'Something else' },
  ],
  words: {
    service: 'children and young people’s mental health',
    whileYouWait: [
      'Keep to ordinary days where you can: sleep, meals, getting out, seeing people.',
      'If things change, tell us by the link in our message: you do not have to wait for the next one.',
    ],
    whoReads: 'the mental-health team',
  },
};
