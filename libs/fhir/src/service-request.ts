import type { LocalDate } from '#kernel';
import type { ReferralView } from '#referrals';
import {
  CHILD,
  NEED,
  ODS_CODES,
  RECEIVED_ON,
  REQUEST_CATEGORY,
  SERVICE_LINE,
  SOURCE_OF_REFERRAL,
  SOURCE_OF_REQUEST,
  SOURCE_SYSTEM,
} from './systems.js';

const PRIORITIES: Record<string, string> = { routine: 'routine', urgent: 'urgent', 'very-urgent': 'asap', emergency: 'stat' };

/** A request is active as long as something is owed of it; one that ended without what was asked is revoked. */
const STATUSES: Record<ReferralView['state'], string> = {
  waiting: 'active',
  'in-treatment': 'active',
  monitored: 'on-hold',
  closed: 'completed',
  rejected: 'revoked',
  removed: 'revoked',
};

/** A child without its name: whose it is knows it by the source id. */
export const childReference = (personId: string): object => ({ type: 'Patient', identifier: { system: CHILD, value: personId } });

export const organisation = (ods: string): object => ({ type: 'Organization', identifier: { system: ODS_CODES, value: ods } });

/** A source system is a URI in FHIR; ours may be a plain word. */
const systemUri = (system: string): string =>
  /^[a-z][a-z0-9+.-]*:/i.test(system) ? system : `${SOURCE_SYSTEM}/${encodeURIComponent(system)}`;

/** A referral as a ServiceRequest (R4, UK Core). Pure. */
export const serviceRequestOf = (referral: ReferralView): Record<string, unknown> => ({
  resourceType: 'ServiceRequest',
  id: referral.id,
  extension: [
    ...(referral.receivedOn ? [receivedOn(referral.receivedOn)] : []),
    { url: SOURCE_OF_REQUEST, valueCodeableConcept: { coding: [{ system: SOURCE_OF_REFERRAL, code: referral.sourceOfReferral }] } },
  ],
  identifier: [{ system: systemUri(referral.source.system), value: referral.source.id }],
  status: referral.endReason === 'died' ? 'revoked' : STATUSES[referral.state],
  intent: 'order',
  category: [{ coding: [{ system: REQUEST_CATEGORY, code: 'referral' }] }],
  priority: PRIORITIES[referral.priority] ?? 'routine',
  code: { coding: [{ system: SERVICE_LINE, code: referral.service }] },
  subject: childReference(referral.personId),
  ...(referral.authoredOn ? { authoredOn: referral.authoredOn } : {}),
  performer: [organisation(referral.provider)],
  reasonCode: [{ coding: [{ system: NEED, code: referral.need }] }],
});

const receivedOn = (day: LocalDate): object => ({ url: RECEIVED_ON, valueDate: day });
