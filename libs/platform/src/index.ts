/**
 * platform: what every app is made of, opened once and closed in order.
 * Promise: an app starts with everything it needs, or says what is missing; it stops by finishing what it was doing.
 */
export * from './platform.js';
export * from './platform.module.js';
