/** One field that is wrong: where it is (`person.nhsNumber`) and what was expected. Never what was found: it may identify a child. */
export interface FieldError {
  path: string;
  message: string;
}

/**
 * What kind of failure this is, in words the core may use; apps/api gives each its HTTP status.
 * not-found also means "not yours"; rule is well-formed but against a rule; busy is worth another try.
 */
export type DomainErrorKind = 'invalid' | 'forbidden' | 'not-found' | 'conflict' | 'rule' | 'busy';

/** An expected failure. Its words go to clients, so they carry no identity and no input. */
export class DomainError extends Error {
  constructor(
    readonly kind: DomainErrorKind,
    message: string,
    readonly errors: FieldError[] = [],
  ) {
    super(message);
  }
}

/** A rule of the field broken at one place of the request. */
export const brokenRule = (path: string, message: string): DomainError => new DomainError('rule', message, [{ path, message }]);

export const notFound = (what: string): DomainError => new DomainError('not-found', `No such ${what}.`);
