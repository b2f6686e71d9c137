import { dueAt, type Holidays } from '#escalations';
import { birthDateKey, idOf, nhsNumberKey, requestDigest } from '#referrals';
import { serviceLine } from '#service-lines';
import type { Rows, TableName } from './columns.js';
import { TABLES } from './columns.js';
import type { DemoPathway } from './making.js';
import { CLINICIANS } from './names.js';
import type { DemoReferral } from './story.js';

export interface RowContext {
  tenant: string;
  now: Date;
  /** Keys the hash of NHS numbers (Secrets). */
  nhsNumberKey: Buffer;
  holidays: Holidays;
  /** Id of the service of a line at a provider. */
  serviceId(line: string, provider: string): string;
}

const SOURCE_SYSTEM = 'demo';

/** The rows a batch fills, table by table, as intake and its providers would have written them. */
export function rowsOf(batch: readonly DemoPathway[], context: RowContext): Rows {
  const rows = Object.fromEntries(TABLES.map((t) => [t, []])) as unknown as Rows;
  for (const pathway of batch) {
    addChild(rows, pathway, context);
    const { id, child, line, referrals } = pathway;
    const changed = referrals.reduce((sum, r) => sum + r.events.length, 0);
    rows.pathway.push({ id, person_id: child.id, line, changed, changed_at: context.now, folded: 0 });
    for (const referral of referrals) addReferral(rows, pathway, referral, context);
  }
  return rows;
}

function addChild(rows: Rows, { child, isNewChild, introductions }: DemoPathway, { tenant, nhsNumberKey: key, now }: RowContext): void {
  const { household } = child;
  if (isNewChild) {
    rows.person.push({
      id: child.id,
      nhs_number_key: hex(nhsNumberKey(key, tenant, child.nhsNumber)),
      birth_date_key: hex(birthDateKey(key, tenant, child.nhsNumber, child.birthDate)),
      birth_month: `${child.birthDate.slice(0, 7)}-01`,
      sex: child.sex,
      local_authority: household.localAuthority,
      responsible_local_authority: child.responsibleLocalAuthority,
      gp_practice: household.gpPractice,
      school: child.school,
      ethnic_category: household.ethnicCategory,
      deprivation_decile: household.deprivationDecile,
      sen: child.sen,
      social_care: child.socialCare,
      interpreter_language: household.interpreterLanguage,
      protected_address: child.protectedAddress,
      confidential_from_family: child.confidentialFromFamily,
      died_on: child.diedOn,
    });
    if (child.diedOn !== null) {
      rows.message_hold.push({ id: idOf(tenant, child.id, 'hold'), person_id: child.id, why: 'death in the household', since: now });
    }
  }
  for (const { provider, contacts } of introductions) {
    rows.person_identity.push({
      person_id: child.id,
      provider,
      given_name: child.givenName,
      family_name: household.familyName,
      birth_date: child.birthDate,
      nhs_number: child.nhsNumber,
      postcode: child.protectedAddress ? null : household.postcode,
    });
    for (const c of contacts) {
      rows.contact.push({
        id: idOf(tenant, child.id, provider, c.name, c.phone, c.email),
        person_id: child.id,
        provider,
        name: c.name,
        relationship: c.relationship,
        role: c.role,
        parental_responsibility: c.parentalResponsibility,
        household: c.household,
        may_contact: c.mayContact,
        may_know_of: c.mayKnowOf,
        phone: c.phone,
        email: c.email,
        preferred_channel: c.preferredChannel,
        language: c.language,
        format: c.format,
        valid_to: c.validTo,
      });
    }
  }
}

const DETAILS = {
  'speech-and-language-therapy': 'speech_and_language_therapy_details',
  'mental-health': 'mental_health_details',
  'specialist-equipment': 'specialist_equipment_details',
} as const satisfies Record<string, TableName>;

function addReferral(rows: Rows, { id: pathwayId, child }: DemoPathway, referral: DemoReferral, context: RowContext): void {
  const { id, line, provider, details, events, parties } = referral;
  const [receipt] = events;
  rows.referral.push({
    id,
    pathway_id: pathwayId,
    person_id: child.id,
    service_id: context.serviceId(line, provider),
    line,
    provider,
    source_system: SOURCE_SYSTEM,
    source_id: referral.sourceId,
    digest: hex(requestDigest({ ...referral, events: null, parties: null, nhsNumber: child.nhsNumber })),
    authored_on: referral.authoredOn,
    source_of_referral: referral.sourceOfReferral,
    need: referral.need,
    recorded_at: receipt?.recordedAt,
    recorded_by: receipt?.recordedBy,
  });
  for (const party of parties) rows.referral_party.push({ referral_id: id, ...party });
  // Fields of the details are the columns of their table, in the other spelling.
  const columns = Object.entries(details).map(([field, value]) => [field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]);
  (rows[DETAILS[line]] as object[]).push({ referral_id: id, ...Object.fromEntries(columns) });
  for (const e of events) {
    rows.pathway_event.push({
      pathway_id: pathwayId,
      referral_id: id,
      seq: e.seq,
      type: e.type,
      occurred_on: e.occurredOn,
      data: e.data,
      recorded_at: e.recordedAt,
      recorded_by: e.recordedBy,
      recorded_org: e.recordedOrg,
    });
  }
  if (receipt) addEscalation(rows, child.id, referral, receipt.recordedAt, context);
}

/** Intake opens one for every urgent risk in a referral. Those that are due have been resolved in time. */
function addEscalation(rows: Rows, personId: string, referral: DemoReferral, openedAt: Date, { tenant, now, holidays }: RowContext): void {
  const { id, line, provider, details, priority } = referral;
  const risk = serviceLine(line).urgentRisk(details, priority);
  if (!risk) return;
  const due = dueAt(risk.level, openedAt, holidays);
  const resolved = due <= now;
  rows.escalation.push({
    id: idOf(tenant, id, risk.reason),
    person_id: personId,
    referral_id: id,
    line,
    provider,
    level: risk.level,
    reason: risk.reason,
    state: resolved ? 'resolved' : 'open',
    opened_at: openedAt,
    due_at: due,
    owner: resolved ? (CLINICIANS[line][0]?.name ?? null) : null,
    acknowledged_at: resolved ? due : null,
    resolved_at: resolved ? due : null,
    outcome: resolved ? 'Looked at by a clinician; priority confirmed' : null,
    family_told: resolved ? 'Told by telephone what happens next' : null,
  });
}

/** How PostgreSQL reads bytes out of JSON. */
const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
