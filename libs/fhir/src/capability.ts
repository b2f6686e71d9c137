import { FHIR_JSON } from './systems.js';

const searchable = (type: string): object => ({
  type,
  interaction: [{ code: 'search-type' }],
  searchParam: [{ name: '_count', type: 'number' }],
});

/** What this server does of FHIR, and no more. */
export const capabilityStatement = (url: string, now: Date): object => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: now.toISOString(),
  kind: 'instance',
  software: { name: 'Meanwhile' },
  implementation: { description: 'Children who wait for NHS community services', url },
  fhirVersion: '4.0.1',
  format: [FHIR_JSON],
  rest: [
    {
      mode: 'server',
      security: { description: 'A bearer token of a provider role, but for this statement.' },
      resource: [
        searchable('ServiceRequest'),
        searchable('EpisodeOfCare'),
        {
          type: 'MeasureReport',
          interaction: [{ code: 'search-type' }],
          searchParam: [{ name: 'measure', type: 'reference', documentation: 'code of a measure, such as sitrep' }],
        },
      ],
      operation: [{ name: 'process-message', definition: 'http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message' }],
    },
  ],
  messaging: [{ documentation: 'Booking and Referral Standard: servicerequest-request as new, update, revoked and entered-in-error.' }],
});
