/**
 * check-ins: asking families how things are while they wait, and acting on what they say.
 * The policy says when one is owed; a sweep opens what is due, writes a message's row (the claim), sends it, records the outcome;
 * a reply comes by the link or by telephone, triage says how soon a person must look.
 * Promise: nothing is sent twice, nothing to whom it must not go; no answer is handed to a person, never taken for good news.
 */
export * from './answers.js';
export * from './policy.js';
export * from './triage.js';
export * from './sweep.js';
export * from './replies.js';
export * from './record-call.js';
export * from './check-ins.js';
export * from './timeline.js';
export * from './going-live.js';
export { mayBeTold } from './routes.js';
export type { NotBefore } from './reading-hours.js';
