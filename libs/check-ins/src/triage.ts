import { LEVELS, type Level } from '#escalations';
import type { Answers, Concern } from './answers.js';

/** `green`: nothing for anybody to act on. */
export type ReplyLevel = Level | 'green';

/** One thing in an answer that somebody must act on. */
export interface Finding {
  level: Level;
  /** A code with words in escalations' REASON_WORDS. */
  reason: string;
  /** To the safeguarding lead; never shown again on the link. */
  safeguarding: boolean;
}

export interface Triage {
  level: ReplyLevel;
  /** Most urgent first. */
  findings: Finding[];
}

/** What each concern means by itself (domain.md 9.2). `other` says only that there is something to read. */
const LEVEL_OF_CONCERN: Record<Concern, Level> = {
  'self-harm': 'red',
  suicidal: 'red',
  abuse: 'red',
  choking: 'red',
  'not-eating': 'red',
  'weight-loss': 'red',
  'pressure-damage': 'red',
  'equipment-unsafe': 'red',
  pain: 'amber',
  'not-attending': 'amber',
  excluded: 'amber',
  'reduced-timetable': 'amber',
  'carer-not-coping': 'amber',
  // Not in the table. What is too small presses and tips, so it is looked at as a new risk is.
  outgrown: 'amber',
  other: 'blue',
};

/** Acts as soon as it is chosen. */
export const isRed = (concern: Concern): boolean => LEVEL_OF_CONCERN[concern] === 'red';

/**
 * Words in a message that may mean danger, however the boxes were ticked. Beginnings of words, lower case: raising too often is safe, never is not.
 * A service may add its own; none may be taken away.
 */
export const RED_WORDS: readonly string[] = [
  'suicid',
  'kill myself',
  'kill herself',
  'kill himself',
  'kill themsel',
  'killing myself',
  'killing herself',
  'killing himself',
  'killing themsel',
  'want to die',
  'wants to die',
  'wanted to die',
  'wish i was dead',
  'better off dead',
  'end my life',
  'end her life',
  'end his life',
  'end their life',
  'ending my life',
  'self harm',
  'self-harm',
  'selfharm',
  'cutting myself',
  'cutting herself',
  'cutting himself',
  'cutting themsel',
  'overdos',
  'hang myself',
  'hang herself',
  'hang himself',
  'hanging myself',
  'hurting myself',
  'hurt myself',
  'hurting herself',
  'hurting himself',
  'hurting themsel',
  'abuse',
  'abusing',
  'hits me',
  'hit me',
  'hits her',
  'hits him',
  'beats me',
  'touches me',
  'touched me',
  'not safe',
  'unsafe',
  'choke',
  'choking',
  'turning blue',
  'turned blue',
  'cannot breathe',
  "can't breathe",
  'cant breathe',
  'stopped eating',
  'not eating',
  "won't eat",
  'wont eat',
  'not drinking',
  'stopped drinking',
];

export interface TriageOptions {
  /** The family spoke with a person who wrote this down: the message has been read. Words of danger still count. */
  heardByAPerson?: boolean;
  /** A service's own, beside RED_WORDS. */
  moreRedWords?: readonly string[];
}

/** How soon a person must look at an answer, and at what in it. Pure; nothing in an answer lowers what another part of it raised. */
export function triage(answers: Answers, options: TriageOptions = {}): Triage {
  const concerns = answers.concerns ?? [];
  const findings: Finding[] = [];
  const found = (level: Level, reason: string, safeguarding = false): void => void findings.push({ level, reason, safeguarding });

  for (const concern of concerns) if (concern !== 'other') found(LEVEL_OF_CONCERN[concern], concern, concern === 'abuse');
  if (holdsRedWords(answers.message, options.moreRedWords)) found('red', 'words-in-message');

  const looked = findings.length > 0;
  if (answers.change === 'worse' && !looked)
    found(concerns.length > 0 ? 'amber' : 'yellow', concerns.length > 0 ? 'worse-with-concern' : 'worse');
  if (answers.stillNeeded === 'no') found('blue', 'no-longer-needed');
  if (answers.stillNeeded === 'unsure') found('blue', 'unsure');
  if (concerns.includes('other') && !looked && answers.change !== 'worse') found('blue', 'other');
  if (answers.message && !looked && !options.heardByAPerson) found('blue', 'message');

  findings.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  return { level: levelOf(findings), findings };
}

/** "No longer needed" alone is green: confirmed by a person, a clinician's decision, never a removal by machine. */
function levelOf(findings: readonly Finding[]): ReplyLevel {
  return findings.find((f) => f.reason !== 'no-longer-needed')?.level ?? 'green';
}

function holdsRedWords(message: string | null | undefined, more: readonly string[] = []): boolean {
  if (!message) return false;
  const text = message.toLowerCase().replace(/[‘’]/g, "'").replace(/\s+/g, ' ');
  return [...RED_WORDS, ...more].some((word) => startsAWord(text, word));
}

function startsAWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[a-z]/.test(text[at - 1] ?? '')) return true;
  }
  return false;
}
