import { dayNumber, type LocalDate } from '#kernel';
import type { ServiceLineCode } from '#service-lines';
import { Children, type Child, type ChildWanted } from './children.js';
import { contactsOf, type Contact } from './contacts.js';
import { Identifiers } from './identifiers.js';
import { Random } from './random.js';
import { Story, type DemoReferral, type Referred } from './story.js';

/** Fictional providers. ZZ903 is the neighbour children move to and from; it has nobody on a list here. */
export const COMMUNITY_TRUST = 'ZZ901';
export const EQUIPMENT_SERVICE = 'ZZ902';
export const NEIGHBOUR = 'ZZ903';

/** What a provider is told of a child the first time it hears of it. */
export interface Introduction {
  provider: string;
  contacts: Contact[];
}

/** One child on one line, with all its referrals. */
export interface DemoPathway {
  id: string;
  line: ServiceLineCode;
  child: Child;
  /** The child is on no earlier pathway. */
  isNewChild: boolean;
  /** Providers that hear of the child for the first time. */
  introductions: Introduction[];
  referrals: DemoReferral[];
}

/** What the lines make their referrals with: the day, the dice, the children, the numbering. */
export class Making {
  readonly today: number;
  readonly children: Children;
  readonly #identifiers = new Map<string, Identifiers>();
  readonly #introduced = new Set<string>();
  readonly #seen = new Set<number>();

  constructor(
    readonly seed: string,
    readonly asOf: LocalDate,
  ) {
    this.today = dayNumber(asOf);
    this.children = new Children(seed, asOf);
  }

  random(part: string): Random {
    return new Random(`${this.seed} ${part}`);
  }

  id(kind: string): string {
    const identifiers = this.#identifiers.get(kind) ?? new Identifiers(this.seed, kind);
    this.#identifiers.set(kind, identifiers);
    return identifiers.next();
  }

  /** A child referred between two day numbers. */
  child(wanted: Omit<ChildWanted, 'first' | 'last'>, first: number, last: number): Child {
    return this.children.take({ first, last, ...wanted });
  }

  story(line: ServiceLineCode, child: Child, random: Random, referred: Omit<Referred, 'id'>): Story {
    return new Story(line, child, { id: this.id('referral'), ...referred }, random, this.today);
  }

  pathway(line: ServiceLineCode, child: Child, random: Random, stories: readonly Story[]): DemoPathway {
    const isNewChild = !this.#seen.has(child.index);
    this.#seen.add(child.index);
    const providers = new Set(stories.flatMap((s) => s.providers));
    const strangers = [...providers].filter((p) => !this.#introduced.has(`${child.index} ${p}`));
    const introductions = strangers.map((provider) => {
      this.#introduced.add(`${child.index} ${provider}`);
      return { provider, contacts: contactsOf(random, child, this.asOf) };
    });
    return { id: this.id('pathway'), line, child, isNewChild, introductions, referrals: stories.map((s) => s.finish()) };
  }
}
