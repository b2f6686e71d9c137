import { DomainError } from '#kernel';
import type { NewReferral, SourceDto } from '#referrals';
import { isRecord, isResource, openBundle, Resources, type Resource } from './bundle.js';
import { fhirDay } from './days.js';
import { strayRelatedPersons } from './contacts.js';
import { encountersOf, strayEncounters, type CareContact } from './encounters.js';
import { readAs, ServiceRequestFields } from './fields.js';
import { parseFhirJson } from './json.js';
import { invalid, type Problem } from './problem.js';
import type { ServiceMap } from './service-map.js';
import { isReferralCategory, translate, type TranslateOptions } from './translate.js';
import { tokensOf } from './service-map.js';

export interface BundleOptions extends Omit<TranslateOptions, 'receivedOn'> {
  /** Without our `received-on` extension: take the day the request was written, or say that the start is unknown. */
  receivedOn: 'authored' | 'unknown';
}

/** What one ServiceRequest of a file came to: a referral to receive, or why not. Also what is wrong with another resource, without a referral. */
export interface ReferralInFile {
  /** Where in the file: `ServiceRequest/123`, or the place in it. */
  place: string;
  /** Where the referral comes from, also where it cannot be taken in; null = cannot be told. */
  source: SourceDto | null;
  /** Of the child, also where the referral cannot be taken in. */
  nhsNumber: string | null;
  newReferral: NewReferral | null;
  /** Care contacts its Encounters tell of. Encounters that cannot be taken are rows of their own. */
  careContacts: CareContact[];
  problems: Problem[];
  notes: string[];
}

/** Every referral of a Bundle of any type. What is wrong with one leaves the others alone; what is wrong with the bundle is a row of its own. Pure. */
export function referralsOfBundle(bundle: unknown, map: ServiceMap, options: BundleOptions): ReferralInFile[] {
  if (!isRecord(bundle) || bundle['resourceType'] !== 'Bundle') {
    return [failed('Bundle', [{ code: 'invalid', path: 'resourceType', expected: 'Bundle' }])];
  }
  return referralsOfResources(openBundle(bundle), map, options);
}

/** Every referral of a file of one resource a line (bulk export), which may refer to each other. Pure. */
export function referralsOfNdjson(text: string, map: ServiceMap, options: BundleOptions): ReferralInFile[] {
  const resources = new Resources();
  const failures: ReferralInFile[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = `line ${i + 1}`;
    try {
      const resource = parseFhirJson(line);
      if (isResource(resource)) resources.add(resource, undefined, place);
      else failures.push(failed(place, [{ code: 'invalid', path: 'resourceType', expected: 'a FHIR resource' }]));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failures.push(failed(place, [{ code: 'invalid', path: '', expected: 'one JSON object a line, no name twice' }]));
    }
  }
  return [...failures, ...referralsOfResources(resources, map, options)];
}

function referralsOfResources(resources: Resources, map: ServiceMap, options: BundleOptions): ReferralInFile[] {
  const failures = resources.errors.map((error) => failed(error.path, invalid([error])));
  const requests = resources.ofType('ServiceRequest');
  // A file of other resources only is no list of referrals, and is not taken for one.
  if (requests.length === 0) return failures;
  const read = requests.flatMap((request) => readRequest(request, resources, map, options));
  const strays = strayRelatedPersons(resources).map(({ resource, problems }) => failed(resources.placeOf(resource), problems));
  return [...failures, ...read, ...strays, ...strayEncounters(resources).map(({ place, problems }) => failed(place, problems))];
}

/** A referral, and after it what is wrong with its encounters: it goes in without them. */
function readRequest(request: Resource, resources: Resources, map: ServiceMap, options: BundleOptions): ReferralInFile[] {
  const place = resources.placeOf(request);
  const { value } = readAs(ServiceRequestFields, request, 'ServiceRequest');
  if (!isReferralCategory(categoriesOf(value))) {
    return [failed(place, [{ code: 'invalid', path: 'ServiceRequest.category', expected: 'referral' }])];
  }
  const authored = options.receivedOn === 'authored' && typeof value.authoredOn === 'string' ? fhirDay(value.authoredOn) : null;
  const { source, nhsNumber, newReferral, problems, notes } = translate(request, resources, map, {
    ...options,
    receivedOn: authored ?? null,
  });
  if (newReferral === null) return [{ place, source, nhsNumber, newReferral, careContacts: [], problems, notes }];
  const { careContacts, failures } = encountersOf(request, resources, map, options.today);
  const row: ReferralInFile = { place, source, nhsNumber, newReferral, careContacts, problems, notes };
  return [row, ...failures.map((failure) => failed(failure.place, failure.problems))];
}

const categoriesOf = ({ category }: ServiceRequestFields): string[] => (Array.isArray(category) ? tokensOf(category) : []);

const failed = (place: string, problems: Problem[]): ReferralInFile => ({
  place,
  source: null,
  nhsNumber: null,
  newReferral: null,
  careContacts: [],
  problems,
  notes: [],
});
