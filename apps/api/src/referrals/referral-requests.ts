import { Code, Day, OdsCode, OneOf, Optional, Text } from '#fields';
import { SERVICE_LINE_CODES } from '#service-lines';
import { REFERRAL_STATES } from '#waits';
import { ApiProperty } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { PageQuery } from '../http/page.js';

export class ReferralListQuery extends PageQuery {
  @Optional()
  @OneOf(SERVICE_LINE_CODES)
  service?: string;

  @Optional()
  @OneOf(REFERRAL_STATES)
  state?: string;

  @Optional()
  @Text(40)
  stage?: string;

  @Optional()
  @OdsCode()
  provider?: string;

  @Optional()
  @Day()
  breachedOn?: string;

  /** Longest first; the only order there is. */
  @Optional()
  @OneOf(['-days'])
  sort?: string;
}

export class WaitsQuery {
  @Optional()
  @Day()
  asOf?: string;

  @Optional()
  @Code(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/,
    'an instant with its offset, such as 2026-06-01T00:00:00Z',
  )
  knownAt?: string;
}

export class EventDto {
  @Text(60)
  type: string;

  /** Left out only for event-voided, which counts on every day. */
  @Optional()
  @Day()
  occurredOn?: string | null;

  @ApiProperty({ type: Object, required: false, description: 'Its fields are those of the type' })
  @Allow()
  data?: unknown;
}
