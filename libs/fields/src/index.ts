/**
 * fields: what a field of a request may hold, each said once for validation and for the OpenAPI document,
 * so that a DTO reads like a table. Add `Optional()` where a field may be left out or null.
 */
export * from './fields.js';
export { CHECKING, checkFields, fieldErrors, refusal, validatePart } from './checking.js';
