/**
 * The embedded database: a real PostgreSQL 18 from npm packages, for the demo, the tests and a first look. Nobody has to install anything.
 * Words: the data folder (password, port, log and cluster), the cluster (PostgreSQL's own folder), the postmaster (the server's first process),
 * the server's user (PostgreSQL refuses root, so root hands it to another account), the keeper (the connection that says "in use").
 * Promises: one live server a data folder, shared by all who start it; nothing of a dead one has to be cleaned up by hand;
 * it listens on 127.0.0.1 only, under a random password; the last user's stop() leaves no process behind.
 */
export { startEmbeddedDatabase } from './launcher.js';
export type { EmbeddedDatabase, EmbeddedOptions } from './launcher.js';
