/**
 * demo-data: invented children whose lists, as of one day, equal the published ones.
 * A pathway is one child on one line with its referrals; a story tells what happened to a referral; a published figure is the target.
 * Promise: deterministic for a seed and a day, nothing after that day, and the rule engine itself counts exactly the published figures (the spec).
 */
export { generateDemo, inBatches, DEMO_SEED } from './generate.js';
export { loadDemoData, findDemoDay, type Loaded, type LoadOptions } from './load.js';
export { PUBLISHED, DEMO_SHAPE } from './published-figures.js';
export { analyse, writeReferenceData, DEMO, TEST } from './reference-data.js';
export type { DemoPathway } from './making.js';
