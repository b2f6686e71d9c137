/** A column of a layout, and where its value goes in the request it becomes. */
export interface Column {
  name: string;
  /** Path in NewReferral, or in an event: `person.birthDate`, `details.need`, `data.reason`. A death has a path of its own, beside them. */
  path: string;
  kind: 'text' | 'day' | 'flag' | 'list' | 'number';
  required?: boolean;
  example: string;
}

export type LayoutName = 'referrals' | 'events';

const text = (name: string, path: string, example = ''): Column => ({ name, path, kind: 'text', example });
const day = (name: string, path: string, example = ''): Column => ({ name, path, kind: 'day', example });
const flag = (name: string, path: string, example = ''): Column => ({ name, path, kind: 'flag', example });
const list = (name: string, path: string, example = ''): Column => ({ name, path, kind: 'list', example });
const must = (column: Column): Column => ({ ...column, required: true });

/** So many contacts of a child fit on a row. */
const CONTACTS = 3;

const contact = (n: number): Column[] => {
  const of = (field: string): string => `contacts.${n - 1}.${field}`;
  const example = (value: string): string => (n === 1 ? value : '');
  return [
    text(`contact${n}_name`, of('name'), example('Sam Example')),
    text(`contact${n}_relationship`, of('relationship'), example('mother')),
    text(`contact${n}_role`, of('role'), example('parent')),
    flag(`contact${n}_parental_responsibility`, of('parentalResponsibility'), example('yes')),
    text(`contact${n}_household`, of('household'), example('a')),
    flag(`contact${n}_may_contact`, of('mayContact'), example('yes')),
    list(`contact${n}_may_know_of`, of('mayKnowOf')),
    text(`contact${n}_phone`, of('phone'), example('07700 900123')),
    text(`contact${n}_email`, of('email')),
    text(`contact${n}_preferred_channel`, of('preferredChannel'), example('sms')),
    text(`contact${n}_language`, of('language'), example('en')),
    text(`contact${n}_format`, of('format')),
    day(`contact${n}_valid_to`, of('validTo')),
  ];
};

/** One row a referral. The same fields as a referral told over the API, in words or in national codes. */
const REFERRALS: readonly Column[] = [
  must(text('service', 'service', 'speech-and-language-therapy')),
  text('provider', 'provider', 'ZZ999'),
  must(text('source_system', 'source.system', 'systmone')),
  must(text('source_id', 'source.id', 'R-10023')),
  day('received_on', 'receivedOn', '2026-01-05'),
  day('authored_on', 'authoredOn', '2026-01-01'),
  must(text('priority', 'priority', 'routine')),
  must(text('source_of_referral', 'sourceOfReferral', 'health-visitor')),
  text('nhs_number', 'person.nhsNumber', '9990000018'),
  must(text('given_name', 'person.givenName', 'Asha')),
  must(text('family_name', 'person.familyName', 'Example')),
  must(day('birth_date', 'person.birthDate', '2021-05-04')),
  day('died_on', 'diedOn'),
  text('sex', 'person.sex', 'female'),
  text('postcode', 'person.postcode', 'NN17 1QG'),
  text('local_authority', 'person.localAuthority', 'E06000061'),
  text('responsible_local_authority', 'person.responsibleLocalAuthority'),
  text('gp_practice', 'person.gpPractice', 'K83002'),
  text('school', 'person.school', '123456'),
  text('ethnic_category', 'person.ethnicCategory', 'A'),
  text('sen', 'person.sen', 'sen-support'),
  text('social_care', 'person.socialCare', 'none'),
  flag('protected_address', 'person.protectedAddress', 'no'),
  list('confidential_from_family', 'person.confidentialFromFamily'),
  text('interpreter_language', 'person.interpreterLanguage'),
  // Of the line: each service reads its own.
  text('need', 'details.need', 'developmental-language-disorder'),
  text('setting', 'details.setting', 'early-years'),
  flag('dysphagia_risk', 'details.dysphagiaRisk', 'no'),
  text('reason', 'details.reason'),
  text('team', 'details.team'),
  flag('risk_concern', 'details.riskConcern'),
  text('category', 'details.category'),
  text('need_level', 'details.needLevel'),
  ...Array.from({ length: CONTACTS }, (_, n) => contact(n + 1)).flat(),
];

/** One row an event. Which fields of `data` an event takes: docs/import-columns.md. */
const EVENTS: readonly Column[] = [
  must(text('source_system', 'source.system', 'systmone')),
  must(text('source_id', 'source.id', 'R-10023')),
  text('event_id', 'eventId', 'E-1'),
  must(text('type', 'type', 'contact')),
  must(day('occurred_on', 'occurredOn', '2026-03-10')),
  text('attendance', 'data.attendance', 'attended'),
  text('mechanism', 'data.mechanism', 'face-to-face'),
  text('purpose', 'data.purpose', 'assessment'),
  flag('appointment_communicated', 'data.appointmentCommunicated'),
  text('reason', 'data.reason'),
  text('closure_code', 'closureCode'),
  text('priority', 'data.priority'),
  day('received_on', 'data.receivedOn'),
  text('by', 'data.by'),
  day('review_on', 'data.reviewOn'),
  text('kind', 'data.kind'),
  text('tool', 'data.tool'),
  flag('baseline', 'data.baseline'),
  text('to_provider', 'data.toProvider'),
  text('received_by', 'data.receivedBy'),
  flag('no_adult_service', 'data.noAdultService'),
  day('from', 'data.from'),
  day('to', 'data.to'),
  list('items', 'data.items'),
  text('item', 'data.item'),
  flag('usable', 'data.usable'),
  text('need_level', 'data.needLevel'),
  flag('none', 'data.none'),
  day('due_on', 'data.dueOn'),
  text('decided_by_name', 'data.decidedBy.name'),
  text('decided_by_role', 'data.decidedBy.role'),
  day('family_told_on', 'data.familyToldOn'),
  flag('safeguarding_checked', 'data.safeguardingChecked'),
  text('note', 'data.note'),
];

export const LAYOUTS: Record<LayoutName, readonly Column[]> = { referrals: REFERRALS, events: EVENTS };

/** A file of events says of what type each row is; a file of referrals does not. */
export const layoutOf = (columns: readonly string[]): LayoutName =>
  columns.includes('type') && columns.includes('occurred_on') ? 'events' : 'referrals';

/** The header of a layout, and one row that would be taken. */
export function template(layout: LayoutName): { head: string[]; example: string[] } {
  const columns = LAYOUTS[layout];
  return { head: columns.map((c) => c.name), example: columns.map((c) => c.example) };
}
