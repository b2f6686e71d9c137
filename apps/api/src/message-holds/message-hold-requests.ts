import { Text } from '#fields';

export class ReleaseMessagesDto {
  /** What was found out. */
  @Text(2_000)
  reason: string;
}

export class HoldMessagesDto {
  /** What must be found out first. */
  @Text(2_000)
  reason: string;
}
