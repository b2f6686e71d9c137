import { CHECKING, fieldErrors, refusal } from '#fields';
import { ValidationPipe } from '@nestjs/common';

/** Checks bodies and queries by the decorators of their class. */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({ ...CHECKING, transform: true, exceptionFactory: (errors) => refusal(fieldErrors(errors)) });
