import { DomainError } from '#kernel';
import { LAYOUTS, layoutOf, type Column, type LayoutName } from './layouts.js';
import { parseYaml, YamlError } from './mapping-yaml.js';

/** How a provider's own export is to be read: its columns and values in ours. */
export interface Mapping {
  layout: LayoutName | null;
  /** Their name of a column: ours. */
  columns: Readonly<Record<string, string>>;
  /** Our column: their value: ours. */
  values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Our column: the value of every row. */
  constants: Readonly<Record<string, string>>;
  /** Their columns that are left out. */
  ignore: readonly string[];
}

/** Without a prototype: a column called `constructor` finds nothing in it. */
const none = (): Record<string, never> => Object.create(null) as Record<string, never>;
export const NO_MAPPING: Mapping = { layout: null, columns: none(), values: none(), constants: none(), ignore: [] };
/** How the columns begin that a list of rejects has besides those of the file. */
export const REJECT = 'reject_';
const LONGEST = 100_000;
const KEYS = Object.keys(NO_MAPPING);

const wrong = (message: string): DomainError =>
  new DomainError('invalid', `The mapping cannot be used: ${message}`, [{ path: 'mapping', message }]);

/** Reads a mapping file (YAML). @throws DomainError invalid, naming what is wrong in it */
export function readMapping(text: string | null): Mapping {
  if (text === null || text.trim() === '') return NO_MAPPING;
  if (text.length > LONGEST) throw wrong(`it must have at most ${LONGEST} characters`);
  const found = yamlOf(text);
  if (found === null) throw wrong('it is empty');
  if (!isMap(found)) throw wrong(`it must be a list of ${KEYS.join(', ')}`);
  const unknown = Object.keys(found).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) throw wrong(`${unknown.join(', ')}: not known; there are ${KEYS.join(', ')}`);
  const { layout = null, columns = none(), values = none(), constants = none(), ignore = [] } = found;
  if (layout !== null && layout !== 'referrals' && layout !== 'events') throw wrong('layout must be referrals or events');
  if (!isWords(columns)) throw wrong('columns must map names of the file to names of the layout');
  if (!isMap(values) || !Object.values(values).every(isWords)) throw wrong('values must map, for a column of the layout, values to values');
  if (!isWords(constants)) throw wrong('constants must map columns of the layout to values');
  if (!Array.isArray(ignore) || !ignore.every((name) => typeof name === 'string')) throw wrong('ignore must be a list of columns');
  const mapping: Mapping = { layout, columns, values: values as Mapping['values'], constants, ignore };
  const known = new Set([...LAYOUTS.referrals, ...LAYOUTS.events].map((c) => c.name));
  const strange = [...Object.values(columns), ...Object.keys(values), ...Object.keys(constants)].filter((name) => !known.has(name));
  if (strange.length > 0) throw wrong(`${strange.join(', ')}: no column of a layout`);
  return mapping;
}

function yamlOf(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof YamlError) throw wrong(error.message);
    throw error;
  }
}

const isMap = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const isWords = (v: unknown): v is Record<string, string> => isMap(v) && Object.values(v).every((w) => typeof w === 'string');

/** What each column of a file is. */
export interface ReadColumns {
  layout: LayoutName;
  /** In the order of the file; null where a column is left out. */
  columns: readonly (Column | null)[];
  /** Columns the file has not, and the value every row has there. */
  constants: readonly { column: Column; value: string }[];
}

/** Finds out what the columns of a file are. @throws DomainError invalid naming every header that is doubled, unknown or missing */
export function readHeader(header: readonly string[], mapping: Mapping): ReadColumns {
  const theirs = header.map((name) => name.trim());
  const ours = theirs.map((name) => mapping.columns[name] ?? normalised(name));
  const layout = mapping.layout ?? layoutOf(ours);
  const byName = new Map(LAYOUTS[layout].map((c) => [c.name, c]));
  // What a list of rejects adds is left out, so that mended rows can be sent as they are.
  const isLeftOut = (name: string): boolean => mapping.ignore.includes(name) || name.startsWith(REJECT);
  const columns = ours.map((name, i) => (isLeftOut(theirs[i] ?? '') ? null : byName.get(name)));
  const used = columns.flatMap((c) => (c ? [c.name] : []));
  const problems = [
    named(
      'unknown',
      theirs.filter((_, i) => columns[i] === undefined).map((name) => name || '(no name)'),
    ),
    named(
      'there twice',
      used.filter((name, i) => used.indexOf(name) !== i),
    ),
    named(
      'missing',
      LAYOUTS[layout].filter((c) => c.required && !used.includes(c.name) && mapping.constants[c.name] === undefined).map((c) => c.name),
    ),
  ].filter((p) => p !== null);
  if (problems.length > 0) {
    const message = `as a file of ${layout}, columns are ${problems.join('; ')}`;
    throw new DomainError('invalid', `The header cannot be read: ${message}. A mapping may rename columns or leave them out.`, [
      { path: 'header', message },
    ]);
  }
  const constants = Object.entries(mapping.constants).flatMap(([name, value]) => {
    const column = byName.get(name);
    return column && !used.includes(name) ? [{ column, value }] : [];
  });
  return { layout, columns: columns as (Column | null)[], constants };
}

/** `NHS Number`, `nhs-number` and `nhs_number` are one name. */
const normalised = (name: string): string => name.toLowerCase().replace(/[\s-]+/g, '_');

const named = (what: string, names: readonly string[]): string | null =>
  names.length === 0
    ? null
    : `${what}: ${[...new Set(names)]
        .slice(0, 20)
        .map((n) => n.slice(0, 60))
        .join(', ')}`;
