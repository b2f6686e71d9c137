import { DomainError, type FieldError } from '#kernel';
import { serviceLines } from '#service-lines';
import type { BandScheme } from '#waits';
import { parse } from 'csv-parse/sync';
import { bandLabels, readBand } from './band-spellings.js';

/** What was submitted, by band in the names of reports. A band that was not submitted is absent, which is not zero. */
export type Submitted = ReadonlyMap<string, number>;

/** One number of a return as it was told: where it stands, the band and the count in the sender's words. */
interface Told {
  bandAt: string;
  band: string;
  countAt: string;
  count: string;
}

const MOST = 10_000_000;

/** Reads `{"0-1 weeks": 15, …}`. @throws DomainError invalid, naming every band or count that cannot be read */
export function submittedFromObject(submitted: Record<string, unknown>, scheme: BandScheme): Submitted {
  const told = Object.entries(submitted).map(([band, count]): Told => {
    const at = `submitted.${band.slice(0, 40)}`;
    return { bandAt: at, band, countAt: at, count: typeof count === 'number' || typeof count === 'string' ? String(count) : '?' };
  });
  return submittedOf(told, scheme, 'submitted');
}

/** A return as a table. Row 1 is the header. */
export interface ReturnTable {
  head: string[];
  rows: string[][];
}

/** @throws DomainError invalid where it is no table */
export function readReturn(text: string): ReturnTable {
  let all: string[][];
  try {
    all = parse(text, { bom: true, delimiter: [',', ';', '\t'], relax_column_count: true, trim: true });
  } catch {
    throw refused([{ path: 'file', message: 'must be CSV: a quote is not closed, or stands where none may be' }]);
  }
  const [head, ...rows] = all;
  if (!head || rows.length === 0) throw refused([{ path: 'file', message: 'must have a header and at least one row' }]);
  return { head: head.map((h) => h.toLowerCase()), rows };
}

const SERVICE_COLUMNS = ['service', 'service line', 'line'];
const BAND_COLUMNS = ['band', 'weeks', 'weeks waiting', 'waiting band'];
const COUNT_COLUMNS = ['count', 'number', 'waiting', 'submitted', 'children', 'patients'];

const columnOf = ({ head }: ReturnTable, names: readonly string[]): number => head.findIndex((h) => names.includes(h));

/** The services a return speaks of, each once; empty where it does not say. @throws DomainError invalid for a service there is not */
export function servicesOf(table: ReturnTable): string[] {
  const column = columnOf(table, SERVICE_COLUMNS);
  if (column < 0) return [];
  const errors: FieldError[] = [];
  const codes = table.rows.flatMap((row, i) => {
    const code = serviceOf(row[column] ?? '');
    if (code === null) errors.push({ path: at(i, 'service'), message: `must be one of ${serviceLines.map((l) => l.code).join(', ')}` });
    return code ?? [];
  });
  if (errors.length > 0) throw refused(errors);
  return [...new Set(codes)];
}

/** What a return says of one service: a row a band (columns service, band, count), or a row a service with a column a band. */
export function submittedFromTable(table: ReturnTable, service: string, scheme: BandScheme): Submitted {
  const serviceColumn = columnOf(table, SERVICE_COLUMNS);
  const [bandColumn, countColumn] = [columnOf(table, BAND_COLUMNS), columnOf(table, COUNT_COLUMNS)];
  const rows = table.rows
    .map((cells, i) => ({ cells, i }))
    .filter(({ cells }) => serviceColumn < 0 || serviceOf(cells[serviceColumn] ?? '') === service);
  if (bandColumn >= 0 && countColumn >= 0) {
    const told = rows.map(({ cells, i }): Told => {
      return { bandAt: at(i, 'band'), band: cells[bandColumn] ?? '', countAt: at(i, 'count'), count: cells[countColumn] ?? '' };
    });
    return submittedOf(told, scheme, 'file');
  }
  // A heading with a number in it is meant as a band; others say whose row it is.
  const columns = table.head.map((band, column) => ({ band, column })).filter(({ band }) => /\d/.test(band));
  if (columns.length === 0)
    throw refused([{ path: 'row 1', message: 'must have the columns service, band and count, or a column a band' }]);
  const told = rows.flatMap(({ cells, i }) =>
    columns.map(({ band, column }): Told => {
      return { bandAt: `row 1, column ${column + 1}`, band, countAt: at(i, column + 1), count: cells[column] ?? '' };
    }),
  );
  return submittedOf(told, scheme, 'file');
}

function submittedOf(told: readonly Told[], scheme: BandScheme, path: string): Submitted {
  const errors: FieldError[] = [];
  const counts = new Map<string, number>();
  for (const { bandAt, band: spelling, countAt, count } of told) {
    const band = readBand(spelling, scheme);
    const number = readCount(count);
    if (band === null)
      errors.push({
        path: bandAt,
        message: `must be a band of this measure (${bandWords(scheme)}); a spreadsheet may have made a date of it`,
      });
    else if (counts.has(band)) errors.push({ path: bandAt, message: `the band ${band} is told twice` });
    else if (typeof number === 'string') errors.push({ path: countAt, message: number });
    else if (number !== null) counts.set(band, number);
  }
  if (errors.length === 0 && counts.size === 0) errors.push({ path, message: 'must hold the count of at least one band' });
  if (errors.length > 0) throw refused(errors);
  return counts;
}

/** The count; null where the cell is empty, which is not zero; or what is wrong with it. */
function readCount(told: string): number | null | string {
  const digits = told.trim().replace(/(?<=\d)[ ,](?=\d{3}\b)/g, '');
  if (digits === '') return null;
  if (digits === '*') return 'is suppressed: the number that was submitted is needed';
  return /^\d+$/.test(digits) && Number(digits) <= MOST ? Number(digits) : 'must be a whole number, 0 or more';
}

function serviceOf(words: string): string | null {
  const asked = words.toLowerCase().replace(/[^a-z]+/g, '-');
  const names = (line: (typeof serviceLines)[number]): string[] =>
    [line.code, line.name, line.shortName].map((name) => name.toLowerCase().replace(/[^a-z]+/g, '-'));
  return serviceLines.find((line) => names(line).includes(asked))?.code ?? null;
}

const bandWords = (scheme: BandScheme): string => {
  const labels = bandLabels(scheme);
  return labels.length > 10 ? `${labels[0]}, ${labels[1]} … ${labels.at(-1)}` : labels.join(', ');
};

const at = (row: number, column: string | number): string => `row ${row + 2}, column ${column}`;

/** Of a file that is something else every cell is wrong: whoever mends it needs to see that, and not each of them. */
const MOST_NAMED = 50;

function refused(errors: FieldError[]): DomainError {
  const more = errors.length - MOST_NAMED;
  const rest = more > 0 ? `: the first ${MOST_NAMED} are named here, and there are ${more} more` : '';
  const what = errors.length === 1 ? 'One part of the return' : `${errors.length} parts of the return`;
  return new DomainError('invalid', `${what} cannot be read${rest}.`, errors.slice(0, MOST_NAMED));
}
