import { ESCALATION_STATES, LEVELS, type EscalationState, type Level } from '#escalations';
import { OneOf, Optional, Text } from '#fields';
import { PageQuery } from '../http/page.js';

export class EscalationListQuery extends PageQuery {
  @Optional()
  @OneOf(ESCALATION_STATES)
  state?: EscalationState;

  @Optional()
  @OneOf(LEVELS)
  level?: Level;
}

export class AcknowledgeDto {
  /** Who sees to it. */
  @Text(200)
  owner: string;
}

export class ResolveDto {
  /** What was done. */
  @Text(2_000)
  outcome: string;

  /** What the family was told; nothing is closed without it. */
  @Text(2_000)
  familyTold: string;
}
