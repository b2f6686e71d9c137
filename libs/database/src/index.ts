/**
 * database: PostgreSQL, one tenant at a time.
 * A principal is who asks; inTenant opens the transaction every use case works in; identity is read only for a purpose that is written down.
 * Promise: the application's role owns nothing and cannot bypass row-level security, or it does not start.
 */
export * from './database.js';
export * from './tx.js';
export * from './identity.js';
export * from './migrate.js';
export * from './connections.js';
export { startEmbeddedDatabase, type EmbeddedDatabase } from './embedded/index.js';
