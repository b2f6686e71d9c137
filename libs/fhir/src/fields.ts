import { CHECKING, Code, fieldErrors, Flag, OneOf, Optional, Part, Parts, Text, TextList, WholeNumber } from '#fields';
import type { FieldError } from '#kernel';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { unfitPlace } from './unfit.js';

/** Lists in FHIR are longer than ours. */
const MANY = 500;
const Words = (max = 2_000): PropertyDecorator => Text(max);
const Several = (type: () => new () => object): PropertyDecorator => Parts(type, MANY);

/** Checks what we read of a resource. What else it says is left alone, as FHIR wants it (a profile may add anything), as long as it can be read. */
export function readAs<T extends object>(type: new () => T, resource: object, path: string): { value: T; errors: FieldError[] } {
  const unfit = unfitPlace(resource, path);
  if (unfit) return { value: new type(), errors: [unfit] };
  const value = plainToInstance(type, resource);
  return { value, errors: fieldErrors(validateSync(value, { ...CHECKING, forbidNonWhitelisted: false }), path) };
}

export class Coding {
  @Optional() @Words(500) system?: string;
  @Optional() @Words(200) code?: string;
}

export class CodeableConcept {
  @Optional() @Several(() => Coding) coding?: Coding[];
  @Optional() @Words(5_000) text?: string;
}

export class Identifier {
  @Optional() @Words(500) system?: string;
  @Optional() @Words(200) value?: string;
}

export class Reference {
  @Optional() @Words(500) reference?: string;
  @Optional() @Part(() => Identifier) identifier?: Identifier;
}

export class Extension {
  @Words(500) url: string;
  @Optional() @Part(() => CodeableConcept) valueCodeableConcept?: CodeableConcept;
  @Optional() @Words(40) valueDate?: string;
  @Optional() @Flag() valueBoolean?: boolean;
  @Optional() @Several(() => Extension) extension?: Extension[];
}

export class HumanName {
  @Optional() @Words(40) use?: string;
  @Optional() @Words(300) text?: string;
  @Optional() @Words(200) family?: string;
  @Optional() @TextList(20, 100) given?: string[];
}

export class ContactPoint {
  @Optional() @Words(40) system?: string;
  @Optional() @Words(300) value?: string;
  @Optional() @Words(40) use?: string;
  @Optional() @WholeNumber(1, 1_000) rank?: number;
}

export class Address {
  @Optional() @Words(40) use?: string;
  @Optional() @Words(40) postalCode?: string;
}

export class Period {
  @Optional() @Words(40) start?: string;
  @Optional() @Words(40) end?: string;
}

export class Meta {
  @Optional() @Several(() => Coding) security?: Coding[];
}

export class Communication {
  @Optional() @Part(() => CodeableConcept) language?: CodeableConcept;
  @Optional() @Flag() preferred?: boolean;
}

class PatientContact {
  @Optional() @Several(() => CodeableConcept) relationship?: CodeableConcept[];
  @Optional() @Part(() => HumanName) name?: HumanName;
  @Optional() @Several(() => ContactPoint) telecom?: ContactPoint[];
}

export class PatientFields {
  @Optional() @Part(() => Meta) meta?: Meta;
  @Optional() @Several(() => Extension) extension?: Extension[];
  @Optional() @Several(() => Identifier) identifier?: Identifier[];
  @Several(() => HumanName) name: HumanName[];
  @Optional() @OneOf(['female', 'male', 'other', 'unknown']) gender?: string;
  @Words(40) birthDate: string;
  @Optional() @Flag() deceasedBoolean?: boolean;
  @Optional() @Words(40) deceasedDateTime?: string;
  @Optional() @Several(() => Address) address?: Address[];
  @Optional() @Several(() => PatientContact) contact?: PatientContact[];
  @Optional() @Several(() => Communication) communication?: Communication[];
  @Optional() @Several(() => Reference) generalPractitioner?: Reference[];
}

export class RelatedPersonFields {
  @Optional() @Flag() active?: boolean;
  @Part(() => Reference) patient: Reference;
  @Optional() @Several(() => CodeableConcept) relationship?: CodeableConcept[];
  @Optional() @Several(() => HumanName) name?: HumanName[];
  @Optional() @Several(() => ContactPoint) telecom?: ContactPoint[];
  @Optional() @Part(() => Period) period?: Period;
  @Optional() @Several(() => Communication) communication?: Communication[];
}

export class OrganizationFields {
  @Optional() @Several(() => Identifier) identifier?: Identifier[];
}

export class HealthcareServiceFields {
  @Optional() @Several(() => Identifier) identifier?: Identifier[];
  @Optional() @Several(() => CodeableConcept) category?: CodeableConcept[];
  @Optional() @Several(() => CodeableConcept) type?: CodeableConcept[];
  @Optional() @Several(() => CodeableConcept) specialty?: CodeableConcept[];
  @Optional() @Part(() => Reference) providedBy?: Reference;
}

export class PractitionerRoleFields {
  @Optional() @Several(() => CodeableConcept) specialty?: CodeableConcept[];
  @Optional() @Several(() => CodeableConcept) code?: CodeableConcept[];
  @Optional() @Part(() => Reference) organization?: Reference;
}

export const ENCOUNTER_STATUSES = [
  'planned',
  'arrived',
  'triaged',
  'in-progress',
  'onleave',
  'finished',
  'cancelled',
  'entered-in-error',
  'unknown',
] as const;

export class EncounterFields {
  @Optional() @Words(64) id?: string;
  @OneOf(ENCOUNTER_STATUSES) status: (typeof ENCOUNTER_STATUSES)[number];
  @Optional() @Part(() => Coding) class?: Coding;
  @Optional() @Several(() => CodeableConcept) type?: CodeableConcept[];
  @Optional() @Part(() => CodeableConcept) serviceType?: CodeableConcept;
  @Optional() @Several(() => CodeableConcept) reasonCode?: CodeableConcept[];
  @Optional() @Part(() => Reference) subject?: Reference;
  @Optional() @Several(() => Reference) basedOn?: Reference[];
  @Optional() @Part(() => Period) period?: Period;
}

export const REQUEST_STATUSES = ['draft', 'active', 'on-hold', 'revoked', 'completed', 'entered-in-error', 'unknown'] as const;
const INTENTS = ['proposal', 'plan', 'directive', 'order', 'original-order', 'reflex-order', 'filler-order', 'instance-order', 'option'];

export class ServiceRequestFields {
  @Optional() @Words(64) id?: string;
  @Optional() @Several(() => Extension) extension?: Extension[];
  @Optional() @Several(() => Identifier) identifier?: Identifier[];
  @OneOf(REQUEST_STATUSES) status: (typeof REQUEST_STATUSES)[number];
  @OneOf(INTENTS) intent: string;
  @Optional() @Several(() => CodeableConcept) category?: CodeableConcept[];
  @Optional() @OneOf(['routine', 'urgent', 'asap', 'stat']) priority?: 'routine' | 'urgent' | 'asap' | 'stat';
  @Optional() @Part(() => CodeableConcept) code?: CodeableConcept;
  @Part(() => Reference) subject: Reference;
  @Optional() @Words(40) authoredOn?: string;
  @Optional() @Part(() => Reference) requester?: Reference;
  @Optional() @Several(() => Reference) performer?: Reference[];
  @Optional() @Several(() => CodeableConcept) reasonCode?: CodeableConcept[];
}

class MessageSource {
  @Optional() @Words(300) name?: string;
  @Words(300) endpoint: string;
}

export class MessageHeaderFields {
  @Optional() @Code(/^[A-Za-z0-9\-.]{1,64}$/, 'an id of 1 to 64 letters, digits, - and .') id?: string;
  @Part(() => Coding) eventCoding: Coding;
  @Part(() => MessageSource) source: MessageSource;
  @Optional() @Part(() => CodeableConcept) reason?: CodeableConcept;
  @Several(() => Reference) focus: Reference[];
}
