import type { DataSet } from '#service-lines';

/**
 * National codes beside our words (NHS Data Dictionary; domain reference, CSDS and MHSDS). A value that is neither is refused, never guessed.
 * Codes mean different things on different lines: MHSDS and CSDS number priorities in two ways.
 */
type Codes = Readonly<Record<string, string>>;

/** CLINICAL RESPONSE PRIORITY TYPE (MHSDS). The order is not that of severity. */
const MENTAL_HEALTH_PRIORITY: Codes = { '1': 'emergency', '2': 'urgent', '3': 'routine', '4': 'very-urgent' };
/** PRIORITY TYPE CODE (CSDS). */
const COMMUNITY_PRIORITY: Codes = { '1': 'routine', '2': 'urgent', '3': 'very-urgent' };

/** ATTENDED OR DID NOT ATTEND CODE. There is none for a child who was not brought: of a child, 3 is that. */
const ATTENDANCE: Codes = {
  '5': 'attended',
  '6': 'attended-late',
  '7': 'late-not-seen',
  '2': 'cancelled-by-family',
  '3': 'not-brought',
  '4': 'cancelled-by-provider',
};

/** CONSULTATION MECHANISM (MHSDS v6). */
const MECHANISM: Codes = {
  '01': 'face-to-face',
  '02': 'telephone',
  '04': 'talk-type',
  '05': 'email',
  '09': 'text',
  '10': 'chat',
  '11': 'video',
};

/** PERSON STATED GENDER CODE. */
const SEX: Codes = { '1': 'male', '2': 'female', '9': 'other', X: 'unknown', '0': 'unknown' };

/** SOURCE OF REFERRAL FOR MENTAL HEALTH. The list for community services was not confirmed: there only our words. */
const MENTAL_HEALTH_SOURCE: Codes = {
  A1: 'gp',
  A2: 'health-visitor',
  A3: 'gp',
  A4: 'hospital',
  B1: 'self',
  B2: 'carer',
  C1: 'social-care',
  C2: 'education',
  F1: 'school-nurse',
  F2: 'hospital',
  F3: 'community-paediatrics',
  G4: 'voluntary',
  H1: 'hospital',
  H2: 'hospital',
  I1: 'mental-health',
  I2: 'mental-health',
  P1: 'mental-health',
};

const REJECTION: Codes = { '01': 'duplicate', '02': 'inappropriate', '03': 'incomplete' };

/** Code lists of a column, in the data set a line is reported in. */
const BY_PATH: Readonly<Record<string, Partial<Record<DataSet, Codes>>>> = {
  priority: { MHSDS: MENTAL_HEALTH_PRIORITY, CSDS: COMMUNITY_PRIORITY },
  'data.priority': { MHSDS: MENTAL_HEALTH_PRIORITY, CSDS: COMMUNITY_PRIORITY },
  'data.attendance': { MHSDS: ATTENDANCE, CSDS: ATTENDANCE },
  'data.mechanism': { MHSDS: MECHANISM, CSDS: MECHANISM },
  'person.sex': { MHSDS: SEX, CSDS: SEX },
  sourceOfReferral: { MHSDS: MENTAL_HEALTH_SOURCE },
};

/** Our word for a national code; what is no code stays as it is, to be checked as a word. */
export function inOurWords(path: string, value: string, dataSet: DataSet | null, eventType?: string): string {
  const codes = path === 'data.reason' && eventType === 'referral-rejected' ? REJECTION : dataSet && BY_PATH[path]?.[dataSet];
  return codes && Object.hasOwn(codes, value) ? (codes[value] ?? value) : value;
}

export interface Closure {
  type: 'discharged' | 'removed' | 'treatment-declined';
  reason: string | null;
}

/**
 * REFERRAL CLOSURE REASON (MHSDS), as the event it stands for. 01 and 04 need somebody's decision, and 06 is thought to mean that the child
 * died: a death comes only from an explicit event or date, so 06 holds messages and asks a person.
 */
export const CLOSURES: Readonly<Record<string, Closure>> = {
  '02': { type: 'discharged', reason: 'treatment-completed' },
  '03': { type: 'removed', reason: 'moved-away' },
  '05': { type: 'removed', reason: 'not-brought-after-review' },
  '07': { type: 'removed', reason: 'declined' },
  '08': { type: 'removed', reason: 'no-longer-needed' },
  '09': { type: 'treatment-declined', reason: null },
};
export const MAY_MEAN_DEATH = '06';
