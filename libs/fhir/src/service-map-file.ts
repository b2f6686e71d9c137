import { OneOf, Optional, Parts, Text } from '#fields';
import { MECHANISMS, PURPOSES, SOURCES_OF_REFERRAL } from '#referrals';
import { SERVICE_LINE_CODES } from '#service-lines';
import type { Mechanism, Purpose } from '#waits';
import { Allow } from 'class-validator';

class Token {
  @Text(300) system: string;
  @Text(100) code: string;
}

/** A code, or the identifier of a HealthcareService, and the line it stands for, with what it says of the details. */
export class ServiceEntry extends Token {
  @OneOf(SERVICE_LINE_CODES) service: string;
  @Optional() @Allow() details?: Record<string, unknown>;
}

class ReferrerEntry extends Token {
  @OneOf(SOURCES_OF_REFERRAL) source: string;
}

class PurposeEntry extends Token {
  @OneOf(PURPOSES) purpose: Purpose;
}

class MechanismEntry extends Token {
  @OneOf(MECHANISMS) mechanism: Mechanism;
}

/** The file FHIR_SERVICE_MAP names. `services` choose the line; `reasons` only say more once it is chosen, and win where both speak. */
export class ServiceMapDto {
  @Parts(() => ServiceEntry, 5_000) services: ServiceEntry[];
  @Optional() @Parts(() => ServiceEntry, 5_000) reasons?: ServiceEntry[];
  @Optional() @Parts(() => ReferrerEntry, 1_000) referrers?: ReferrerEntry[];
  /** What an Encounter was for. It decides which clocks stop: only codes that can mean nothing else. */
  @Optional() @Parts(() => PurposeEntry, 5_000) purposes?: PurposeEntry[];
  /** … and how they met, where its class does not say. */
  @Optional() @Parts(() => MechanismEntry, 1_000) mechanisms?: MechanismEntry[];
}
