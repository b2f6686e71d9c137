import { ageOn, type LocalDate } from '#kernel';
import type { ServiceLineCode } from '#service-lines';
import { dayOf } from './days.js';
import { makeHousehold, NORTH, WEST, type Household } from './households.js';
import { Identifiers, nhsNumbers } from './identifiers.js';
import { GIVEN_NAMES } from './names.js';
import { Random } from './random.js';
import { TelephoneNumbers } from './telephone-numbers.js';

export type Sex = 'female' | 'male';

/** An invented child. */
export interface Child {
  /** From 0, in the order made. */
  index: number;
  id: string;
  nhsNumber: string;
  givenName: string;
  birthDate: LocalDate;
  sex: Sex;
  household: Household;
  school: string | null;
  sen: 'none' | 'sen-support' | 'ehc-plan';
  socialCare: 'none' | 'child-in-need' | 'child-protection' | 'looked-after';
  /** Of a looked-after child, where another council placed it here. */
  responsibleLocalAuthority: string | null;
  protectedAddress: boolean;
  /** Service lines the family must not hear of. */
  confidentialFromFamily: ServiceLineCode[];
  diedOn: LocalDate | null;
  /** Lines the child has been referred to. */
  lines: Set<ServiceLineCode>;
}

/** Which child a referral needs. */
export interface ChildWanted {
  line: ServiceLineCode;
  /** Day numbers of the first and the last referral: no younger than `minAge` on the first, no older than 17 on the last. */
  first: number;
  last: number;
  minAge: number;
  /** Age at the first referral. */
  ages: readonly (readonly [number, number])[];
  boys: number;
  sen: readonly (readonly [Child['sen'], number])[];
  /** Chance that the child is known from another line already. */
  known?: number;
  /** Still on a list: only such a household is given one of the few mobile numbers. */
  open: boolean;
  /** No siblings here, no other line: for the children who died. */
  alone?: boolean;
}

const OLDEST = 17;

/** Makes the children, and finds again those who are on a further list. */
export class Children {
  readonly #all: Child[] = [];
  readonly #households: Household[] = [];
  readonly #numbers = nhsNumbers();
  readonly #phones = new TelephoneNumbers();
  readonly #random: Random;
  readonly #ids: Identifiers;

  constructor(
    seed: string,
    private readonly asOf: LocalDate,
  ) {
    this.#random = new Random(`${seed} children`);
    this.#ids = new Identifiers(seed, 'person');
  }

  take(wanted: ChildWanted): Child {
    const child = (this.#random.chance(wanted.known ?? 0) ? this.#findKnown(wanted) : null) ?? this.#make(wanted);
    child.lines.add(wanted.line);
    return child;
  }

  #findKnown({ line, first, last, minAge, open }: ChildWanted): Child | null {
    for (let i = 0; i < 30; i++) {
      const child = this.#all[this.#random.int(0, this.#all.length - 1)];
      if (!child || child.lines.has(line) || child.household.full) continue;
      if (ageOn(child.birthDate, dayOf(first)) < minAge || ageOn(child.birthDate, dayOf(last)) > OLDEST) continue;
      if (open && ageOn(child.birthDate, this.asOf) > OLDEST) continue;
      return child;
    }
    return null;
  }

  #make(wanted: ChildWanted): Child {
    const random = this.#random;
    const index = this.#all.length;
    const sibling = wanted.alone || !random.chance(0.13) ? undefined : this.#households[random.int(0, this.#households.length - 1)];
    const household =
      sibling && !sibling.full && sibling.childrenMade < 3
        ? sibling
        : makeHousehold(random, this.#households.length, this.#phones, wanted.open);
    if (household.childrenMade++ === 0) this.#households.push(household);
    if (wanted.alone) household.full = true;

    const sex: Sex = random.chance(wanted.boys) ? 'male' : 'female';
    const birthDate = this.#birthDate(wanted);
    const age = ageOn(birthDate, this.asOf);
    const socialCare = random.weighted([
      ['none', 91],
      ['child-in-need', 4.5],
      ['child-protection', 1.5],
      ['looked-after', 3],
    ] as const);
    const otherCouncil = household.localAuthority === WEST ? NORTH : WEST;
    const child: Child = {
      index,
      id: this.#ids.next(),
      nhsNumber: this.#numbers.next().value,
      givenName: random.pick(GIVEN_NAMES[sex]),
      birthDate,
      sex,
      household,
      school: age >= 4 && age <= 17 ? String(999_000 + random.int(1, 140)) : null,
      sen: random.weighted(wanted.sen),
      socialCare,
      responsibleLocalAuthority: socialCare === 'looked-after' && random.chance(0.15) ? otherCouncil : null,
      protectedAddress: random.chance(0.012),
      confidentialFromFamily: age >= 14 && random.chance(0.04) ? ['mental-health'] : [],
      diedOn: null,
      lines: new Set(),
    };
    this.#all.push(child);
    return child;
  }

  /** A birthday that gives the age drawn at the first referral, brought forward where the child would be too old at the last. */
  #birthDate({ ages, minAge, first, last }: ChildWanted): LocalDate {
    const age = Math.max(minAge, this.#random.weighted(ages));
    const oldest = last - Math.floor(OLDEST * 365.25);
    const drawn = first - Math.floor(age * 365.25) - this.#random.int(1, 363);
    if (drawn >= oldest) return dayOf(drawn);
    // Too old by then: between the oldest and the youngest it may be.
    const youngest = first - Math.ceil(minAge * 365.25) - 1;
    return dayOf(oldest + this.#random.int(0, Math.min(500, youngest - oldest)));
  }
}
