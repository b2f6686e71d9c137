import type { LocalDate } from '#kernel';
import type { Resource, Resources } from './bundle.js';
import { fhirDay } from './days.js';
import { EncounterFields, readAs } from './fields.js';

/** A contact an Encounter tells of. FHIR does not say what it was for: the purpose is for whoever imports it to decide. */
export interface ContactCandidate {
  occurredOn: LocalDate;
  data: { attendance: 'attended'; mechanism: 'face-to-face' | 'video' };
}

/** HL7 ActCode. VR is a virtual encounter, by video unless it says otherwise. */
const MECHANISMS: Record<string, ContactCandidate['data']['mechanism']> = {
  AMB: 'face-to-face',
  HH: 'face-to-face',
  FLD: 'face-to-face',
  VR: 'video',
};

/** Encounters that say they are based on the request, and that took place. Cancelled ones say nobody's part in it, so they are none. Pure. */
export function contactsOf(request: Resource, resources: Resources): ContactCandidate[] {
  return resources.ofType('Encounter').flatMap((encounter) => {
    const { value, errors } = readAs(EncounterFields, encounter, 'Encounter');
    const isOfRequest = (value.basedOn ?? []).some((reference) => resources.resolve(reference, encounter) === request);
    const occurredOn = fhirDay(value.period?.start ?? '');
    const mechanism = MECHANISMS[value.class?.code ?? ''];
    if (errors.length > 0 || !isOfRequest || value.status !== 'finished' || !occurredOn || mechanism === undefined) return [];
    return [{ occurredOn, data: { attendance: 'attended' as const, mechanism } }];
  });
}
