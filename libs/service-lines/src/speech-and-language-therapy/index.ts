import { priorityRisk, type ServiceLine } from '../service-line.js';
import { clocks } from './clocks.js';
import { SpeechAndLanguageTherapyDetails } from './details.js';

export const speechAndLanguageTherapy: ServiceLine<SpeechAndLanguageTherapyDetails> = {
  code: 'speech-and-language-therapy',
  name: 'Speech and language therapy',
  shortName: 'SALT',
  dataSet: 'CSDS',
  details: SpeechAndLanguageTherapyDetails,
  needOf: (details) => details.need,
  factsOf: () => ({}),
  urgentRisk: (details, priority) =>
    priorityRisk(priority) ?? (details.dysphagiaRisk ? { reason: 'dysphagia-risk', level: 'amber' } : null),
  rules: clocks,
  ownEvents: [],
  informationalEvents: [
    'hearing-test-awaited',
    'dysphagia-assessed',
    'put-on-therapy-list',
    'block-started',
    'block-ended',
    'programme-given',
    'group-attended',
    'setting-visited',
  ],
  checkIns: {
    everyWeeks: { default: 12 },
    milestoneWeeks: [12, 18, 26, 40, 52],
    questionsOn: [0, 1, 2, 3, 4, 5, 6],
    questionsFrom: '08:00',
    questionsUntil: '18:00',
  },
  questions: [
    { concern: 'choking', words: 'Choking, coughing or breathing trouble when eating or drinking' },
    { concern: 'not-eating', words: 'Not eating or drinking' },
    { concern: 'weight-loss', words: 'Losing weight' },
    { concern: 'abuse', words: 'Being hurt by someone, or not feeling safe' },
    { concern: 'self-harm', words: 'Hurting themselves, or saying they want to' },
    { concern: 'not-attending', words: 'Not going to nursery or school' },
    { concern: 'excluded', words: 'Excluded from nursery or school' },
    { concern: 'reduced-timetable', words: 'Only allowed in for part of the day' },
    { concern: 'carer-not-coping', words: 'We are finding it hard to cope' },
    { concern: 'other', words: 'Something else' },
  ],
  words: {
    service: 'speech and language therapy',
    whileYouWait: [
      'Talk about what your child is looking at, in short sentences, and leave time for an answer.',
      'Ask the nursery or school what they do already: they can start before the first appointment.',
    ],
    whoReads: 'the speech and language therapy team',
  },
};
