import type { Secrets } from '#config';
import type { Tx } from '#database';
import { ageOn, newId, type LocalDate } from '#kernel';
import { birthDateKey, nhsNumberKey, requestDigest, type NewReferral } from '#referrals';
import { serviceLine } from '#service-lines';
import { once } from 'node:events';
import { getMetadataArgsStorage } from 'typeorm';
import type { EventRow } from './event-row.js';
import type { TableRow } from './read-table.js';

/**
 * Good rows wait in a temporary table until all of the file is read: whether it may be applied is known only then. It is gone with the
 * connection, so a killed import reads its file again; what it had applied stays applied.
 */
const STAGED_REFERRAL: Readonly<Record<string, string>> = {
  row_no: 'integer',
  cells: 'jsonb',
  source_system: 'text',
  source_id: 'text',
  digest: 'bytea',
  line: 'text',
  received_on: 'date',
  authored_on: 'date',
  priority: 'text',
  source_of_referral: 'text',
  need: 'text',
  details: 'jsonb',
  facts: 'jsonb',
  risk: 'jsonb',
  nhs_number_key: 'bytea',
  birth_date_key: 'bytea',
  birth_date: 'date',
  given_name: 'text',
  family_name: 'text',
  nhs_number: 'text',
  postcode: 'text',
  sex: 'text',
  local_authority: 'text',
  responsible_local_authority: 'text',
  gp_practice: 'text',
  school: 'text',
  ethnic_category: 'text',
  sen: 'text',
  social_care: 'text',
  interpreter_language: 'text',
  protected_address: 'boolean',
  confidential_from_family: 'text[]',
  contacts: 'jsonb',
  person_id: 'uuid',
  pathway_id: 'uuid',
  referral_id: 'uuid',
};
const STAGED_EVENT: Readonly<Record<string, string>> = {
  row_no: 'integer',
  cells: 'jsonb',
  source_system: 'text',
  source_id: 'text',
  event: 'jsonb',
};

const TABLES = { staged_referral: STAGED_REFERRAL, staged_event: STAGED_EVENT };
type Staged = keyof typeof TABLES;

/** Values of a row, in the order of the table; null where there is none. */
export type StagedRow = readonly (string | null)[];

export async function makeStaging(tx: Tx, table: Staged): Promise<void> {
  const columns = Object.entries(TABLES[table]).map(([name, type]) => `${name} ${type}`);
  await tx.query(`create temporary table ${table} (${columns.join(', ')})`);
}

/** Rows into a staging table, by COPY. */
export async function stage(tx: Tx, table: Staged, rows: readonly StagedRow[]): Promise<void> {
  const into = tx.copyInto(`copy ${table} (${Object.keys(TABLES[table]).join(', ')}) from stdin`);
  const done = once(into, 'finish');
  into.end(rows.map((row) => `${row.map(copyText).join('\t')}\n`).join(''));
  await done;
}

/**
 * Numbers the rows in the order in which they are taken in: referrals as they stand in the file, events by referral and day, so that a
 * contact is told before the discharge after it. And tells which rows repeat an earlier one. @returns how many there are
 */
export async function putInOrder(tx: Tx, table: Staged): Promise<number> {
  const isReferrals = table === 'staged_referral';
  const order = isReferrals ? 'row_no' : `source_system, source_id, event ->> 'occurredOn', row_no`;
  // What becomes of each row: a source id is told once in a file.
  const outcome = isReferrals
    ? `case when row_number() over same > 1 then case when digest = first_value(digest) over same then 'same' else 'repeated' end end`
    : 'null';
  await tx.query(
    `create temporary table ordered as select row_number() over (order by ${order})::integer as position, s.*, ${outcome} as outcome
      from ${table} s window same as (partition by source_system, source_id order by row_no)`,
  );
  await tx.query(`drop table ${table}`);
  await tx.query(`alter table ordered rename to ${table}`);
  await tx.query(`create unique index on ${table} (position)`);
  await tx.query(`analyze ${table}`);
  return (await tx.one<{ n: number }>(`select count(*) as n from ${table}`))?.n ?? 0;
}

const SPECIAL: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const copyText = (value: string | null): string =>
  value === null ? '\\N' : /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (c) => SPECIAL[c] ?? c) : value;

export interface StagingContext {
  tenant: string;
  secrets: Secrets;
  now: Date;
  today: LocalDate;
}

/** A referral as it is staged, with the ids it gets where nothing is held of it yet. */
export function referralToStage({ rowNo, cells }: TableRow, r: NewReferral, { tenant, secrets, now, today }: StagingContext): StagedRow {
  const line = serviceLine(r.service);
  const { person: p } = r;
  const key = secrets.nhsNumberKey;
  const facts = {
    ...line.factsOf(r.details),
    ageAtReferral: ageOn(p.birthDate, r.receivedOn ?? today),
    localAuthority: p.localAuthority ?? null,
  };
  const risk = line.urgentRisk(r.details, r.priority);
  return [
    String(rowNo),
    JSON.stringify(cells),
    r.source.system,
    r.source.id,
    bytes(requestDigest(r)),
    r.service,
    r.receivedOn ?? null,
    r.authoredOn ?? null,
    r.priority,
    r.sourceOfReferral,
    line.needOf(r.details),
    JSON.stringify(detailsRow(line.details, r.details)),
    JSON.stringify(facts),
    risk && JSON.stringify(risk),
    p.nhsNumber ? bytes(nhsNumberKey(key, tenant, p.nhsNumber)) : null,
    p.nhsNumber ? bytes(birthDateKey(key, tenant, p.nhsNumber, p.birthDate)) : null,
    p.birthDate,
    p.givenName,
    p.familyName,
    p.nhsNumber ?? null,
    p.postcode ?? null,
    p.sex ?? null,
    p.localAuthority ?? null,
    p.responsibleLocalAuthority ?? null,
    p.gpPractice ?? null,
    p.school ?? null,
    p.ethnicCategory ?? null,
    p.sen ?? null,
    p.socialCare ?? null,
    p.interpreterLanguage ?? null,
    String(p.protectedAddress ?? false),
    `{${(p.confidentialFromFamily ?? []).join(',')}}`,
    r.contacts && r.contacts.length > 0 ? JSON.stringify(r.contacts) : null,
    newId(now),
    newId(now),
    newId(now),
  ];
}

export const eventToStage = ({ rowNo, cells }: TableRow, row: EventRow): StagedRow => [
  String(rowNo),
  JSON.stringify(cells),
  row.system,
  row.sourceId,
  JSON.stringify(row),
];

const bytes = (value: Buffer): string => `\\x${value.toString('hex')}`;

/** Details in the names of their table. A flag that is not told is false. */
function detailsRow(type: new () => object, details: object): Record<string, unknown> {
  const told = details as Record<string, unknown>;
  return Object.fromEntries(columnsOf(type).map(({ property, column, isFlag }) => [column, told[property] ?? (isFlag ? false : null)]));
}

/** The table of a line's details, and its columns besides the keys. */
export const detailsTable = (type: new () => object): { name: string; columns: string[] } => ({
  name: getMetadataArgsStorage().tables.find((t) => t.target === type)?.name ?? '',
  columns: columnsOf(type).map((c) => c.column),
});

const columnsOf = (type: new () => object): { property: string; column: string; isFlag: boolean }[] =>
  getMetadataArgsStorage()
    .columns.filter((c) => c.target === type && !c.options.primary)
    .map(({ propertyName, options }) => ({
      property: propertyName,
      column: options.name ?? propertyName,
      isFlag: options.type === 'boolean',
    }));
