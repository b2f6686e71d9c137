import { beginningOf } from '#fields';
import type { FieldError } from '#kernel';
import type { Column } from './layouts.js';

/** What is wrong with one cell: which, what was found there, and what was expected. */
export interface RowProblem {
  column: string;
  code: ProblemCode;
  found: string;
  expected: string;
}

export type ProblemCode =
  | 'missing'
  | 'unknown-code'
  | 'bad-date'
  | 'bad-nhs-number'
  | 'bad-value'
  | 'against-a-rule'
  | 'not-yours'
  | 'not-held'
  | 'repeated'
  | 'may-mean-death'
  | 'too-many-cells';

export const NOT_A_FIELD = 'is not a field of this request';
const LONGEST_FOUND = 100;

/** Says errors of fields in the words of the file: the column of each path. What has no column is told of the row. */
export function inColumns(errors: readonly FieldError[], columns: readonly Column[], cellOf: (column: string) => string): RowProblem[] {
  return errors.flatMap(({ path, message }): RowProblem[] => {
    const column = columns.find((c) => c.path === path) ?? columns.find((c) => path.startsWith(`${c.path}.`));
    // None of the cells that make up a part is filled: those that must be are missing.
    const parts = column ? [] : columns.filter((c) => c.required && c.path.startsWith(`${path}.`));
    if (parts.length > 0) return parts.map(({ name }) => ({ column: name, code: 'missing', found: '', expected: NOT_EMPTY }));
    const found = column ? cellOf(column.name) : '';
    const expected = inWordsOfFiles(message, column, found);
    return [{ column: column?.name ?? path, code: codeOf(path, message, found), found: beginningOf(found, LONGEST_FOUND), expected }];
  });
}

const NOT_EMPTY = 'must not be empty';

/** What the API says of a field, as it is for a cell. */
function inWordsOfFiles(message: string, column: Column | undefined, found: string): string {
  if (message === NOT_A_FIELD) return 'must be empty: this service, or this type of event, takes no such column';
  if (found === '' && message === 'must be text') return NOT_EMPTY;
  if (column?.kind === 'day' && /day of the calendar/.test(message)) return 'must be a day of the calendar, YYYY-MM-DD or DD/MM/YYYY';
  return column?.kind === 'flag' && message === 'must be true or false' ? 'must be yes or no' : message;
}

function codeOf(path: string, message: string, found: string): ProblemCode {
  if (found === '') return 'missing';
  if (path === 'person.nhsNumber') return 'bad-nhs-number';
  if (/day of the calendar/.test(message)) return 'bad-date';
  return /^must be (one|a list) of /.test(message) ? 'unknown-code' : 'bad-value';
}
