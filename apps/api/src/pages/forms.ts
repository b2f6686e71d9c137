import { isPrintable } from '#fields';

/** A form that cannot be acted on: what is missing, with everything that was typed, to be shown again. */
export interface FormErrors {
  /** Which of several forms of the page. */
  id: string;
  list: { text: string; href: string }[];
  given: Record<string, string>;
}

const MOST_CHARACTERS = 2000;

const ASKS: Record<string, string> = {
  owner: 'Enter who looks after this',
  outcome: 'Enter what was done',
  'hold.reason': 'Enter what must be found out first',
  'release.reason': 'Enter what was found out',
  familyTold: 'Enter what the family was told: nothing is closed without it',
};

/** Reads the fields of a form; each must hold words. */
export function missingFrom(id: string, body: unknown, fields: readonly string[]): FormErrors {
  const sent = (body ?? {}) as Record<string, unknown>;
  const given: Record<string, string> = {};
  const list: FormErrors['list'] = [];
  for (const field of fields) {
    const value = sent[field];
    const text = typeof value === 'string' ? value.trim() : '';
    given[field] = text;
    if (text === '') list.push({ text: ASKS[`${id}.${field}`] ?? ASKS[field] ?? 'Enter something', href: `#${field}-${id}` });
    else if (!isPrintable(text)) list.push({ text: 'Leave out characters that cannot be shown', href: `#${field}-${id}` });
    else if (text.length > MOST_CHARACTERS) list.push({ text: `Keep this to ${MOST_CHARACTERS} characters`, href: `#${field}-${id}` });
  }
  return { id, list, given };
}
