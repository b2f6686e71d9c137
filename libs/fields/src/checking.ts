import { DomainError, type FieldError } from '#kernel';
import { plainToInstance } from 'class-transformer';
import { validate, validateSync, type ValidationError } from 'class-validator';
import { accepts } from './accepts.js';

/** How every class of fields is checked: what it does not name is refused, and what was found is never echoed. */
export const CHECKING = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
};

/** Every bad field at once, by its path; never what was found in it. */
export function fieldErrors(errors: readonly ValidationError[], before = ''): FieldError[] {
  return errors.flatMap((e) => {
    const path = before ? `${before}.${e.property}` : e.property;
    const own = Object.entries(e.constraints ?? {}).map(([name, message]) => ({
      path,
      message: name === 'whitelistValidation' ? 'is not a field of this request' : message,
    }));
    return [...own.slice(0, 1), ...fieldErrors(e.children ?? [], path)];
  });
}

export const refusal = (errors: FieldError[]): DomainError =>
  new DomainError(
    'invalid',
    errors.length === 1 ? 'One field is not as it must be.' : `${errors.length} fields are not as they must be.`,
    errors,
  );

/** Checks a part whose class is known only from the rest: details of a line, data of an event. @throws DomainError invalid */
export async function validatePart<T extends object>(type: new () => T, value: unknown, path: string): Promise<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal([{ path, message: 'must be an object' }]);
  const instance = plainToInstance(type, value);
  const errors = await validate(instance, CHECKING);
  if (errors.length > 0) throw refusal(fieldErrors(errors, path));
  return instance;
}

/** Checks an object by the decorators of its class, at once: for rows of a file, whose errors are set aside and not thrown. */
export function checkFields<T extends object>(type: new () => T, value: object, path = ''): { value: T; errors: FieldError[] } {
  const instance = plainToInstance(type, value);
  return { value: instance, errors: accepts(instance) ? [] : fieldErrors(validateSync(instance, CHECKING), path) };
}
