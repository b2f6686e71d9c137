import { Code, Day, EachOneOf, OdsCode, OneOf, Optional } from '#fields';
import { LOCAL_AUTHORITY_CODE } from '#kernel';
import { DIMENSIONS, MEASURES, type Dimension } from '#reporting';
import { SERVICE_LINE_CODES } from '#service-lines';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsObject } from 'class-validator';
import { PageQuery } from '../http/page.js';

/** Several values in one field of a query: `a,b`, or the field twice. */
const CommaList = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    (Array.isArray(value) ? value : [value]).flatMap((v: unknown) =>
      typeof v === 'string' ? v.split(',').filter((part) => part !== '') : [v],
    ),
  );

export class WaitsReportQuery {
  /** Default: the headline measure of the service, else sitrep. */
  @Optional()
  @OneOf(MEASURES)
  measure?: string;

  @Optional()
  @OneOf(SERVICE_LINE_CODES)
  service?: string;

  @Optional()
  @OdsCode()
  provider?: string;

  @Optional()
  @Code(LOCAL_AUTHORITY_CODE, 'an ONS code of a council, such as E06000061')
  localAuthority?: string;

  /** Default: today. Past days as the lists stood, coming days as they would stand if nothing else happened. */
  @Optional()
  @Day()
  asOf?: string;

  @Optional()
  @CommaList()
  @EachOneOf(DIMENSIONS)
  groupBy?: Dimension[];
}

export class QualityReportQuery {
  @Optional()
  @OneOf(SERVICE_LINE_CODES)
  service?: string;

  @Optional()
  @OdsCode()
  provider?: string;
}

export class ProblemQuery extends PageQuery {
  @Optional()
  @OneOf(SERVICE_LINE_CODES)
  service?: string;
}

/** Beside a return as CSV these stand in the query; in JSON they stand in the body. */
export class ReconcileQuery {
  /** Default: the headline measure of the service. */
  @Optional()
  @OneOf(MEASURES)
  measure?: string;

  /** May be left out where a CSV names one service. */
  @Optional()
  @OneOf(SERVICE_LINE_CODES)
  service?: string;

  @Optional()
  @OdsCode()
  provider?: string;

  /** Default: today. */
  @Optional()
  @Day()
  asOf?: string;
}

export class ReconcileBody extends ReconcileQuery {
  /** Counts by band: `{"0-1 weeks": 15, ">18-52": 1088}`. A band that is left out is not compared. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: { '0-1': 15, '>18-52': 1088 } })
  @IsObject({ message: 'must be an object of counts by band' })
  submitted: Record<string, unknown>;
}
