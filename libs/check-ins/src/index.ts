export * from './answers.js';
export * from './policy.js';
export * from './triage.js';
