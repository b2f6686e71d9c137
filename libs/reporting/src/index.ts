/**
 * reporting: figures for those who run services and those who pay for them, and the pages of everyday work.
 * One SQL statement a report; a cell is a figure as it may be shown; disclosure control happens inside the query.
 * Promise: exact numbers never leave the database for a commissioner; every figure says as of when, how fresh, and what it means.
 */
export * from './child.js';
export * from './csv.js';
export * from './data-quality/data-quality.js';
export { PROBLEM_CODES, PROBLEMS, type ProblemCode } from './data-quality/problems.js';
export * from './data-quality/quality-table.js';
export type { AfterRow, ProblemRow } from './data-quality/problems.js';
export * from './dimensions.js';
export * from './disclosure.js';
export * from './freshness.js';
export type { ChildName } from './names.js';
export * from './overview.js';
export * from './reconcile/reconcile.js';
export { readReturn, type ReturnTable } from './reconcile/submitted.js';
export * from './reports.js';
export type { TenantChoice } from './sign-in-choices.js';
export * from './tables.js';
export * from './today.js';
export { LIST_LIMIT, REVIEW_AHEAD_DAYS } from './today-statements.js';
export * from './waiting-well.js';
export * from './waits-plan.js';
export * from './waits-report.js';
export { waitsStatement } from './waits-statement.js';
export * from './xlsx.js';
