import { DomainError } from '#kernel';
import type { NewReferral, SourceDto } from '#referrals';
import { isRecord, isResource, openBundle, Resources } from './bundle.js';
import { fhirDay } from './days.js';
import { contactsOf, type ContactCandidate } from './encounters.js';
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

/** What one ServiceRequest of a file came to: a referral to receive, or why not. */
export interface ReadReferral {
  /** Where in the file: `ServiceRequest/123`, or the place in it. */
  place: string;
  /** Where the referral comes from, also where it cannot be taken in; null = cannot be told. */
  source: SourceDto | null;
  newReferral: NewReferral | null;
  /** Contacts its Encounters tell of, without their purpose. */
  contacts: ContactCandidate[];
  problems: Problem[];
  notes: string[];
}

/** Every referral of a Bundle of any type. What is wrong with one leaves the others alone; what is wrong with the bundle is a row of its own. Pure. */
export function referralsOfBundle(bundle: unknown, map: ServiceMap, options: BundleOptions): ReadReferral[] {
  if (!isRecord(bundle) || bundle['resourceType'] !== 'Bundle') {
    return [failed('Bundle', [{ code: 'invalid', path: 'resourceType', expected: 'Bundle' }])];
  }
  return referralsOfResources(openBundle(bundle), map, options);
}

/** Every referral of a file of one resource a line (bulk export), which may refer to each other. Pure. */
export function referralsOfNdjson(text: string, map: ServiceMap, options: BundleOptions): ReadReferral[] {
  const resources = new Resources();
  const failures: ReadReferral[] = [];
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

function referralsOfResources(resources: Resources, map: ServiceMap, options: BundleOptions): ReadReferral[] {
  const failures = resources.errors.map((error) => failed(error.path, invalid([error])));
  const read = resources.ofType('ServiceRequest').map((request, i): ReadReferral => {
    const place = `ServiceRequest/${resources.idOf(request) ?? i + 1}`;
    const { value } = readAs(ServiceRequestFields, request, 'ServiceRequest');
    if (!isReferralCategory(categoriesOf(value))) {
      return failed(place, [{ code: 'invalid', path: 'ServiceRequest.category', expected: 'referral' }]);
    }
    const authored = options.receivedOn === 'authored' && typeof value.authoredOn === 'string' ? fhirDay(value.authoredOn) : null;
    const { source, newReferral, problems, notes } = translate(request, resources, map, { ...options, receivedOn: authored ?? null });
    return { place, source, newReferral, contacts: newReferral ? contactsOf(request, resources) : [], problems, notes };
  });
  return [...failures, ...read];
}

const categoriesOf = ({ category }: ServiceRequestFields): string[] => (Array.isArray(category) ? tokensOf(category) : []);

const failed = (place: string, problems: Problem[]): ReadReferral => ({
  place,
  source: null,
  newReferral: null,
  contacts: [],
  problems,
  notes: [],
});
