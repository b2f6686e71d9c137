/**
 * imports: lists that other systems hold, taken in from files.
 * A layout is the columns of a file; a mapping renames a provider's own; a row that cannot be taken in is set aside with what was found and
 * what was expected; the good rows are staged until all of the file is read.
 * Promise: the same file twice changes nothing, a killed import goes on where it was,
 * and a file that would empty a list waits for a person. What a whole list lacks is told, and nothing is done to it.
 */
export { Imports, type ImportMode, type ImportRequest, type ImportView } from './imports.js';
export { ImportRun } from './import-run.js';
export { NOTHING_IS_DONE } from './decide.js';
export { LAYOUTS, template, type LayoutName } from './layouts.js';
export { PLACE } from './read-file.js';
export { ENCODINGS, type Encoding } from './decode.js';
export type { RejectedRow } from './reject-list.js';
export { describeColumns } from './describe-columns.js';
