import { isLocalDate, isNhsNumber, normalisePostcode, ODS_CODE } from '#kernel';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

type Field = PropertyDecorator;

/** The field may be left out, or null. */
export const Optional = (): Field => applyDecorators(ApiPropertyOptional({ nullable: true }), IsOptional());

/** A check of our own, in the words of the error. */
const check = (name: string, test: (value: unknown) => boolean, message: string): Field =>
  ValidateBy({ name, validator: { validate: test, defaultMessage: () => message } });

/** A Europe/London calendar day. Day and month are never guessed. */
export const Day = (): Field =>
  applyDecorators(
    ApiProperty({ type: String, format: 'date', example: '2026-01-05' }),
    check('day', isLocalDate, 'must be a day of the calendar, YYYY-MM-DD'),
  );

export const OneOf = (values: readonly string[]): Field =>
  applyDecorators(ApiProperty({ enum: [...values] }), IsIn(values, { message: `must be one of ${values.join(', ')}` }));

export const EachOneOf = (values: readonly string[]): Field =>
  applyDecorators(
    ApiProperty({ enum: [...values], isArray: true }),
    IsArray({ message: 'must be a list' }),
    ArrayMaxSize(50),
    IsIn(values, { each: true, message: `must be a list of ${values.join(', ')}` }),
  );

/** Words somebody typed: never empty, without control characters, of bounded length. */
export const Text = (max = 200): Field =>
  applyDecorators(
    ApiProperty({ type: String, maxLength: max }),
    IsString({ message: 'must be text' }),
    check('words', (v) => typeof v !== 'string' || /\S/.test(v), 'must not be empty'),
    MaxLength(max, { message: `must be at most ${max} characters` }),
    check('printable', (v) => typeof v !== 'string' || isPrintable(v), NOT_PRINTABLE),
  );

/** Text that a database and a page can hold: no control characters, no half of a character. */
export const isPrintable = (text: string): boolean => !CONTROL.test(text) && text.isWellFormed();
/** The first characters of a text, never half of one: no database keeps that. */
export const beginningOf = (text: string, length: number): string => text.slice(0, length).replace(/\p{Surrogate}$/u, '');
const NOT_PRINTABLE = 'must not hold control characters';
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

export const TextList = (maxItems = 20, max = 100): Field =>
  applyDecorators(
    ApiProperty({ type: String, isArray: true }),
    IsArray({ message: 'must be a list' }),
    ArrayMaxSize(maxItems, { message: `must hold at most ${maxItems}` }),
    IsString({ each: true, message: 'must be a list of text' }),
    MinLength(1, { each: true, message: 'must not hold an empty entry' }),
    MaxLength(max, { each: true, message: `each must be at most ${max} characters` }),
    check('printableList', (v) => !Array.isArray(v) || v.every((each) => typeof each !== 'string' || isPrintable(each)), NOT_PRINTABLE),
  );

export const Flag = (): Field => applyDecorators(ApiProperty({ type: Boolean }), IsBoolean({ message: 'must be true or false' }));

export const WholeNumber = (min: number, max: number): Field =>
  applyDecorators(
    ApiProperty({ type: Number, minimum: min, maximum: max }),
    Type(() => Number),
    IsInt({ message: 'must be a whole number' }),
    Min(min, { message: `must be at least ${min}` }),
    Max(max, { message: `must be at most ${max}` }),
  );

export const NhsNumberField = (): Field =>
  applyDecorators(
    ApiProperty({ type: String, example: '9990000018' }),
    check('nhsNumber', isNhsNumber, 'must be an NHS number: ten digits whose check digit is right'),
  );

export const OdsCode = (): Field =>
  applyDecorators(
    ApiProperty({ type: String, example: 'ZZ999' }),
    Matches(ODS_CODE, { message: 'must be an ODS code: 3 to 12 capitals or digits' }),
  );

export const Code = (pattern: RegExp, words: string): Field =>
  applyDecorators(ApiProperty({ type: String }), Matches(pattern, { message: `must be ${words}` }));

/** A UK postcode, kept in its usual form. */
export const Postcode = (): Field =>
  applyDecorators(
    ApiProperty({ type: String, example: 'NN17 1QG' }),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (normalisePostcode(value) ?? value) : value)),
    check('postcode', (v) => typeof v === 'string' && normalisePostcode(v) !== null, 'must be a UK postcode'),
  );

/** International, without spaces; of one written `+44 (0)7700 900123` without that nought. One number is one address however it is written. */
export const asPhone = (text: string): string =>
  text
    .replace(/[\s()-]/g, '')
    .replace(/^00(?=[1-9])/, '+')
    .replace(/^0(?=\d{9,10}$)/, '+44')
    .replace(/^\+440(?=\d{9,10}$)/, '+44');

export const asEmail = (text: string): string => text.trim().toLowerCase();

/** A telephone number in international form. */
export const Phone = (): Field =>
  applyDecorators(
    ApiProperty({ type: String, example: '+447700900123' }),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? asPhone(value) : value)),
    Matches(/^\+\d{8,15}$/, { message: 'must be a telephone number, such as +447700900123' }),
  );

export const Email = (): Field =>
  applyDecorators(
    ApiProperty({ type: String, format: 'email' }),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? asEmail(value) : value)),
    IsEmail({}, { message: 'must be an email address' }),
    MaxLength(254),
  );

/** A part with fields of its own. */
export const Part = (type: () => new () => object): Field =>
  applyDecorators(ApiProperty({ type }), Type(type), check('object', isPlainObject, 'must be an object'), ValidateNested());

/** A list of parts. */
export const Parts = (type: () => new () => object, max = 20): Field =>
  applyDecorators(
    ApiProperty({ type, isArray: true }),
    Type(type),
    IsArray({ message: 'must be a list' }),
    ArrayMaxSize(max, { message: `must hold at most ${max}` }),
    ValidateNested({ each: true, message: 'must be a list of objects' }),
  );

const isPlainObject = (v: unknown): boolean => typeof v === 'object' && v !== null && !Array.isArray(v);
