import type { ServiceMapDto } from './service-map-file.js';
import { SNOMED } from './systems.js';

const snomed = <T>(codes: Record<string, T>): (T & { system: string; code: string })[] =>
  Object.entries(codes).map(([code, rest]) => ({ system: SNOMED, code, ...rest }));

const SALT = { service: 'speech-and-language-therapy', details: { need: 'other' } };
const MENTAL_HEALTH = { service: 'mental-health', details: { team: 'A18' } };

/**
 * What is mapped where no FHIR_SERVICE_MAP is given: a few referral procedures and reasons of SNOMED CT whose meaning is not in doubt.
 * A provider's own services (HealthcareService by DoS or local id) are always its own to add. Autism is left out: suspected or diagnosed, nobody can tell.
 */
export const DEFAULT_SERVICE_MAP: ServiceMapDto = {
  services: snomed({
    '308452008': SALT, // referral to speech and language therapist
    '306360000': SALT, // … community-based
    '306361001': SALT, // … hospital-based
    '311555007': SALT, // speech and language therapy regime
    '390866009': MENTAL_HEALTH, // referral to mental health team
    '306291008': MENTAL_HEALTH, // referral to child and adolescent psychiatrist
    '309627007': MENTAL_HEALTH, // child referral, clinical psychologist
    '308455005': { service: 'specialist-equipment', details: { category: 'orthotics' } }, // referral to orthotist
    '58938008': { service: 'specialist-equipment', details: { category: 'wheelchair' } }, // wheelchair
  }),
  reasons: [
    ...snomed({
      '280032002': { service: 'speech-and-language-therapy', details: { need: 'developmental-language-disorder' } },
      '40739000': { service: 'speech-and-language-therapy', details: { need: 'dysphagia' } },
    }),
    ...snomed({
      '35489007': { service: 'mental-health', details: { reason: '04' } }, // depressive disorder
      '197480006': { service: 'mental-health', details: { reason: '05' } }, // anxiety disorder
      '191736004': { service: 'mental-health', details: { reason: '06' } }, // obsessive-compulsive disorder
      '47505003': { service: 'mental-health', details: { reason: '11' } }, // post-traumatic stress disorder
      '72366004': { service: 'mental-health', details: { reason: '12' } }, // eating disorder
      '406506008': { service: 'mental-health', details: { reason: '24' } }, // attention deficit hyperactivity disorder
    }),
  ],
  purposes: snomed({
    '225390008': { purpose: 'triage' },
    '386053000': { purpose: 'assessment' }, // evaluation procedure
    '1085671000000109': { purpose: 'assessment' }, // of the assessment refset of MHSDS: autism, attention deficit hyperactivity disorder
    '1914891000000100': { purpose: 'assessment' },
    '277132007': { purpose: 'treatment' }, // therapeutic procedure
  }),
  mechanisms: snomed({ '185317003': { mechanism: 'telephone' } }), // telephone encounter
  referrers: [
    // UK Core SourceOfServiceRequest.
    { system: SNOMED, code: '108161000000109', source: 'gp' },
    { system: SNOMED, code: '185359002', source: 'gp' },
    { system: SNOMED, code: '1991000124105', source: 'self' },
    { system: SNOMED, code: '310434002', source: 'self' },
    { system: SNOMED, code: '1065391000000104', source: 'carer' },
    { system: SNOMED, code: '185373006', source: 'carer' },
    { system: SNOMED, code: '1052681000000105', source: 'health-visitor' },
    { system: SNOMED, code: '1065401000000101', source: 'school-nurse' },
    { system: SNOMED, code: '185361006', source: 'community-paediatrics' },
    { system: SNOMED, code: '185360007', source: 'hospital' },
    { system: SNOMED, code: '312357002', source: 'hospital' },
    { system: SNOMED, code: '185365002', source: 'social-care' },
    { system: SNOMED, code: '185370009', source: 'other-ahp' },
    { system: SNOMED, code: '1077201000000101', source: 'mental-health' },
    // Specialty of a PractitionerRole: general medical practice.
    { system: SNOMED, code: '408443003', source: 'gp' },
  ],
};
