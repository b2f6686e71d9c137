import type { Column } from './layouts.js';
import type { Mapping, ReadColumns } from './mapping.js';

/** A row with its cells found and its values in our words, before anything of it is checked. */
export interface ReadRow {
  /** By the path of each column; empty cells are left out. */
  fields: Record<string, unknown>;
  /** Of these fields the value is the mapping's, the same for every row. */
  constants: readonly string[];
  /** What stood in the cell of a column, as it was. */
  cellOf(column: string): string;
}

/** Puts the cells of a row where its columns say. The mark by which an export keeps a spreadsheet from running a cell is left out. */
export function readCells(cells: readonly string[], read: ReadColumns, mapping: Mapping): ReadRow {
  const found: Record<string, string> = {};
  const fields: Record<string, unknown> = {};
  const put = (column: Column, cell: string): void => {
    const text = cell
      .trim()
      .replace(/^'(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/, '')
      .trim();
    found[column.name] = text;
    const value = mapping.values[column.name]?.[text] ?? text;
    if (value !== '') fields[column.path] = valueOf(value, column.kind);
  };
  read.columns.forEach((column, i) => column && put(column, cells[i] ?? ''));
  for (const { column, value } of read.constants) put(column, value);
  return { fields, constants: read.constants.map(({ column }) => column.path), cellOf: (column) => found[column] ?? '' };
}

const YES = ['yes', 'y', 'true', '1'];
const NO = ['no', 'n', 'false', '0'];

/** A value that cannot be read as its kind stays as it is: the check of the field then says what was expected. */
function valueOf(text: string, kind: Column['kind']): unknown {
  switch (kind) {
    case 'day':
      return isoDay(text);
    case 'flag':
      return YES.includes(text.toLowerCase()) ? true : NO.includes(text.toLowerCase()) ? false : text;
    case 'list':
      return text.split(/[;|]/).map((each) => each.trim());
    case 'number':
      return Number(text);
    case 'text':
      return text;
  }
}

/** `DD/MM/YYYY`, day first always, and `YYYY-MM-DD`; a time of midnight after either is left out. */
function isoDay(text: string): string {
  const day = text.replace(/[ T]00:00(:00(\.0+)?)?$/, '');
  const british = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(day);
  return british ? `${british[3]}-${british[2]}-${british[1]}` : day;
}

/** The object whose fields have these paths: `contacts.0.name` is the name of the first contact. */
export function objectOf(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const path in fields) {
    const steps = stepsOf(path);
    let at: Record<string, unknown> = made;
    for (let i = 0; i < steps.length - 1; i++) at = (at[steps[i] as string] ??= {}) as Record<string, unknown>;
    at[steps[steps.length - 1] as string] = fields[path];
  }
  if (made['contacts']) made['contacts'] = Object.values(made['contacts']);
  return made;
}

const known = new Map<string, readonly string[]>();

/** Paths are those of a layout: few, and the same for a million rows. */
function stepsOf(path: string): readonly string[] {
  let steps = known.get(path);
  if (!steps) known.set(path, (steps = path.split('.')));
  return steps;
}
