import { checkFields } from '#fields';
import { GP_PRACTICE_CODE, isNhsNumber } from '#kernel';
import { PersonDto } from '#referrals';
import { type Resource, type Resources } from './bundle.js';
import { PatientFields, readAs, type HumanName } from './fields.js';
import { invalid, type Problem } from './problem.js';
import { ETHNIC_CATEGORY, NHS_NUMBERS } from './systems.js';

/** What becomes of an NHS number whose check digit is wrong: a person looks at it, or the child is taken in without it. Never kept as if it were right. */
export type BadNhsNumber = 'set-aside' | 'accept-without';

export interface ReadPatient {
  fields: PatientFields;
  person: PersonDto | null;
  problems: Problem[];
  /** What was left out, in words for the sender. */
  notes: string[];
}

/** Left out rather than refused where they are not as ours must be: a child is not turned away for a postcode. */
const LEFT_OUT_WHEN_WRONG: Record<string, string> = {
  postcode: 'Patient.address.postalCode',
  ethnicCategory: 'Patient.extension(EthnicCategory)',
};

/** Confidentiality codes under which an address is never shown: restricted and very restricted. */
const RESTRICTED = ['R', 'V'];

/** A child as its referrer describes it. Pure. */
export function readPatient(patient: Resource, resources: Resources, badNhsNumber: BadNhsNumber): ReadPatient {
  const { value: fields, errors } = readAs(PatientFields, patient, 'Patient');
  if (errors.length > 0) return { fields, person: null, problems: invalid(errors), notes: [] };
  const notes: string[] = [];
  const problems: Problem[] = [];
  if (fields.deceasedBoolean === true || fields.deceasedDateTime !== undefined) {
    problems.push({ code: 'deceased', path: 'Patient.deceased', expected: 'a child who is alive: a person looks at it first' });
  }
  const name = nameOf(fields.name);
  const told = {
    nhsNumber: readNhsNumber(fields, badNhsNumber, problems, notes),
    givenName: name?.given?.join(' '),
    familyName: name?.family,
    // A date of FHIR has no time: a moment would be of one day here and of another there.
    birthDate: fields.birthDate,
    sex: fields.gender ?? null,
    postcode: (fields.address ?? []).find((a) => a.use !== 'old' && a.postalCode !== undefined)?.postalCode ?? null,
    gpPractice: gpPractice(fields, patient, resources),
    ethnicCategory: ethnicCategory(fields),
    protectedAddress: (fields.meta?.security ?? []).some((s) => RESTRICTED.includes(s.code ?? '')),
  };
  const checked = checkFields(PersonDto, told);
  const { value } = checked;
  for (const { path } of checked.errors) {
    const where = LEFT_OUT_WHEN_WRONG[path];
    if (where === undefined) continue;
    notes.push(`${where} was left out: it is not one we know.`);
    Object.assign(value, { [path]: null });
  }
  const wrong = checked.errors.filter((e) => !(e.path in LEFT_OUT_WHEN_WRONG));
  problems.push(...invalid(wrong.map((e) => ({ path: PERSON_PATHS[e.path] ?? `Patient (${e.path})`, message: e.message }))));
  return { fields, person: wrong.length > 0 ? null : value, problems, notes };
}

/** Where a field of ours stands in the Patient. */
export const PERSON_PATHS: Record<string, string> = {
  nhsNumber: 'Patient.identifier(nhs-number).value',
  givenName: 'Patient.name.given',
  familyName: 'Patient.name.family',
  birthDate: 'Patient.birthDate',
  sex: 'Patient.gender',
};

function readNhsNumber(fields: PatientFields, bad: BadNhsNumber, problems: Problem[], notes: string[]): string | null {
  const ours = (fields.identifier ?? []).filter((i) => NHS_NUMBERS.includes(i.system ?? ''));
  const [told = null, ...others] = new Set(ours.flatMap((i) => i.value?.replace(/ /g, '') ?? []));
  const path = PERSON_PATHS['nhsNumber'] ?? '';
  if (others.length > 0) {
    problems.push({ code: 'nhs-number', path, expected: 'one NHS number, not two: a person says which is the child’s' });
    return null;
  }
  if (told === null || isNhsNumber(told)) return told;
  if (bad === 'set-aside') problems.push({ code: 'nhs-number', path, expected: 'an NHS number whose check digit is right' });
  else notes.push('The NHS number fails its check: the referral was taken in without it.');
  return null;
}

export const nameOf = (names: readonly HumanName[] | undefined): HumanName | undefined =>
  ['official', 'usual', undefined].map((use) => names?.find((n) => n.use === use)).find((n) => n !== undefined) ??
  names?.find((n) => n.use !== 'old' && n.use !== 'maiden');

function gpPractice(fields: PatientFields, patient: Resource, resources: Resources): string | null {
  const codes = (fields.generalPractitioner ?? []).map((reference) => resources.odsCode(reference, patient));
  return codes.find((code) => code !== null && GP_PRACTICE_CODE.test(code)) ?? null;
}

/** UK Core writes the national code; some systems put a space or a lower-case letter. */
const ethnicCategory = (fields: PatientFields): string | null =>
  fields.extension
    ?.find((e) => e.url === ETHNIC_CATEGORY)
    ?.valueCodeableConcept?.coding?.[0]?.code?.trim()
    .toUpperCase() ?? null;
