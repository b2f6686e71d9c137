/** Names of code systems and identifiers, ours and the NHS's. */
export const SNOMED = 'http://snomed.info/sct';
export const MESSAGE_EVENTS = 'https://fhir.nhs.uk/CodeSystem/message-events-bars';
export const MESSAGE_REASONS = 'https://fhir.nhs.uk/CodeSystem/message-reason-bars';
export const REQUEST_CATEGORY = 'https://fhir.nhs.uk/CodeSystem/message-category-servicerequest';
export const HTTP_ERROR_CODES = 'https://fhir.nhs.uk/Codesystem/http-error-codes';
export const ODS_CODES = 'https://fhir.nhs.uk/Id/ods-organization-code';
/** The older one is still in messages. */
export const NHS_NUMBERS: readonly string[] = ['https://fhir.nhs.uk/Id/nhs-number', 'http://fhir.nhs.net/Id/nhs-number'];
export const ETHNIC_CATEGORY = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory';
export const SOURCE_OF_REQUEST = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest';
export const DATA_ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

const OURS = 'https://meanwhile.example/fhir';
export const SERVICE_LINE = `${OURS}/CodeSystem/service-line`;
export const NEED = `${OURS}/CodeSystem/need`;
export const SOURCE_OF_REFERRAL = `${OURS}/CodeSystem/source-of-referral`;
/** What a contact was for, and how they met: FHIR leaves an Encounter’s type to every system. */
export const PURPOSE = `${OURS}/CodeSystem/contact-purpose`;
export const MECHANISM = `${OURS}/CodeSystem/contact-mechanism`;
/** The day the clock starts from, which FHIR has no element for: `authoredOn` is the day the request was written. */
export const RECEIVED_ON = `${OURS}/StructureDefinition/received-on`;
export const MEASURE = `${OURS}/Measure`;
export const CHILD = `${OURS}/Id/child`;
export const SOURCE_SYSTEM = `${OURS}/Id/source`;

/** ODS codes are written under both spellings, in official examples too. */
export const isOds = (system: string | undefined): boolean => system?.toLowerCase() === ODS_CODES.toLowerCase();

export const FHIR_JSON = 'application/fhir+json';
