/**
 * messages: what is sent to families, and by whom.
 * A sender takes one message at a time and says what became of it; the link in a message is a family's way in, its secret kept only as a hash.
 * Promise: no text holds a name, a service or a clinical word; one attempt a call; "uncertain" is said when nobody can know.
 */
export * from './sender.js';
export * from './sandbox-sender.js';
export * from './smtp-sender.js';
export * from './choose-sender.js';
export * from './templates.js';
export * from './family-link.js';
