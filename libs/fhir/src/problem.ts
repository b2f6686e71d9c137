import type { FieldError } from '#kernel';

/** Why a person must decide, rather than a machine. */
export const FOR_A_PERSON = [
  'no-service',
  'service-changed',
  'details',
  'nhs-number',
  'not-active',
  'withdrawn',
  'other-organisation',
  'deceased',
  'set-aside-before',
] as const;
export type Why = (typeof FOR_A_PERSON)[number];

/** What stands between a resource and a referral: where (FHIRPath), and what was expected there. Of what was found codes only: they tell of nobody. */
export interface Problem {
  /** `invalid` and `reference` are the sender's to mend; every other one is for a person at the provider. */
  code: 'invalid' | 'reference' | Why;
  path: string;
  expected: string;
  foundCodes?: string[];
}

export const isForAPerson = (problem: Problem): problem is Problem & { code: Why } =>
  (FOR_A_PERSON as readonly string[]).includes(problem.code);

export const invalid = (errors: readonly FieldError[]): Problem[] =>
  errors.map(({ path, message }) => ({ code: 'invalid' as const, path, expected: message }));
