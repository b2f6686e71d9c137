/**
 * escalations: what a person must look at, who owns it and by when.
 * An escalation is one worry about one child on one line; its level (red, amber, yellow, blue) gives its deadline in working hours;
 * acknowledged means somebody owns it, resolved means the family was told.
 * Promise: one open escalation of a child, line and reason; its level is only ever raised; none is closed without what the family was told.
 */
export * from './escalation-rules.js';
export * from './escalations.js';
