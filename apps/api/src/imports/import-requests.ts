import { Day, Flag, OneOf, Optional, Text } from '#fields';
import { ENCODINGS, type Encoding } from '#imports';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsNumber, Max, Min } from 'class-validator';
import { PageQuery } from '../http/page.js';

/** The longest option there may be, in bytes: a mapping. */
export const LONGEST_OPTION = 100_000;

const Share = (): PropertyDecorator => (target, key) => {
  ApiProperty({ type: Number, minimum: 0, maximum: 1 })(target, key);
  // An empty text is no number, though the language calls it 0.
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value))(target, key);
  IsNumber({}, { message: 'must be a share from 0 to 1' })(target, key);
  Min(0, { message: 'must be a share from 0 to 1' })(target, key);
  Max(1, { message: 'must be a share from 0 to 1' })(target, key);
};

/** A field of a form, or of the query, is text. */
const YesOrNo = (): PropertyDecorator => (target, key) => {
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))(target, key);
  Flag()(target, key);
};

/** What is said of a file: as fields of the form, before the file or behind it, or in the query. */
export class ImportOptions {
  @Optional()
  @OneOf(['apply', 'check'])
  mode?: 'apply' | 'check';

  @Optional()
  @Day()
  extractedOn?: string;

  /** The file holds every open referral of the source systems in it. */
  @Optional()
  @YesOrNo()
  complete?: boolean;

  @Optional()
  @OneOf(ENCODINGS)
  encoding?: Encoding;

  /** A mapping file (YAML). */
  @Optional()
  @Text(LONGEST_OPTION)
  mapping?: string;

  /** Share of bad rows above which a person must confirm. */
  @Optional()
  @Share()
  badShare?: number;

  /** Share of open referrals that may leave the list before a person must confirm. */
  @Optional()
  @Share()
  vanishShare?: number;
}

export class ImportListQuery extends PageQuery {}
