import { LEVELS, REASON_WORDS } from '#escalations';
import { serviceLines } from '#service-lines';
import fc from 'fast-check';
import { ANSWERED_BY, CHANGES, CONCERNS, STILL_NEEDED, isConcern, together, type Answers } from './answers.js';
import { isRed, triage, type ReplyLevel } from './triage.js';

interface Example {
  example: string;
  answers: Answers;
  level: ReplyLevel;
  /** What is opened: `level reason`. */
  opens: string[];
}

const examples: Example[] = [
  { example: 'better', answers: { stillNeeded: 'yes', change: 'better' }, level: 'green', opens: [] },
  { example: 'the same', answers: { stillNeeded: 'yes', change: 'same' }, level: 'green', opens: [] },
  { example: 'worse, no risk', answers: { stillNeeded: 'yes', change: 'worse' }, level: 'yellow', opens: ['yellow worse'] },
  { example: 'unsure', answers: { stillNeeded: 'unsure', change: 'same' }, level: 'blue', opens: ['blue unsure'] },
  {
    example: 'no longer needed: green, confirmed by a person',
    answers: { stillNeeded: 'no', change: 'better' },
    level: 'green',
    opens: ['blue no-longer-needed'],
  },
  {
    example: 'no longer needed, yet worse',
    answers: { stillNeeded: 'no', change: 'worse' },
    level: 'yellow',
    opens: ['yellow worse', 'blue no-longer-needed'],
  },
  { example: 'thoughts of suicide', answers: { concerns: ['suicidal'] }, level: 'red', opens: ['red suicidal'] },
  { example: 'self-harm', answers: { concerns: ['self-harm'] }, level: 'red', opens: ['red self-harm'] },
  { example: 'abuse is red and for safeguarding', answers: { concerns: ['abuse'] }, level: 'red', opens: ['red abuse safeguarding'] },
  { example: 'choking', answers: { concerns: ['choking'] }, level: 'red', opens: ['red choking'] },
  { example: 'not eating or drinking', answers: { concerns: ['not-eating'] }, level: 'red', opens: ['red not-eating'] },
  { example: 'weight loss', answers: { concerns: ['weight-loss'] }, level: 'red', opens: ['red weight-loss'] },
  { example: 'broken skin', answers: { concerns: ['pressure-damage'] }, level: 'red', opens: ['red pressure-damage'] },
  { example: 'unsafe equipment', answers: { concerns: ['equipment-unsafe'] }, level: 'red', opens: ['red equipment-unsafe'] },
  { example: 'pain', answers: { concerns: ['pain'] }, level: 'amber', opens: ['amber pain'] },
  { example: 'not attending school', answers: { concerns: ['not-attending'] }, level: 'amber', opens: ['amber not-attending'] },
  { example: 'excluded', answers: { concerns: ['excluded'] }, level: 'amber', opens: ['amber excluded'] },
  { example: 'a reduced timetable', answers: { concerns: ['reduced-timetable'] }, level: 'amber', opens: ['amber reduced-timetable'] },
  { example: 'outgrown equipment', answers: { concerns: ['outgrown'] }, level: 'amber', opens: ['amber outgrown'] },
  { example: 'a carer who cannot cope', answers: { concerns: ['carer-not-coping'] }, level: 'amber', opens: ['amber carer-not-coping'] },
  {
    example: 'worse with a new worry',
    answers: { change: 'worse', concerns: ['other'] },
    level: 'amber',
    opens: ['amber worse-with-concern'],
  },
  { example: 'another worry alone', answers: { change: 'same', concerns: ['other'] }, level: 'blue', opens: ['blue other'] },
  { example: 'any free text', answers: { change: 'better', message: 'Thank you for asking.' }, level: 'blue', opens: ['blue message'] },
  {
    example: 'worse, with words to read sooner than that',
    answers: { change: 'worse', message: 'Nursery asks when.' },
    level: 'yellow',
    opens: ['yellow worse', 'blue message'],
  },
  { example: 'two worries open two', answers: { concerns: ['pain', 'suicidal'] }, level: 'red', opens: ['red suicidal', 'amber pain'] },
  {
    example: 'better does not lower a worry',
    answers: { stillNeeded: 'no', change: 'better', concerns: ['choking'] },
    level: 'red',
    opens: ['red choking', 'blue no-longer-needed'],
  },
  {
    example: 'words of danger in a message',
    answers: { change: 'same', message: 'She says she wants to die' },
    level: 'red',
    opens: ['red words-in-message'],
  },
  {
    example: 'words of danger, other spelling',
    answers: { message: 'He CAN’T   BREATHE when he eats' },
    level: 'red',
    opens: ['red words-in-message'],
  },
  { example: 'the beginning of a word', answers: { message: 'talked about overdosing' }, level: 'red', opens: ['red words-in-message'] },
  { example: 'not inside another word', answers: { message: 'we artichoked the soup' }, level: 'blue', opens: ['blue message'] },
  { example: 'nothing said', answers: {}, level: 'green', opens: [] },
];

const opened = (answers: Answers): string[] =>
  triage(answers).findings.map((f) => `${f.level} ${f.reason}${f.safeguarding ? ' safeguarding' : ''}`);

describe('triage of answers', () => {
  test.each(examples)('$example', ({ answers, level, opens }) => {
    expect(triage(answers).level).toBe(level);
    expect(opened(answers)).toEqual(opens);
  });

  it('a message told to a person on the telephone has been read, unless it holds danger', () => {
    expect(triage({ change: 'same', message: 'All is well.' }, { heardByAPerson: true }).level).toBe('green');
    expect(triage({ change: 'same', message: 'suicidal last week' }, { heardByAPerson: true }).level).toBe('red');
  });

  it('a service may add words of its own', () =>
    expect(triage({ message: 'the hoist strap tore' }, { moreRedWords: ['strap tore'] }).level).toBe('red'));

  const RANK: ReplyLevel[] = [...LEVELS, 'green'];
  const answers = fc.record({
    stillNeeded: fc.option(fc.constantFrom(...STILL_NEEDED)),
    change: fc.option(fc.constantFrom(...CHANGES)),
    concerns: fc.subarray([...CONCERNS]),
    answeredBy: fc.option(fc.constantFrom(...ANSWERED_BY)),
    message: fc.option(fc.constantFrom('thank you', 'unsafe at home', 'when will it be?')),
  });

  it('nothing said later lowers what was said before', () =>
    fc.assert(
      fc.property(answers, answers, (a, b) => {
        const both = triage(together(a, b)).level;
        expect(RANK.indexOf(both)).toBeLessThanOrEqual(
          RANK.indexOf(triage({ ...a, change: a.change === 'worse' ? 'worse' : null, stillNeeded: null }).level),
        );
      }),
    ));

  it('saying the same twice is saying it once', () =>
    fc.assert(fc.property(answers, (a) => expect(together(together({}, a), a)).toEqual(together({}, a)))));

  it('has words for staff for every reason', () => {
    for (const concern of CONCERNS) expect(REASON_WORDS).toHaveProperty(concern);
  });
});

describe('the questions of every line', () => {
  it.each(serviceLines.map((l) => [l.code, l] as const))('%s asks only what triage knows, and asks about harm by others', (_code, line) => {
    for (const { concern } of line.questions) expect(isConcern(concern)).toBe(true);
    expect(line.questions.filter((q) => isConcern(q.concern) && isRed(q.concern)).map((q) => q.concern)).toContain('abuse');
  });
});
