import { FHIR_JSON } from '#fhir';
import { OneOf, Optional, Text, WholeNumber } from '#fields';
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { WaitsReportQuery } from '../reports/report-requests.js';

export const FORMATS = ['json', FHIR_JSON, 'application/json'];

/** JSON is all that is answered, so asking for it changes nothing. A `+` in an address is a space unless it is escaped. */
const Format = (): PropertyDecorator =>
  applyDecorators(
    Optional(),
    OneOf(FORMATS),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.replace('fhir json', 'fhir+json') : value)),
  );

/** How a FHIR search is paged. */
export class FhirPage {
  @Optional()
  @WholeNumber(1, 100)
  _count?: number;

  /** Of the next link of a page; opaque. */
  @Optional()
  @Text(500)
  _cursor?: string;

  @Format()
  _format?: string;
}

export class MeasureReportQuery extends WaitsReportQuery {
  @Format()
  _format?: string;
}

/** What is looked at of a request for metadata. Whatever else it asks, there is one statement. */
export class MetadataQuery {
  @Format()
  _format?: string;
}

export class ResolveMessage {
  /** `done`: acted on by the usual means; `dismissed`: nothing to do. */
  @OneOf(['done', 'dismissed'])
  outcome: 'done' | 'dismissed';

  @Text(2_000)
  note: string;
}
