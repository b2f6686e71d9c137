/**
 * message-holds: nothing goes to a household until a person releases it.
 * A hold is put on a child, and covers every address by which any provider reaches its family, whichever child a message is about.
 * Promise: the machine holds, and never releases; who held or released, and why, is in the audit.
 */
export * from './hold-messages.js';
export * from './message-holds.js';
