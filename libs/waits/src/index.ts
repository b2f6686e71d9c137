/**
 * waits: how long children have waited, and why we say so.
 * A pathway is one child on one line; its events are folded into waits, each one period of the clock of one measure;
 * a stretch is the time a wait stood on one provider's list; a crossing is the day it became longer than a threshold.
 * Promise: rules/ is pure, and the stored waits can be rebuilt from the events at any time by the same function.
 */
export * from './rules/index.js';
export * from './check-in-facts.js';
export * from './wait-fold.js';
export * from './crossings.js';
export * from './rebuild.js';
export * from './open-referrals.js';
