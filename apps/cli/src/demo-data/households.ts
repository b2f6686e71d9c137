import { ADULT_NAMES, FAMILY_NAMES } from './names.js';
import type { Random } from './random.js';
import type { TelephoneNumbers } from './telephone-numbers.js';

/** Those a child lives with: what siblings share. */
export interface Household {
  index: number;
  familyName: string;
  adult: string;
  relationship: 'mother' | 'father' | 'grandparent';
  postcode: string;
  localAuthority: string;
  gpPractice: string;
  deprivationDecile: number;
  ethnicCategory: string;
  /** Language, where an interpreter is needed. */
  interpreterLanguage: string | null;
  phone: string | null;
  email: string | null;
  preferredChannel: 'sms' | 'email' | 'phone' | 'letter';
  /** False = the family asked not to be written to. */
  mayContact: boolean;
  /** A parent who lives elsewhere, told of the same child at another address. */
  otherParent: { name: string; relationship: 'mother' | 'father'; email: string; mayContact: boolean } | null;
  childrenMade: number;
  /** Takes no further child, and no further line. */
  full: boolean;
}

export const NORTH = 'E06000061';
export const WEST = 'E06000062';

/** Districts of the two councils. */
const DISTRICTS = { [NORTH]: ['NN8', 'NN10', 'NN14', 'NN15', 'NN16', 'NN17'], [WEST]: ['NN1', 'NN2', 'NN3', 'NN4', 'NN5', 'NN11', 'NN12'] };
/** The last two letters of a real postcode are never any of these: nobody lives there. */
const NEVER_USED = 'CIKMOV';

const ETHNIC_CATEGORIES = [
  ['A', 70],
  ['B', 0.6],
  ['C', 9],
  ['D', 1.6],
  ['E', 1],
  ['F', 1.3],
  ['G', 1.3],
  ['H', 2.6],
  ['J', 1],
  ['K', 1.1],
  ['L', 1.3],
  ['M', 1],
  ['N', 3.4],
  ['P', 0.6],
  ['R', 0.5],
  ['S', 1],
  ['Z', 2],
  ['99', 0.7],
] as const;

/** Children who wait live poorer than the average child. */
const DECILES = [12, 13, 12, 11, 10, 10, 9, 9, 7, 7].map((weight, i) => [i + 1, weight] as const);

const LANGUAGES = ['pl', 'ro', 'gu', 'bn', 'ar', 'lt', 'so', 'ur'] as const;

/** @param open a child of theirs is on a list, so a mobile may be spent on them */
export function makeHousehold(random: Random, index: number, phones: TelephoneNumbers, open: boolean): Household {
  const localAuthority = random.chance(0.58) ? WEST : NORTH;
  const adult = random.pick(ADULT_NAMES);
  const familyName = random.pick(FAMILY_NAMES);
  const postcode = `${random.pick(DISTRICTS[localAuthority])} ${random.int(1, 9)}${NEVER_USED[random.int(0, 5)]}${NEVER_USED[random.int(0, 5)]}`;
  const ethnicCategory = random.weighted(ETHNIC_CATEGORIES);
  const address = `${adult}.${familyName}.${index}@example.org`.toLowerCase();
  const route = makeRoute(random, phones, open, address);
  return {
    index,
    familyName,
    adult,
    relationship: random.weighted([
      ['mother', 82],
      ['father', 15],
      ['grandparent', 3],
    ]),
    postcode,
    localAuthority,
    gpPractice: `Z99${String((localAuthority === WEST ? 0 : 100) + random.int(1, 34)).padStart(3, '0')}`,
    deprivationDecile: random.weighted(DECILES),
    ethnicCategory,
    interpreterLanguage: random.chance(ethnicCategory === 'A' ? 0.002 : 0.15) ? random.pick(LANGUAGES) : null,
    ...route,
    mayContact: !random.chance(0.02),
    otherParent: random.chance(0.12)
      ? {
          name: `${random.pick(ADULT_NAMES)} ${random.pick(FAMILY_NAMES)}`,
          relationship: random.chance(0.8) ? 'father' : 'mother',
          email: `other.parent.${index}@example.com`,
          mayContact: !random.chance(0.05),
        }
      : null,
    childrenMade: 0,
    full: false,
  };
}

type Route = Pick<Household, 'phone' | 'email' | 'preferredChannel'>;

/** About 6% can be reached neither by phone nor by email, a fifth by email only. */
function makeRoute(random: Random, phones: TelephoneNumbers, open: boolean, email: string): Route {
  const none: Route = { phone: null, email: null, preferredChannel: 'letter' };
  if (random.chance(0.062)) return none;
  const mobile = open && random.chance(0.1) ? phones.mobile() : null;
  if (mobile) return { phone: mobile, email: random.chance(0.5) ? email : null, preferredChannel: 'sms' };
  if (random.chance(0.2)) return { phone: null, email, preferredChannel: 'email' };
  const landline = phones.landline();
  if (landline && random.chance(0.08)) return { phone: landline, email: null, preferredChannel: 'phone' };
  return { phone: landline, email, preferredChannel: 'email' };
}
