import { checkFields } from '#fields';
import type { LocalDate } from '#kernel';
import { NewReferral, type SourceDto } from '#referrals';
import { serviceLine } from '#service-lines';
import type { Resource, Resources } from './bundle.js';
import { readContacts } from './contacts.js';
import { fhirDay } from './days.js';
import { HealthcareServiceFields, PractitionerRoleFields, readAs, ServiceRequestFields, type Reference } from './fields.js';
import { PERSON_PATHS, readPatient, type BadNhsNumber } from './patient.js';
import { invalid, isForAPerson, type Problem } from './problem.js';
import { tokensOf, tokensOfIdentifiers, type ServiceMap } from './service-map.js';
import { isOds, RECEIVED_ON, REQUEST_CATEGORY, SOURCE_OF_REFERRAL, SOURCE_OF_REQUEST } from './systems.js';

export interface TranslateOptions {
  /** Whose list the referral comes onto. */
  provider: string;
  today: LocalDate;
  badNhsNumber: BadNhsNumber;
  /** Names the source where the request has no identifier of its own. */
  sourceSystem: string;
  /** The day a request without our `received-on` extension was received; null = unknown. */
  receivedOn: LocalDate | null;
}

export interface Translation {
  source: SourceDto | null;
  /** The service the codes chose, whatever else is wrong. */
  service: string | null;
  /** Of the child, whatever else is wrong. */
  nhsNumber: string | null;
  /** Null where the sender must mend something, or a person must look. */
  newReferral: NewReferral | null;
  /** Priority and source as told; null where the message does not say, and our default stands in the referral. */
  told: { priority: string | null; sourceOfReferral: string | null };
  problems: Problem[];
  notes: string[];
}

/** FHIR request-priority, in our words (domain reference 6.4). */
export const PRIORITIES = { routine: 'routine', urgent: 'urgent', asap: 'very-urgent', stat: 'emergency' } as const;

/** A ServiceRequest, with the resources around it, as the referral a provider would have told. Pure. */
export function translate(request: Resource, resources: Resources, map: ServiceMap, options: TranslateOptions): Translation {
  const { value: fields, errors } = readAs(ServiceRequestFields, request, 'ServiceRequest');
  const nothing: Translation = {
    source: null,
    service: null,
    nhsNumber: null,
    newReferral: null,
    told: { priority: null, sourceOfReferral: null },
    problems: [],
    notes: [],
  };
  if (errors.length > 0) return { ...nothing, problems: invalid(errors) };

  const problems: Problem[] = referenceProblems(fields, request, resources);
  if (fields.status !== 'active') problems.push({ code: 'not-active', path: 'ServiceRequest.status', expected: 'active' });
  const days = readDays(fields, options, problems);
  const source = sourceOf(fields, request, resources, options, problems);
  const service = readService(fields, request, resources, map, options, problems);
  const sourceOfReferral = referrerOf(fields, request, resources, map);
  const priority = fields.priority === undefined ? null : PRIORITIES[fields.priority];
  const before: Translation = { ...nothing, source, service: service?.service ?? null, told: { priority, sourceOfReferral }, problems };

  const patient = resources.resolve(fields.subject, request);
  if (patient?.resourceType !== 'Patient') {
    problems.push({ code: 'reference', path: 'ServiceRequest.subject', expected: 'a Patient of this bundle, with name and birth date' });
    return before;
  }
  const child = readPatient(patient, resources, options.badNhsNumber);
  problems.push(...child.problems);
  before.nhsNumber = child.person?.nhsNumber ?? null;
  if (child.problems.some((p) => !isForAPerson(p)) || child.person === null) return { ...before, notes: child.notes };
  const around = readContacts(patient, child.fields, resources, options.today);
  problems.push(...around.problems);
  const notes = [...child.notes, ...around.notes];
  if (service === null || source === null || problems.length > 0) return { ...before, notes };

  const referral = checkFields(NewReferral, {
    service: service.service,
    provider: options.provider,
    source,
    ...days,
    priority: priority ?? 'routine',
    sourceOfReferral: sourceOfReferral ?? 'other',
    person: child.person,
    contacts: around.contacts,
    details: service.details,
  });
  problems.push(...invalid(referral.errors.map((e) => ({ path: fhirPath(e.path), message: e.message }))));
  return { ...before, newReferral: problems.length > 0 ? null : withDetails(referral.value, service.details), notes };
}

function withDetails(referral: NewReferral, details: object): NewReferral {
  referral.details = details;
  return referral;
}

/** Where a field of a referral stands in FHIR, for those who must mend it. */
export function fhirPath(path: string): string {
  if (path.startsWith('person.')) return PERSON_PATHS[path.slice('person.'.length)] ?? 'Patient';
  return PATHS[path] ?? path;
}
const PATHS: Record<string, string> = {
  receivedOn: 'Bundle.timestamp',
  authoredOn: 'ServiceRequest.authoredOn',
  priority: 'ServiceRequest.priority',
  service: 'ServiceRequest.code',
  'source.system': 'ServiceRequest.identifier.system',
  'source.id': 'ServiceRequest.identifier.value',
};

function referenceProblems(fields: ServiceRequestFields, request: Resource, resources: Resources): Problem[] {
  const lost = (reference: Reference | undefined): boolean => resources.leadsNowhere(reference, request);
  const problem = (path: string): Problem => ({ code: 'reference', path, expected: 'a reference to a resource of this bundle' });
  return [
    ...(lost(fields.requester) ? [problem('ServiceRequest.requester')] : []),
    ...(fields.performer ?? []).flatMap((p, i) => (lost(p) ? [problem(`ServiceRequest.performer[${i}]`)] : [])),
  ];
}

const RECEIVED_PATH = 'ServiceRequest.extension(received-on)';

function readDays(
  fields: ServiceRequestFields,
  options: TranslateOptions,
  problems: Problem[],
): { receivedOn: LocalDate | null; authoredOn: LocalDate | null } {
  const dayAt = (value: string | undefined, path: string): LocalDate | null => {
    const day = value === undefined ? null : fhirDay(value);
    if (day === undefined) problems.push({ code: 'invalid', path, expected: 'must be a day, or an instant with its offset' });
    return day ?? null;
  };
  const extension = fields.extension?.find((e) => e.url === RECEIVED_ON);
  const receivedOn = extension?.valueDate;
  // A date of FHIR has no time.
  const isMoment = receivedOn?.includes('T') ?? false;
  if (isMoment) problems.push({ code: 'invalid', path: RECEIVED_PATH, expected: 'must be a day, YYYY-MM-DD' });
  return {
    receivedOn: extension ? (isMoment ? null : dayAt(receivedOn, RECEIVED_PATH)) : options.receivedOn,
    authoredOn: dayAt(fields.authoredOn, 'ServiceRequest.authoredOn'),
  };
}

/** The request's first identifier; else its id, in the name of who sent it. */
function sourceOf(
  fields: ServiceRequestFields,
  request: Resource,
  resources: Resources,
  options: TranslateOptions,
  problems: Problem[],
): SourceDto | null {
  const identifier = fields.identifier?.find((i) => i.value !== undefined);
  const id = identifier?.value ?? resources.idOf(request);
  if (id === null) {
    problems.push({ code: 'invalid', path: 'ServiceRequest.identifier', expected: 'an identifier with a value, or an id' });
    return null;
  }
  return { system: identifier?.system ?? options.sourceSystem, id };
}

function readService(
  fields: ServiceRequestFields,
  request: Resource,
  resources: Resources,
  map: ServiceMap,
  options: TranslateOptions,
  problems: Problem[],
): { service: string; details: object } | null {
  const tokens = tokensOf([fields.code, ...(fields.category ?? []), ...(fields.reasonCode ?? [])]);
  for (const performer of fields.performer ?? []) tokens.push(...performerTokens(performer, request, resources, options, problems));
  const chosen = map.choose(tokens);
  if (chosen === null) {
    problems.push({
      code: 'no-service',
      path: 'ServiceRequest.code',
      expected: 'codes that all mean one service of the map',
      foundCodes: tokens,
    });
    return null;
  }
  const { value, errors } = checkFields(serviceLine(chosen.service).details, chosen.details, 'details');
  for (const e of errors) problems.push({ code: 'details', path: 'ServiceRequest.reasonCode', expected: `${e.path} ${e.message}` });
  return { service: chosen.service, details: value };
}

/** What a performer says of the service: its identifiers and types. Also sees that the request was meant for this provider. */
function performerTokens(
  performer: Reference,
  request: Resource,
  resources: Resources,
  options: TranslateOptions,
  problems: Problem[],
): string[] {
  const own = performer.identifier === undefined || isOds(performer.identifier.system) ? [] : tokensOfIdentifiers([performer.identifier]);
  const meantFor = (code: string | null): void => {
    if (code === null || isSameTrust(code, options.provider)) return;
    problems.push({ code: 'other-organisation', path: 'ServiceRequest.performer', expected: 'this provider' });
  };
  meantFor(resources.odsCode(performer, request));
  const service = resources.resolve(performer, request);
  if (service?.resourceType !== 'HealthcareService') return own;
  const { value, errors } = readAs(HealthcareServiceFields, service, 'HealthcareService');
  problems.push(...invalid(errors));
  if (errors.length > 0) return own;
  meantFor(resources.odsCode(value.providedBy, service));
  return [
    ...own,
    ...tokensOfIdentifiers(value.identifier),
    ...tokensOf([...(value.category ?? []), ...(value.type ?? []), ...(value.specialty ?? [])]),
  ];
}

/** A site's ODS code is its trust's with two more characters. */
const isSameTrust = (code: string, provider: string): boolean => code.startsWith(provider) || provider.startsWith(code);

/** Who referred: as UK Core's extension says, else by who the requester is; null where neither is known. */
function referrerOf(fields: ServiceRequestFields, request: Resource, resources: Resources, map: ServiceMap): string | null {
  const said = fields.extension?.find((e) => e.url === SOURCE_OF_REQUEST)?.valueCodeableConcept;
  const ours = said?.coding?.find((c) => c.system === SOURCE_OF_REFERRAL)?.code;
  const coded = ours ?? map.referrer(tokensOf([said]));
  if (coded !== null) return coded;
  const requester = resources.resolve(fields.requester, request);
  if (requester?.resourceType === 'Patient') return 'self';
  if (requester?.resourceType === 'RelatedPerson') return 'carer';
  if (requester?.resourceType !== 'PractitionerRole') return null;
  const { value, errors } = readAs(PractitionerRoleFields, requester, 'PractitionerRole');
  return errors.length > 0 ? null : map.referrer(tokensOf([...(value.specialty ?? []), ...(value.code ?? [])]));
}

/** A BaRS request for validation, or an e-RS request for advice, is no referral. */
export const isReferralCategory = (codes: readonly string[]): boolean => {
  const ours = codes.filter((token) => token.startsWith(`${REQUEST_CATEGORY}|`));
  return ours.every((token) => token === `${REQUEST_CATEGORY}|referral`);
};
