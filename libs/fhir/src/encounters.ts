import type { LocalDate } from '#kernel';
import type { Mechanism, Purpose } from '#waits';
import type { Resource, Resources } from './bundle.js';
import { fhirDay } from './days.js';
import { EncounterFields, readAs } from './fields.js';
import { invalid, type Problem } from './problem.js';
import { tokensOf, type ServiceMap } from './service-map.js';

/** A care contact an Encounter tells of, as an event of its referral. */
export interface CareContact {
  /** The Encounter's own id: told twice, it is one event. */
  eventId: string;
  occurredOn: LocalDate;
  data: { attendance: 'attended'; mechanism: Mechanism; purpose: Purpose };
}

/** What the Encounters of a request came to. */
export interface ReadEncounters {
  careContacts: CareContact[];
  /** Encounters that tell of something we cannot take, each with its place: they are told as events instead. */
  failures: { place: string; problems: Problem[] }[];
}

/** HL7 ActCode: in a clinic, at home, elsewhere in person. VR says only that they were not in one place: not how they met. */
const IN_PERSON = ['AMB', 'HH', 'FLD'];

/** Not yet, or not at all: nothing has happened that would be told. */
const NOTHING_TO_TELL = ['planned', 'arrived', 'triaged', 'in-progress', 'onleave', 'entered-in-error'];

/**
 * Encounters that say they are based on the request. What one was for, and how they met, decides where clocks stop: neither is guessed. A
 * cancelled one does not say who cancelled it, nor that a child was not brought. Pure.
 */
export function encountersOf(request: Resource, resources: Resources, map: ServiceMap, today: LocalDate): ReadEncounters {
  const read: ReadEncounters = { careContacts: [], failures: [] };
  for (const encounter of resources.pointingAt(request, 'Encounter', 'basedOn')) {
    const { contact, problems } = readEncounter(encounter, request, resources, map, today);
    if (contact !== null) read.careContacts.push(contact);
    if (problems.length > 0) read.failures.push({ place: resources.placeOf(encounter), problems });
  }
  return read;
}

/** Encounters of requests that are not among the resources. One that is based on nothing is of no referral, and none of ours. Pure. */
export function strayEncounters(resources: Resources): ReadEncounters['failures'] {
  const found = new Set(resources.all.flatMap((target) => resources.pointingAt(target, 'Encounter', 'basedOn')));
  return resources.ofType('Encounter').flatMap((encounter) => {
    if (found.has(encounter) || encounter['basedOn'] === undefined) return [];
    const { value, errors } = readAs(EncounterFields, encounter, 'Encounter');
    const isLost = errors.length === 0 && !NOTHING_TO_TELL.includes(value.status);
    const lost: Problem = { code: 'reference', path: 'Encounter.basedOn', expected: `a ServiceRequest of this file: ${OTHERWISE}` };
    const problems = isLost ? [lost] : invalid(errors);
    return problems.length > 0 ? [{ place: resources.placeOf(encounter), problems }] : [];
  });
}

const OTHERWISE = 'else send it as an event';

function readEncounter(
  encounter: Resource,
  request: Resource,
  resources: Resources,
  map: ServiceMap,
  today: LocalDate,
): { contact: CareContact | null; problems: Problem[] } {
  const { value, errors } = readAs(EncounterFields, encounter, 'Encounter');
  if (errors.length > 0) return { contact: null, problems: invalid(errors) };
  if (NOTHING_TO_TELL.includes(value.status)) return { contact: null, problems: [] };
  const problems: Problem[] = [];
  const missing = (element: string, expected: string): null => {
    problems.push({ code: 'invalid', path: `Encounter.${element}`, expected: `${expected}: ${OTHERWISE}` });
    return null;
  };
  if (value.status !== 'finished') missing('status', 'finished; who cancelled, and whether a child was not brought, cannot be told');
  if (isOfAnother(value, encounter, request, resources)) missing('subject', 'the Patient of the ServiceRequest');
  const day = fhirDay(value.period?.start ?? '');
  const occurredOn = day && day <= today ? day : missing('period.start', 'a day, not after today');
  const tokens = tokensOf([...(value.type ?? []), value.serviceType, ...(value.reasonCode ?? [])]);
  const purpose = only(map.purposes(tokens)) ?? missing('type', 'purpose cannot be told: codes that all mean one purpose of the map');
  const mechanism = readMechanism(value, map.mechanisms(tokens)) ?? missing('class', 'AMB, HH or FLD, or a type that says how they met');
  const id = value.id ?? missing('id', 'an id, by which it is known when it is told again');
  if (problems.length > 0 || !id || !occurredOn || !purpose || !mechanism) return { contact: null, problems };
  return { contact: { eventId: `Encounter/${id}`, occurredOn, data: { attendance: 'attended', mechanism, purpose } }, problems };
}

/** A type says it more closely than the class, which is of the place. */
const readMechanism = (value: EncounterFields, said: readonly Mechanism[]): Mechanism | null =>
  said.length === 0 && IN_PERSON.includes(value.class?.code ?? '') ? 'face-to-face' : only(said);

const only = <T>(said: readonly T[]): T | null => (said.length === 1 ? (said[0] ?? null) : null);

/** Its own subject is another Patient of the file than the request's. */
function isOfAnother({ subject }: EncounterFields, encounter: Resource, request: Resource, resources: Resources): boolean {
  const patient = resources.resolve(subject, encounter);
  return patient !== null && !resources.pointingAt(patient, 'ServiceRequest', 'subject').includes(request);
}
