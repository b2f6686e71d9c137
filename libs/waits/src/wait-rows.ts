import type { LocalDate } from '#kernel';
import type { Tx } from '#database';
import type { MeasureCode, ReferralStateName, StopKind, WaitStateName } from './rules/index.js';

/** A row of `wait`: one stretch of a wait on one provider's list. */
export interface WaitRow {
  pathwayId: string;
  measure: MeasureCode;
  ordinal: number;
  period: number;
  isLatest: boolean;
  referralId: string;
  /** Referrals covered besides the anchor; told on the latest stretch. */
  covers: string[];
  personId: string;
  line: string;
  provider: string;
  headline: boolean;
  state: WaitStateName;
  startedOn: LocalDate | null;
  stoppedOn: LocalDate | null;
  stopCode: string | null;
  stopKind: StopKind | null;
  missing: string[] | null;
  targetDays: number | null;
  breachOn: LocalDate | null;
  listedFrom: LocalDate;
  listedTo: LocalDate;
  nextChangeOn: LocalDate | null;
  rulesVersion: string;
}

/** A row of `referral_state`: where a referral has got to, for lists. */
export interface StateRow {
  referralId: string;
  pathwayId: string;
  personId: string;
  line: string;
  provider: string;
  state: ReferralStateName;
  stage: string | null;
  stageSince: LocalDate;
  endReason: string | null;
  endedOn: LocalDate | null;
  priority: string;
  listedOn: LocalDate;
  receivedOn: LocalDate | null;
  treatedOn: LocalDate | null;
  transferTo: string | null;
  reviewOn: LocalDate | null;
  headlineStartedOn: LocalDate | null;
  headlineStoppedOn: LocalDate | null;
  headlineBreachOn: LocalDate | null;
  lastHumanContactOn: LocalDate | null;
  nextCheckInOn: LocalDate | null;
  nextCheckInWhy: string | null;
}

/** Column and type of every field that is written, in the order of the tables. */
const WAIT_COLUMNS: Record<Exclude<keyof WaitRow, 'covers'>, string> = {
  pathwayId: 'uuid',
  measure: 'text',
  ordinal: 'smallint',
  period: 'smallint',
  isLatest: 'boolean',
  referralId: 'uuid',
  personId: 'uuid',
  line: 'text',
  provider: 'text',
  headline: 'boolean',
  state: 'text',
  startedOn: 'date',
  stoppedOn: 'date',
  stopCode: 'text',
  stopKind: 'text',
  missing: 'text[]',
  targetDays: 'smallint',
  breachOn: 'date',
  listedFrom: 'date',
  listedTo: 'date',
  nextChangeOn: 'date',
  rulesVersion: 'text',
};
const STATE_COLUMNS: Record<keyof StateRow, string> = {
  referralId: 'uuid',
  pathwayId: 'uuid',
  personId: 'uuid',
  line: 'text',
  provider: 'text',
  state: 'text',
  stage: 'text',
  stageSince: 'date',
  endReason: 'text',
  endedOn: 'date',
  priority: 'text',
  listedOn: 'date',
  receivedOn: 'date',
  treatedOn: 'date',
  transferTo: 'text',
  reviewOn: 'date',
  headlineStartedOn: 'date',
  headlineStoppedOn: 'date',
  headlineBreachOn: 'date',
  lastHumanContactOn: 'date',
  nextCheckInOn: 'date',
  nextCheckInWhy: 'text',
};

const column = (field: string): string => field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const names = (columns: object): string => Object.keys(columns).map(column).join(', ');
const picked = (columns: object): string =>
  Object.keys(columns)
    .map((f) => `r."${f}"`)
    .join(', ');
const typed = (columns: Record<string, string>): string =>
  Object.entries(columns)
    .map(([f, type]) => `"${f}" ${type}`)
    .join(', ');
const updated = (columns: object, but: string[]): string =>
  Object.keys(columns)
    .map(column)
    .filter((c) => !but.includes(c))
    .map((c) => `${c} = excluded.${c}`)
    .join(', ');

/** Fields that tell whether a stored wait is still right. next_change_on moves on by itself every night. */
const COMPARED = (Object.keys(WAIT_COLUMNS) as (keyof WaitRow)[]).filter((f) => f !== 'nextChangeOn');
const COMPARED_STATE = Object.keys(STATE_COLUMNS) as (keyof StateRow)[];

export const waitFingerprint = (row: WaitRow): string => COMPARED.map((f) => row[f]).join('|') + `|${row.covers.join()}`;
export const stateFingerprint = (row: StateRow): string => COMPARED_STATE.map((f) => row[f]).join('|');

/** The same fingerprint of a stored row, in SQL: most rows of a rebuild are right, and one text is read faster than 22 fields. */
const fingerprintSql = (columns: Record<string, string>, fields: readonly string[]): string =>
  fields
    .map((f) => {
      const [name, type] = [column(f), columns[f]];
      return type === 'boolean' ? `${name}::text` : type === 'text[]' ? `array_to_string(${name}, ',')` : name;
    })
    .join(`, '|', `);

export interface StoredWait {
  pathwayId: string;
  measure: MeasureCode;
  ordinal: number;
  fingerprint: string;
}

export interface StoredState {
  referralId: string;
  lastCheckInOn: LocalDate | null;
  fingerprint: string;
}

/** What is stored of these pathways. */
export async function storedWaits(tx: Tx, pathwayIds: string[]): Promise<StoredWait[]> {
  return tx.query<StoredWait>(
    `select pathway_id as "pathwayId", measure, ordinal, concat(${fingerprintSql(WAIT_COLUMNS, COMPARED)}, '|',
        case when is_latest then (select string_agg(r.referral_id::text, ',' order by r.position) from wait_referral r
          where r.tenant = w.tenant and r.pathway_id = w.pathway_id and r.measure = w.measure and r.period = w.period) end) as fingerprint
      from wait w where tenant = $1 and pathway_id = any($2)`,
    [tx.tenant, pathwayIds],
  );
}

export async function storedStates(tx: Tx, pathwayIds: string[]): Promise<StoredState[]> {
  return tx.query<StoredState>(
    `select referral_id as "referralId", last_check_in_on as "lastCheckInOn", concat(${fingerprintSql(STATE_COLUMNS, COMPARED_STATE)}) as fingerprint
      from referral_state where tenant = $1 and pathway_id = any($2)`,
    [tx.tenant, pathwayIds],
  );
}

export interface Changes {
  waits: WaitRow[];
  /** Stored waits that are no more. */
  gone: StoredWait[];
  states: StateRow[];
  folded: { id: string; changed: number }[];
}

/** Writes what changed of a batch and that it has been folded up to what was read: one statement. */
export async function writeChanges(tx: Tx, changes: Changes, rulesVersion: string): Promise<void> {
  const covers = changes.waits.flatMap((w) =>
    w.covers.map((referralId, position) => ({ pathwayId: w.pathwayId, measure: w.measure, period: w.period, referralId, position })),
  );
  await tx.query(
    `with waits as (select * from json_to_recordset($2) as r(${typed(WAIT_COLUMNS)})),
      states as (select * from json_to_recordset($3) as r(${typed(STATE_COLUMNS)})),
      gone as (select * from json_to_recordset($4) as r("pathwayId" uuid, measure text, ordinal smallint)),
      covers as (select * from json_to_recordset($5) as r("pathwayId" uuid, measure text, period smallint, "referralId" uuid, position smallint)),
      folded as (select * from json_to_recordset($6) as r(id uuid, changed integer)),
      drop_waits as (
        delete from wait w using gone g where w.tenant = $1 and w.pathway_id = g."pathwayId" and w.measure = g.measure and w.ordinal = g.ordinal),
      drop_covers as (
        delete from wait_referral c using waits r where c.tenant = $1 and c.pathway_id = r."pathwayId" and c.measure = r.measure and c.period = r.period
          and r."isLatest" and not exists (select from covers n
            where n."pathwayId" = c.pathway_id and n.measure = c.measure and n.period = c.period and n."referralId" = c.referral_id)),
      write_waits as (
        insert into wait (tenant, ${names(WAIT_COLUMNS)}) select $1, ${picked(WAIT_COLUMNS)} from waits r
        on conflict (tenant, pathway_id, measure, ordinal) do update set ${updated(WAIT_COLUMNS, ['pathway_id', 'measure', 'ordinal', 'next_change_on'])},
          -- The nightly pass has moved this on; it begins anew only where what it counts from has changed.
          next_change_on = case when (wait.started_on, wait.breach_on, wait.state, wait.is_latest)
            is distinct from (excluded.started_on, excluded.breach_on, excluded.state, excluded.is_latest)
            then excluded.next_change_on else wait.next_change_on end),
      write_covers as (
        insert into wait_referral (tenant, pathway_id, measure, period, referral_id, position)
        select $1, "pathwayId", measure, period, "referralId", position from covers
        on conflict (tenant, pathway_id, measure, period, referral_id) do update set position = excluded.position),
      write_states as (
        insert into referral_state (tenant, ${names(STATE_COLUMNS)}) select $1, ${picked(STATE_COLUMNS)} from states r
        on conflict (tenant, referral_id) do update set ${updated(STATE_COLUMNS, ['referral_id'])})
      update pathway p set folded = f.changed, rules_version = $7 from folded f where p.tenant = $1 and p.id = f.id`,
    [
      tx.tenant,
      JSON.stringify(changes.waits),
      JSON.stringify(changes.states),
      JSON.stringify(changes.gone.map(({ pathwayId, measure, ordinal }) => ({ pathwayId, measure, ordinal }))),
      JSON.stringify(covers),
      JSON.stringify(changes.folded),
      rulesVersion,
    ],
  );
}
