import { nhsNumber } from '../../../test/support/referrals.js';

type Json = Record<string, unknown>;

export interface MessageChanges {
  id?: string;
  source?: string;
  reason?: string;
  timestamp?: string;
  event?: Json;
  header?: Json;
  request?: Json;
  patient?: Json;
  nhsNumber?: string | null;
  /** Further resources. */
  and?: Json[];
}

const sct = (code: string): Json => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
export const SLT = sct('308452008');

let next = 1;

/** A BaRS message as a referrer's system would send it, with what matters to a test changed. */
export function barsMessage(changes: MessageChanges = {}): Json & { id: string } {
  const n = next++;
  const number = changes.nhsNumber === undefined ? nhsNumber() : changes.nhsNumber;
  const [request, patient] = ['urn:uuid:5b1f0d6e-0000-4000-8000-000000000001', 'urn:uuid:5b1f0d6e-0000-4000-8000-000000000002'];
  return {
    resourceType: 'Bundle',
    id: changes.id ?? `message-${n}`,
    type: 'message',
    timestamp: changes.timestamp ?? '2026-11-20T09:00:00+00:00',
    entry: [
      {
        fullUrl: 'urn:uuid:5b1f0d6e-0000-4000-8000-000000000000',
        resource: {
          resourceType: 'MessageHeader',
          eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-events-bars', code: 'servicerequest-request' },
          source: { name: 'A surgery', endpoint: 'https://fhir.nhs.uk/Id/dos-service-id|2222222222' },
          reason: { coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/message-reason-bars', code: changes.reason ?? 'new' }] },
          focus: [{ reference: request }],
          ...changes.header,
        },
      },
      {
        fullUrl: request,
        resource: {
          resourceType: 'ServiceRequest',
          identifier: [{ system: 'https://sender.example/Id/referral', value: changes.source ?? `S-${n}` }],
          status: 'active',
          intent: 'plan',
          category: [{ coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/message-category-servicerequest', code: 'referral' }] }],
          code: SLT,
          reasonCode: [sct('280032002')],
          priority: 'routine',
          subject: { reference: patient },
          authoredOn: '2026-11-19T16:00:00+00:00',
          ...changes.request,
        },
      },
      {
        fullUrl: patient,
        resource: {
          resourceType: 'Patient',
          identifier: number === null ? [] : [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }],
          name: [{ use: 'official', family: 'Example', given: ['Asha'] }],
          gender: 'female',
          birthDate: '2019-05-04',
          address: [{ use: 'home', postalCode: 'NN17 1QG' }],
          ...changes.patient,
        },
      },
      {
        fullUrl: 'urn:uuid:5b1f0d6e-0000-4000-8000-000000000003',
        resource: {
          resourceType: 'RelatedPerson',
          patient: { reference: patient },
          relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }],
          name: [{ family: 'Example', given: ['Sam'] }],
          telecom: [{ system: 'phone', value: '07700 900123', use: 'mobile' }],
        },
      },
      ...(changes.and ?? []).map((resource, i) => ({ fullUrl: `urn:uuid:5b1f0d6e-0000-4000-8000-0000000001${10 + i}`, resource })),
    ],
  };
}
