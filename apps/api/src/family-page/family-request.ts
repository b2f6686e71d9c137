import { ANSWERED_BY, CHANGES, isConcern, MESSAGE_LENGTH, STILL_NEEDED, type Answers, type Concern } from '#check-ins';
import { DomainError, isLocalDate, type FieldError, type LocalDate } from '#kernel';

/** What somebody sent from the page, or from a program. */
export type FamilyRequest =
  | { step: 'stop'; why: 'not-me' | 'asked-to-stop' }
  | { step: 'birth-date'; birthDate: LocalDate }
  /** One worry, chosen by its own button. */
  | { step: 'choose'; pass: string; birthDate: LocalDate | null; concern: Concern }
  /** `afterUrgent`: sent from the page that came after an urgent worry was pressed. */
  | { step: 'answer'; pass: string; birthDate: LocalDate | null; answers: Answers; afterUrgent: boolean };

const FIELDS = [
  'step',
  'pass',
  'birthDate',
  'day',
  'month',
  'year',
  'concern',
  'stillNeeded',
  'change',
  'concerns',
  'answeredBy',
  'message',
  'after',
];

/**
 * Reads a form (every value a string, a box ticked twice a list) or a JSON body; both have the same fields.
 * Done by hand and not by a DTO, because a form leaves out what is empty in its own ways and its errors are a page, not problem+json.
 * @throws DomainError invalid naming the fields; never what was in them
 */
export function readFamilyRequest(body: unknown): FamilyRequest {
  const given = fieldsOf(body);
  const errors: FieldError[] = [];
  const text = (name: string): string | null => {
    const value = given[name];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string') return value;
    errors.push({ path: name, message: 'must be text' });
    return null;
  };
  const oneOf = <T extends string>(name: string, values: readonly T[]): T | null => {
    const value = text(name);
    if (value === null || (values as readonly string[]).includes(value)) return value as T | null;
    errors.push({ path: name, message: `must be one of ${values.join(', ')}` });
    return null;
  };

  const step = oneOf('step', ['not-me', 'stop', 'birth-date', 'choose', 'answer']);
  if (step === 'not-me' || step === 'stop') return { step: 'stop', why: step === 'stop' ? 'asked-to-stop' : 'not-me' };

  const birthDate = birthDateOf(given, text, errors);
  const answers: Answers = {
    stillNeeded: oneOf('stillNeeded', STILL_NEEDED),
    change: oneOf('change', CHANGES),
    concerns: concernsOf(given['concerns'], errors),
    answeredBy: oneOf('answeredBy', ANSWERED_BY),
    message: messageOf(text('message'), errors),
  };
  const concern = text('concern');
  if (concern !== null && !isConcern(concern))
    errors.push({ path: 'concern', message: 'must be one of the concerns that were asked about' });
  const pass = text('pass') ?? '';
  if (errors.length > 0) throw new DomainError('invalid', 'The answers could not be read.', errors);

  if (isConcern(concern)) return { step: 'choose', pass, birthDate, concern };
  const said = step === 'answer' || Object.values(answers).some((v) => v !== null && (!Array.isArray(v) || v.length > 0));
  if (said) return { step: 'answer', pass, birthDate, answers, afterUrgent: given['after'] === 'urgent' };
  if (birthDate === null)
    throw new DomainError('invalid', 'Enter the birth date.', [{ path: 'birthDate', message: 'must be a real date' }]);
  return { step: 'birth-date', birthDate };
}

function fieldsOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new DomainError('invalid', 'There was nothing to read.');
  return Object.fromEntries(
    FIELDS.filter((name) => Object.hasOwn(body, name)).map((name) => [name, (body as Record<string, unknown>)[name]]),
  );
}

/** Three boxes, as people know a date; a program sends `birthDate`. */
function birthDateOf(given: Record<string, unknown>, text: (name: string) => string | null, errors: FieldError[]): LocalDate | null {
  if (given['birthDate'] !== undefined && given['birthDate'] !== null) {
    const whole = text('birthDate');
    if (isLocalDate(whole)) return whole;
    errors.push({ path: 'birthDate', message: 'must be a day of the calendar, YYYY-MM-DD' });
    return null;
  }
  const [day, month, year] = [text('day'), text('month'), text('year')].map((part) => part?.trim() ?? '');
  if (!day && !month && !year) return null;
  const built = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  if (isLocalDate(built)) return built;
  errors.push({ path: 'birthDate', message: 'must be a real date' });
  return null;
}

function concernsOf(value: unknown, errors: FieldError[]): Concern[] {
  if (value === undefined || value === null || value === '') return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length <= 50 && list.every(isConcern)) return list;
  errors.push({ path: 'concerns', message: 'must be a list of the concerns that were asked about' });
  return [];
}

/** Control characters are left out rather than refused: nobody types them, and a family’s words are not lost for one. */
function messageOf(value: string | null, errors: FieldError[]): string | null {
  // oxlint-disable-next-line no-control-regex
  const clean =
    value
      ?.replace(/\r\n?/g, '\n')
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '')
      .trim() ?? '';
  if (clean.length > MESSAGE_LENGTH) errors.push({ path: 'message', message: `must be at most ${MESSAGE_LENGTH} characters` });
  return clean === '' ? null : clean;
}
