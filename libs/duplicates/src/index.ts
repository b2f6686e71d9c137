/**
 * duplicates: one child, one record.
 * A pair is two records that may be of one child; likeness says how alike they are and why; a match key is a keyed hash that two records of
 * one child would share; a dispute is one number told with two birth dates; a join moves everything of one record to the other.
 * Promise: the machine proposes and never joins; what a person decides is written down and can be undone, and what moved goes back.
 */
export * from './find-duplicates.js';
export {
  Duplicates,
  DUPLICATE_STATES,
  type Duplicate,
  type DuplicateQuery,
  type DuplicateSide,
  type DuplicateState,
} from './duplicates.js';
export { JoinRecords } from './join-records.js';
export { SplitRecords, type Undoing } from './split-records.js';
export * from './disputes.js';
export * from './where-it-went.js';
export { likeness, WORTH_A_LOOK, type Likeness, type LikenessReason, type RecordedChild } from './likeness.js';
