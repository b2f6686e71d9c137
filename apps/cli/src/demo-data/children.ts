import { addDays, ageOn, daysBetween, type LocalDate } from '#kernel';
import type { ServiceLineCode } from '#service-lines';
import { makeHousehold, type Household } from './households.js';
import { idOf, nhsNumbers } from './identifiers.js';
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
  /** First and last day on which the child is referred: no younger than `minAge` on the first, no older than 17 on the last. */
  first: LocalDate;
  last: LocalDate;
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

  constructor(
    private readonly seed: string,
    private readonly asOf: LocalDate,
  ) {
    this.#random = new Random(`${seed} children`);
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
      if (child.birthDate >= first || ageOn(child.birthDate, first) < minAge || ageOn(child.birthDate, last) > OLDEST) continue;
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
    const child: Child = {
      index,
      id: idOf(this.seed, 'person', index),
      nhsNumber: this.#numbers.next().value,
      givenName: random.pick(GIVEN_NAMES[sex]),
      birthDate,
      sex,
      household,
      school: age >= 4 && age <= 17 ? String(999_000 + random.int(1, 140)) : null,
      sen: random.weighted(wanted.sen),
      socialCare: random.weighted([
        ['none', 91],
        ['child-in-need', 4.5],
        ['child-protection', 1.5],
        ['looked-after', 3],
      ]),
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
    const oldest = addDays(last, -Math.floor(OLDEST * 365.25));
    const drawn = addDays(first, -Math.floor(age * 365.25) - this.#random.int(1, 363));
    if (drawn >= oldest) return drawn;
    // Too old by then: between the youngest and the oldest it may be.
    const youngest = addDays(first, -Math.ceil(minAge * 365.25) - 1);
    return addDays(oldest, this.#random.int(0, Math.min(500, daysBetween(oldest, youngest))));
  }
}
