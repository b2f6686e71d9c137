import { DomainError } from '#kernel';
import { CsvError, parse } from 'csv-parse';
import { pipeline, Readable } from 'node:stream';
import { readHeader, type Mapping, type ReadColumns } from './mapping.js';

const LONGEST_ROW = 1_000_000;
const MOST_COLUMNS = 500;
const DELIMITERS = [',', ';', '\t'];

/** A row, numbered as it stands in the file; the header is row 1, or the first that is not blank. */
export interface TableRow {
  rowNo: number;
  cells: string[];
}

const refused = (message: string): DomainError => new DomainError('invalid', message, [{ path: 'file', message }]);

/**
 * Reads a table as it comes: what its columns are is told first, by `onHeader`, then each row.
 * @throws DomainError invalid for quotes never closed, a row without end, too many columns, a header that cannot be read
 */
export async function* readTable(
  text: AsyncIterable<string>,
  mapping: Mapping,
  onHeader: (read: ReadColumns, header: string[]) => void,
): AsyncGenerator<TableRow> {
  const { first, all } = await withFirstLine(text);
  const parsing = parse({
    delimiter: delimiterOf(first),
    bom: true,
    relax_column_count: true,
    max_record_size: LONGEST_ROW,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  // What is wrong with the text is then told to whoever reads the rows; `pipe` would tell nobody, and end the process.
  const parser = pipeline(Readable.from(all, { objectMode: false }), parsing, () => undefined);
  let [rowNo, rows] = [0, 0];
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      rowNo++;
      // A spreadsheet leaves such rows at the end of a list.
      if (cells.every((cell) => cell.trim() === '')) continue;
      rows++;
      if (rows > 1) yield { rowNo, cells };
      else if (cells.length > MOST_COLUMNS) throw refused(`The file has ${cells.length} columns: at most ${MOST_COLUMNS} are read.`);
      else onHeader(readHeader(cells, mapping), cells);
    }
  } catch (error) {
    throw error instanceof CsvError ? refused(wordsOf(error)) : error;
  }
  if (rows === 0) throw refused('The file is empty.');
  if (rows === 1) throw refused('The file has a header and no rows.');
}

function wordsOf(error: CsvError): string {
  const { lines } = error as CsvError & { lines?: number };
  const where = lines === undefined ? '' : ` in line ${lines}`;
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `A quote is opened${where} and never closed.`;
    case 'CSV_MAX_RECORD_SIZE':
      return `A row${where} is longer than ${LONGEST_ROW} characters.`;
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return `A quote stands where none can${where}: a cell with quotes must be quoted itself, its quotes doubled.`;
    default:
      return `The file cannot be read as CSV${where}.`;
  }
}

/** The first line, to tell the delimiter by, and the text with it. */
async function withFirstLine(text: AsyncIterable<string>): Promise<{ first: string; all: AsyncIterable<string> }> {
  const pieces = text[Symbol.asyncIterator]();
  let begun = '';
  for (;;) {
    const { value, done } = await pieces.next();
    begun += value ?? '';
    if (done || /[\r\n]/.test(begun) || begun.length > LONGEST_ROW) break;
  }
  const all = (async function* () {
    yield begun;
    yield* { [Symbol.asyncIterator]: () => pieces };
  })();
  return { first: begun.split(/[\r\n]/, 1)[0] ?? '', all };
}

/** The one the header has most of, outside quotes. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (d: string): number => bare.split(d).length;
  return DELIMITERS.reduce((best, d) => (count(d) > count(best) ? d : best));
}
