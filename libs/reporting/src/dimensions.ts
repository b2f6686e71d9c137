/** What reports can be grouped by, in the order columns are shown. */
export const DIMENSIONS = [
  'provider',
  'localAuthority',
  'ageBand',
  'sen',
  'deprivation',
  'ethnicity',
  'need',
  'priority',
  'stage',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Tables besides `wait w` that a dimension reads; joined only when it is asked for, so that the plain report stays fast. */
export type Joined = 'person' | 'referral' | 'referralState';

interface DimensionSql {
  title: string;
  /** In terms of w, p, r, s and $3, the as-of day. */
  sql: string;
  joins?: Joined;
  /** Order of the values, in terms of the column named, where the alphabet would mislead. */
  order?: (column: string) => string;
  /** What a reader must know. */
  note?: string;
}

/** A child's age by the month of birth, which is all that reports may know: a birthday counts from the first of its month. */
const AGE_BAND = `case
  when p.birth_month > ($3::date - interval '5 years') then '0-4'
  when p.birth_month > ($3::date - interval '11 years') then '5-10'
  when p.birth_month > ($3::date - interval '16 years') then '11-15'
  when p.birth_month > ($3::date - interval '18 years') then '16-17'
  else '18+' end`;
const AGE_BANDS = ['0-4', '5-10', '11-15', '16-17', '18+'] as const;

const AS_IT_IS_NOW = 'as it is now, also where the report is as of another day';

export const DIMENSION_SQL: Record<Dimension, DimensionSql> = {
  provider: { title: 'Provider', sql: 'w.provider', note: 'the provider on whose list the wait stood on the as-of day' },
  localAuthority: {
    title: 'Council',
    sql: 'p.local_authority',
    joins: 'person',
    note: 'the council the child lives in',
  },
  ageBand: {
    title: 'Age',
    sql: AGE_BAND,
    joins: 'person',
    order: (column) => `array_position(array['${AGE_BANDS.join(`', '`)}'], ${column})`,
    note: 'on the as-of day, by month of birth',
  },
  sen: { title: 'SEN', sql: 'p.sen', joins: 'person', note: AS_IT_IS_NOW },
  deprivation: {
    title: 'Deprivation',
    sql: 'p.deprivation_decile',
    joins: 'person',
    note: 'decile of the index of multiple deprivation, 1 the most deprived',
  },
  ethnicity: { title: 'Ethnicity', sql: 'p.ethnic_category', joins: 'person', note: 'national code; as recorded with the referral' },
  need: { title: 'Need', sql: 'r.need', joins: 'referral', note: 'of the referral on which the wait began' },
  priority: { title: 'Priority', sql: 's.priority', joins: 'referralState', note: AS_IT_IS_NOW },
  stage: { title: 'Stage', sql: 's.stage', joins: 'referralState', note: AS_IT_IS_NOW },
};

export const JOIN_SQL: Record<Joined, string> = {
  person: 'join person p on p.tenant = w.tenant and p.id = w.person_id',
  referral: 'join referral r on r.tenant = w.tenant and r.id = w.referral_id',
  referralState: 'left join referral_state s on s.tenant = w.tenant and s.referral_id = w.referral_id',
};
