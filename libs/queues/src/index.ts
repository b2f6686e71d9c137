/**
 * queues: wake-up calls, on Redis or in PostgreSQL.
 * A wake-up says "look now" and carries a tenant, never work; what is due is rows. Every job may be lost, doubled or late.
 * Promise: wake-ups of one tenant coalesce; a missing queue schema is one clear error at boot; closing finishes or releases what runs.
 */
export * from './queues.js';
export * from './names.js';
