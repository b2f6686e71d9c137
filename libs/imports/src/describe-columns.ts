import { checkFields } from '#fields';
import { eventDataClass, eventTypes, NewReferral } from '#referrals';
import { serviceLines, type ServiceLine } from '#service-lines';
import { objectOf } from './cells.js';
import { NOT_BY_FILE } from './event-row.js';
import { NOT_A_FIELD } from './row-problems.js';
import { LAYOUTS, type Column } from './layouts.js';
import { CLOSURES, MAY_MEAN_DEATH } from './national-codes.js';

type Checked = new () => object;

/** Nothing takes it: what is said of it then is what would be taken. */
const UNFIT = 'x'.repeat(5_000);

/** What each column of both layouts may hold, as Markdown: said by the very checks that rows go through, so it cannot be out of date. */
export function describeColumns(): string {
  const referrals = LAYOUTS.referrals.filter(({ path }) => !/^contacts\.[1-9]/.test(path));
  const types = eventColumns();
  return [
    '# Columns of imports',
    'Written by `npm run generate` from the checks that rows go through. **Bold** must be there on every row; what must be there for one service, or one type of event, says so. Words and codes are written as they stand here, in small letters and with hyphens; what is written otherwise is mapped (see [imports.md](imports.md)).',
    '## Referrals',
    table(
      ['column', 'what it may hold', 'example'],
      referrals.map((column) => row(named(column), holdsOf(column), column.example)),
    ),
    'Further people around the child: `contact2_…` and `contact3_…`, as `contact1_…`.',
    '## Events',
    table(
      ['column', 'what it may hold', 'example'],
      LAYOUTS.events.filter((c) => !c.path.startsWith('data.')).map((column) => row(named(column), ofEvent(column), column.example)),
    ),
    'Every type takes a `note` of at most 2000 characters. These take other columns besides:',
    table(
      ['type', 'service', 'columns'],
      types.filter(({ columns }) => columns !== '').map(({ type, services, columns }) => row(`\`${type}\``, services, columns)),
    ),
    'An event that ends a wait without treatment must name who decided it, as the source system does: `decided_by_name` and `decided_by_role`. The family’s day (`family_told_on`) may be missing, and is then counted in data quality; a safeguarding check is asked of who tells a removal over the API, not of history.',
    'And these none:',
    table(
      ['service', 'types'],
      [...new Set(types.map(({ services }) => services))].map((services) =>
        row(
          services,
          types
            .filter((t) => t.services === services && t.columns === '')
            .map(({ type }) => `\`${type}\``)
            .join(', '),
        ),
      ),
    ),
    '',
  ].join('\n\n');
}

const named = ({ name, required }: Column): string => (required ? `**\`${name}\`**` : `\`${name}\``);

function holdsOf(column: Column): string {
  if (column.name === 'died_on') return 'the day the child died';
  if (column.path.startsWith('contacts.0.')) {
    const must = missingIn(NewReferral, { contacts: [{}] }).has(column.path) ? ', must be there where anything of the person is' : '';
    return `${takes(column, NewReferral) ?? ''}${must}`;
  }
  if (!column.path.startsWith('details.')) return takes(column, NewReferral) ?? '';
  const ofLines = serviceLines.flatMap(({ code, details }) => {
    const found = takes({ ...column, path: column.path.slice('details.'.length) }, details);
    const must = missingIn(details).has(column.path.slice('details.'.length)) ? ' (must be there)' : '';
    return found === null ? [] : [`${code}: ${found}${must}`];
  });
  return ofLines.join('; ');
}

/** Paths of what must be there. */
const missingIn = (type: Checked, told: object = {}): Set<string> => new Set(checkFields(type, told).errors.map((e) => e.path));

/** What a class says of a field that is unfit; null where it has none such. */
function takes({ path, kind }: Column, type: Checked): string | null {
  const { errors } = checkFields(type, objectOf({ [path]: kind === 'list' ? [UNFIT] : UNFIT }));
  const message = errors.find((e) => e.path === path)?.message;
  if (message === undefined || message === NOT_A_FIELD) return null;
  if (kind === 'day') return 'a day, YYYY-MM-DD or DD/MM/YYYY';
  if (kind === 'flag') return 'yes or no';
  return message.replace(/^(must be|each must be) /, '').replace(/^at most/, 'text of at most');
}

function ofEvent({ name, kind }: Column): string {
  if (name === 'type') return 'one of the types below, or `closed` with a `closure_code`';
  if (name === 'closure_code') return `MHSDS closure reason: ${[...Object.keys(CLOSURES), MAY_MEAN_DEATH].sort().join(', ')}`;
  return kind === 'day' ? 'a day, YYYY-MM-DD or DD/MM/YYYY' : 'text of at most 120 characters';
}

/** By type of event: on which services, and the columns it takes besides a note. */
function eventColumns(): { type: string; services: string; columns: string }[] {
  const types = [...new Set(serviceLines.flatMap(eventTypes))].sort().filter((type) => !NOT_BY_FILE.includes(type));
  return types.map((type) => {
    const lines = serviceLines.filter((line) => eventDataClass(type, line) !== null);
    const services = lines.length === serviceLines.length ? 'every' : lines.map((l) => l.code).join(', ');
    return { type, services, columns: lines[0] ? columnsOf(type, lines[0]) : '' };
  });
}

function columnsOf(type: string, line: ServiceLine): string {
  const data = eventDataClass(type, line);
  if (!data) return '';
  const missing = new Set(checkFields(data, {}).errors.map((e) => e.path));
  const columns = LAYOUTS.events.flatMap((column) => {
    if (!column.path.startsWith('data.') || column.name === 'note') return [];
    const path = column.path.slice('data.'.length);
    const found = takes({ ...column, path }, data);
    return found === null ? [] : [`${named({ ...column, required: missing.has(path.split('.')[0] ?? path) })} (${found})`];
  });
  return columns.join('; ');
}

const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: string[], rows: string[]): string => [row(...head), row(...head.map(() => '---')), ...rows].join('\n');
