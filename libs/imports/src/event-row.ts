import { checkFields } from '#fields';
import { isLocalDate, type FieldError, type LocalDate } from '#kernel';
import { eventDataClass, eventTypes, type NewEvent } from '#referrals';
import { serviceLine } from '#service-lines';
import { objectOf, type ReadRow } from './cells.js';
import { LAYOUTS } from './layouts.js';
import { CLOSURES, inOurWords, MAY_MEAN_DEATH } from './national-codes.js';
import { inColumns, type RowProblem } from './row-problems.js';

/** A row of a file of events as it is staged: its line is known only from the referral it is about. */
export interface EventRow {
  system: string;
  sourceId: string;
  eventId: string | null;
  type: string;
  occurredOn: LocalDate;
  /** Fields by their paths, not yet checked. */
  fields: Record<string, unknown>;
}

const LONGEST_ID = 120;
/** Mistakes are told by whoever sees them. */
export const NOT_BY_FILE: readonly string[] = ['event-voided', 'received-on-corrected'];

/** What can be told of a row without its referral. */
export function readEventRow({ fields, cellOf }: ReadRow, today: LocalDate): { row: EventRow | null; problems: RowProblem[] } {
  const errors: FieldError[] = [];
  const text = (path: string): string => {
    const value = fields[path];
    if (typeof value === 'string' && value.length <= LONGEST_ID) return value;
    errors.push({ path, message: value === undefined ? 'must not be empty' : `must be at most ${LONGEST_ID} characters` });
    return '';
  };
  const row: EventRow = {
    system: text('source.system'),
    sourceId: text('source.id'),
    eventId: fields['eventId'] === undefined ? null : text('eventId'),
    type: text('type'),
    occurredOn: String(fields['occurredOn'] ?? ''),
    fields,
  };
  if (!isLocalDate(row.occurredOn)) errors.push({ path: 'occurredOn', message: 'must be a day of the calendar, YYYY-MM-DD or DD/MM/YYYY' });
  else if (row.occurredOn > today) errors.push({ path: 'occurredOn', message: 'must not be after today' });
  if (row.type === 'event-voided') errors.push({ path: 'type', message: 'must be an event: a mistake is voided by whoever sees it' });
  const problems = inColumns(errors, LAYOUTS.events, cellOf);
  return { row: problems.length === 0 ? row : null, problems };
}

/** The event a row tells of a referral on this line, or what is wrong with it. */
export function readEvent(row: EventRow, lineCode: string): { event: NewEvent | null; problems: RowProblem[] } {
  const line = serviceLine(lineCode);
  const cellOf = (name: string): string => {
    const column = LAYOUTS.events.find((c) => c.name === name);
    const value = column ? row.fields[column.path] : undefined;
    return value === undefined ? '' : String(value as string);
  };
  const fields = { ...row.fields };
  let { type } = row;
  const closure = closureCode(fields['closureCode']);
  if (type === 'closed' && closure === MAY_MEAN_DEATH) return { event: null, problems: [deathIsAsked] };
  if (type === 'closed') {
    const stands = Object.hasOwn(CLOSURES, closure) ? CLOSURES[closure] : undefined;
    if (!stands) return { event: null, problems: [closureUnknown(closure)] };
    type = stands.type;
    if (stands.reason !== null) fields['data.reason'] ??= stands.reason;
  }
  const dataClass = eventDataClass(type, line);
  if (!dataClass) {
    return {
      event: null,
      problems: [
        {
          column: 'type',
          code: 'unknown-code',
          found: row.type,
          expected: `closed, or one of ${eventTypes(line)
            .filter((t) => !NOT_BY_FILE.includes(t))
            .join(', ')}`,
        },
      ],
    };
  }
  for (const path of Object.keys(fields)) {
    const value = fields[path];
    if (typeof value === 'string') fields[path] = inOurWords(path, value, line.dataSet, type);
  }
  const { value: data, errors } = checkFields(dataClass, (objectOf(fields)['data'] ?? {}) as object, 'data');
  const problems = inColumns(errors, LAYOUTS.events, cellOf);
  return { event: problems.length === 0 ? { type, occurredOn: row.occurredOn, data: { ...data } } : null, problems };
}

export const mayMeanDeath = (cell: unknown): boolean => closureCode(cell) === MAY_MEAN_DEATH;

/** A spreadsheet drops the nought. */
const closureCode = (cell: unknown): string => String(cell ?? '').replace(/^\d$/, '0$&');

const deathIsAsked: RowProblem = {
  column: 'closure_code',
  code: 'may-mean-death',
  found: MAY_MEAN_DEATH,
  expected: 'an event of type died where the child has died: messages are on hold until a person decides',
};

const closureUnknown = (found: string): RowProblem => ({
  column: 'closure_code',
  code: 'unknown-code',
  found,
  expected: `one of ${Object.keys(CLOSURES).join(', ')}, ${MAY_MEAN_DEATH}; any other needs an event of its own`,
});
