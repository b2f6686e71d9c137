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

const LONGEST_FOUND = 100;

/** Says errors of fields in the words of the file: the column of each path. What has no column is told of the row. */
export function inColumns(errors: readonly FieldError[], columns: readonly Column[], cellOf: (column: string) => string): RowProblem[] {
  return errors.map(({ path, message }) => {
    const column = columns.find((c) => c.path === path) ?? columns.find((c) => path.startsWith(`${c.path}.`));
    const found = column ? cellOf(column.name) : '';
    return { column: column?.name ?? path, code: codeOf(path, message, found), found: found.slice(0, LONGEST_FOUND), expected: message };
  });
}

function codeOf(path: string, message: string, found: string): ProblemCode {
  if (found === '') return 'missing';
  if (path === 'person.nhsNumber') return 'bad-nhs-number';
  if (/day of the calendar/.test(message)) return 'bad-date';
  return /^must be (one|a list) of /.test(message) ? 'unknown-code' : 'bad-value';
}
