import { DomainError, type FieldError } from '#kernel';
import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';

const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
};

/** Every bad field at once, by its path; never what was found in it. */
function fieldErrors(errors: readonly ValidationError[], before = ''): FieldError[] {
  return errors.flatMap((e) => {
    const path = before ? `${before}.${e.property}` : e.property;
    const own = Object.entries(e.constraints ?? {}).map(([name, message]) => ({
      path,
      message: name === 'whitelistValidation' ? 'is not a field of this request' : message,
    }));
    return [...own.slice(0, 1), ...fieldErrors(e.children ?? [], path)];
  });
}

const refusal = (errors: FieldError[]): DomainError =>
  new DomainError(
    'invalid',
    errors.length === 1 ? 'One field is not as it must be.' : `${errors.length} fields are not as they must be.`,
    errors,
  );

/** Checks bodies and queries by the decorators of their class. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({ ...OPTIONS, transform: true, exceptionFactory: (errors) => refusal(fieldErrors(errors)) });

/** Checks a part whose class is known only from the rest: details of a line, data of an event. */
export async function validatePart<T extends object>(type: new () => T, value: unknown, path: string): Promise<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal([{ path, message: 'must be an object' }]);
  const instance = plainToInstance(type, value);
  const errors = await validate(instance, OPTIONS);
  if (errors.length > 0) throw refusal(fieldErrors(errors, path));
  return instance;
}
