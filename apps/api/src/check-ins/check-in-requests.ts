import { ANSWERED_BY, CHANGES, CHECK_IN_FILTERS, CONCERNS, MESSAGE_LENGTH, STILL_NEEDED } from '#check-ins';
import { EachOneOf, Flag, OneOf, Optional, Part, Text } from '#fields';
import { SERVICE_LINE_CODES } from '#service-lines';
import type { AnsweredBy, Change, CheckInFilter, Concern, StillNeeded } from '#check-ins';
import { PageQuery } from '../http/page.js';

export class CheckInListQuery extends PageQuery {
  @Optional()
  @OneOf(CHECK_IN_FILTERS)
  state?: CheckInFilter;

  @Optional()
  @OneOf(SERVICE_LINE_CODES)
  service?: string;
}

/** What a family said, as it is written down by who called. */
export class AnswersDto {
  @Optional()
  @OneOf(STILL_NEEDED)
  stillNeeded?: StillNeeded | null;

  @Optional()
  @OneOf(CHANGES)
  change?: Change | null;

  @Optional()
  @EachOneOf(CONCERNS)
  concerns?: Concern[];

  @Optional()
  @OneOf(ANSWERED_BY)
  answeredBy?: AnsweredBy | null;

  @Optional()
  @Text(MESSAGE_LENGTH)
  message?: string | null;
}

export class RecordCallDto {
  @Flag()
  reached: boolean;

  @Optional()
  @Part(() => AnswersDto)
  answers?: AnswersDto;
}
