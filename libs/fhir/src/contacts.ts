import { beginningOf, checkFields } from '#fields';
import type { LocalDate } from '#kernel';
import { ContactDto } from '#referrals';
import { type Resource, type Resources } from './bundle.js';
import { fhirDay } from './days.js';
import {
  RelatedPersonFields,
  readAs,
  type CodeableConcept,
  type Communication,
  type ContactPoint,
  type HumanName,
  type PatientFields,
} from './fields.js';
import { nameOf } from './patient.js';
import { invalid, type Problem } from './problem.js';

const MOST_CONTACTS = 20;

interface Relationship {
  relationship: string;
  role: string;
  /** Families are written to only where the referrer says this is a parent or guardian; for everybody else staff decide. */
  mayContact: boolean;
}
const family = (relationship: string): Relationship => ({ relationship, role: 'parent', mayContact: true });

/** HL7 RoleCode, which UK Core uses for relationships. */
const RELATIONSHIPS: Record<string, Relationship> = {
  MTH: family('mother'),
  NMTH: family('mother'),
  ADOPTM: family('mother'),
  STPMTH: family('stepmother'),
  FTH: family('father'),
  NFTH: family('father'),
  ADOPTF: family('father'),
  STPFTH: family('stepfather'),
  PRN: family('parent'),
  NPRN: family('parent'),
  ADOPTP: family('parent'),
  STPPRN: family('step-parent'),
  GUARD: family('guardian'),
  MTHFOST: { relationship: 'foster mother', role: 'foster-carer', mayContact: true },
  FTHFOST: { relationship: 'foster father', role: 'foster-carer', mayContact: true },
  PRNFOST: { relationship: 'foster parent', role: 'foster-carer', mayContact: true },
  ONESELF: { relationship: 'self', role: 'young-person', mayContact: false },
};

export interface ReadContacts {
  contacts: ContactDto[];
  problems: Problem[];
  notes: string[];
}

/** Who is around the child: its RelatedPersons, and the contacts written in the Patient itself. Pure. */
export function readContacts(patient: Resource, fields: PatientFields, resources: Resources, today: LocalDate): ReadContacts {
  const problems: Problem[] = [];
  const told: (object | null)[] = (fields.contact ?? []).map((c) => contactOf(c.name, c.relationship, c.telecom, undefined));
  for (const resource of resources.pointingAt(patient, 'RelatedPerson', 'patient')) {
    const { value, errors } = readAs(RelatedPersonFields, resource, 'RelatedPerson');
    if (errors.length > 0) problems.push(...invalid(errors));
    else if (isCurrent(value, today)) told.push(contactOf(nameOf(value.name), value.relationship, value.telecom, value.communication));
  }
  const notes: string[] = [];
  const contacts = told.flatMap((contact) => (contact === null ? [] : withoutWhatIsWrong(contact, notes)));
  if (contacts.length > MOST_CONTACTS) notes.push(`Only the first ${MOST_CONTACTS} contacts were kept.`);
  return { contacts: contacts.slice(0, MOST_CONTACTS), problems, notes };
}

/** A RelatedPerson of nobody we see, and why. One whose patient is elsewhere, and says so, is left alone. */
export function strayRelatedPersons(resources: Resources): { resource: Resource; problems: Problem[] }[] {
  const found = new Set(resources.ofType('Patient').flatMap((patient) => resources.pointingAt(patient, 'RelatedPerson', 'patient')));
  return resources.ofType('RelatedPerson').flatMap((resource) => {
    if (found.has(resource)) return [];
    const { value, errors } = readAs(RelatedPersonFields, resource, 'RelatedPerson');
    const isLost = errors.length === 0 && resources.leadsNowhere(value.patient, resource);
    const lost: Problem = { code: 'reference', path: 'RelatedPerson.patient', expected: 'a Patient of this bundle' };
    const problems = isLost ? [lost] : invalid(errors);
    return problems.length > 0 ? [{ resource, problems }] : [];
  });
}

export const strayProblems = (resources: Resources): Problem[] => strayRelatedPersons(resources).flatMap(({ problems }) => problems);

const isCurrent = ({ active, period }: RelatedPersonFields, today: LocalDate): boolean =>
  // An end may be a year, or a month of one: over when that is.
  active !== false && (period?.end === undefined || lastDayOf(period.end, today) >= today);

const lastDayOf = (end: string, today: LocalDate): string =>
  fhirDay(end) ?? (/^\d{4}(-\d{2})?$/.test(end) && end >= today.slice(0, end.length) ? today : '');

function contactOf(
  name: HumanName | undefined,
  relationships: readonly CodeableConcept[] | undefined,
  telecom: readonly ContactPoint[] | undefined,
  communication: readonly Communication[] | undefined,
): object | null {
  const words = name?.family ? [...(name.given ?? []), name.family].join(' ') : name?.text;
  if (words === undefined) return null;
  const codes = (relationships ?? []).flatMap((r) => (r.coding ?? []).flatMap((c) => c.code ?? []));
  const known = codes.flatMap((code) => RELATIONSHIPS[code] ?? [])[0];
  const language = (communication?.find((c) => c.preferred) ?? communication?.[0])?.language?.coding?.[0]?.code;
  return {
    ...(known ?? { relationship: beginningOf(relationships?.find((r) => r.text)?.text ?? 'not said', 60), mayContact: false }),
    name: words,
    phone: pointOf(telecom, 'phone') ?? pointOf(telecom, 'sms'),
    email: pointOf(telecom, 'email'),
    language: language ?? null,
  };
}

/** A mobile before others, then by rank; never an old one. */
function pointOf(telecom: readonly ContactPoint[] | undefined, system: string): string | null {
  const weight = (p: ContactPoint): number => (p.use === 'mobile' ? 0 : 1_000) + (p.rank ?? 500);
  const points = (telecom ?? []).filter((p) => p.system === system && p.use !== 'old' && p.value !== undefined);
  return points.sort((a, b) => weight(a) - weight(b))[0]?.value ?? null;
}

const LEFT_OUT_WHEN_WRONG = ['phone', 'email', 'language'];

/** A contact whose number is none of ours is kept without it; one without a usable name is not kept. */
function withoutWhatIsWrong(contact: object, notes: string[]): ContactDto[] {
  const { value, errors } = checkFields(ContactDto, contact);
  for (const { path } of errors) {
    if (!LEFT_OUT_WHEN_WRONG.includes(path)) {
      notes.push('A contact was left out: its name or relationship is not as ours must be.');
      return [];
    }
    notes.push(`The ${path} of a contact was left out: it is not one we can use.`);
    Object.assign(value, { [path]: null });
  }
  return [value];
}
