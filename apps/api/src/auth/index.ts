export * from './asking.js';
export * from './bearer.guard.js';
export * from './tokens.js';
