import { OPEN_STATES } from './rules/index.js';

/** For statements: `state`, an expression, is one in which somebody still has to do something about the referral. */
export const isOpen = (state: string): string => `${state} in ('${OPEN_STATES.join(`', '`)}')`;
