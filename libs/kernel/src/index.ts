/**
 * kernel: the words everything else is written in. Imports nothing of ours.
 * LocalDate is a Europe/London calendar day, Clock the only source of "now",
 * NhsNumber, OdsCode and Postcode check what identifies, DomainError is every expected failure.
 * Promise: pure but for SystemClock; no framework, no I/O.
 */
export * from './local-date.js';
export * from './clock.js';
export * from './domain-error.js';
export * from './nhs-number.js';
export * from './identifiers.js';
export * from './principal.js';
export * from './uuid.js';
