import { Day, Flag, OneOf, Optional, Text } from '#fields';
import { ENCODINGS, type Encoding } from '#imports';
import { Transform } from 'class-transformer';
import { IsNumber, Max, Min } from 'class-validator';
import { PageQuery } from '../http/page.js';

const Share = (): PropertyDecorator => (target, key) => {
  Transform(({ value }: { value: unknown }) => Number(value))(target, key);
  IsNumber({}, { message: 'must be a share from 0 to 1' })(target, key);
  Min(0, { message: 'must be a share from 0 to 1' })(target, key);
  Max(1, { message: 'must be a share from 0 to 1' })(target, key);
};

/** A field of a form, or of the query, is text. */
const YesOrNo = (): PropertyDecorator => (target, key) => {
  Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))(target, key);
  Flag()(target, key);
};

/** What is said of a file: as fields of the form before the file, or in the query. */
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
  @Text(100_000)
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
