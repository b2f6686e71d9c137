/**
 * config: the only reader of process.env. One Settings object for every app.
 * Promise: every wrong variable is reported at once, by name, with what was expected; secrets are never printed.
 * In development, secrets nobody gave are made once and kept in the data folder, readable by its owner only.
 */
export * from './settings.js';
export * from './secrets.js';
