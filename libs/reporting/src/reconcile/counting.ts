import { replay, type LineRules, type Replay, type ServiceChoices } from '#waits';
import type { Alternative } from './alternatives.js';
import { bandBy, bandOn, onList, type ListQuestion, type ToldPathway } from './listed.js';

/** Where each referral on the list stands: its band, or null where its start is unknown. Who is not on the list is absent. */
export type Standing = Map<string, string | null>;

/** How we count one pathway, and how it would be counted otherwise. Pure. */
export interface Counting {
  question: ListQuestion;
  /** Of the line, with no measure but the one asked about. */
  rules: LineRules;
  choices(provider: string): ServiceChoices;
}

/** Children moved from one band to another by a rule. Null = no band: not on the list, or its start unknown. */
export interface Move {
  from: string | null;
  to: string | null;
  count: number;
  referralIds: string[];
}

/** How many children each band has, with the first of them by id. */
export interface Tally {
  count: number;
  referralIds: string[];
}

/** Ids kept of a band or a move; how many there are in all is always said. */
export const IDS_KEPT = 200;

/** Counts a list by our rules and by every alternative at once, pathway by pathway, keeping only counts and the first ids. */
export class ListCount {
  readonly bands = new Map<string, Tally>();
  unknownStart = 0;
  readonly #moves: Map<string, Move>[];

  constructor(
    private readonly counting: Counting,
    private readonly alternatives: readonly Alternative[],
  ) {
    this.#moves = alternatives.map(() => new Map());
  }

  add(pathway: ToldPathway): void {
    const { question, rules, choices } = this.counting;
    const told = replay(pathway.events, rules, choices);
    const ours = standing(told, pathway, question, {});
    for (const [referralId, band] of ours) {
      if (band === null) this.unknownStart++;
      else keep(this.bands, band, { count: 0, referralIds: [] }, referralId);
    }
    this.alternatives.forEach((alternative, i) => {
      const theirs = standing(this.#toldBy(alternative, pathway, told), pathway, question, alternative);
      for (const referralId of new Set([...ours.keys(), ...theirs.keys()])) {
        const [from, to] = [ours.get(referralId) ?? null, theirs.get(referralId) ?? null];
        const moves = this.#moves[i];
        if (from !== to && moves) keep(moves, `${from} ${to}`, { from, to, count: 0, referralIds: [] }, referralId);
      }
    });
  }

  /** What moves by each alternative, in their order. */
  get moves(): Move[][] {
    return this.#moves.map((moves) => [...moves.values()]);
  }

  #toldBy({ events, choices: chosen }: Alternative, pathway: ToldPathway, told: Replay): Replay {
    const { rules, choices } = this.counting;
    const asTold = events ? events(pathway.events) : pathway.events;
    if (asTold === pathway.events && !chosen) return told;
    return replay(asTold, rules, chosen ? (provider) => chosen(choices(provider)) : choices);
  }
}

function standing(told: Replay, pathway: ToldPathway, question: ListQuestion, by: Partial<Alternative>): Standing {
  const asOf = by.asOf?.(question.asOf) ?? question.asOf;
  const asked = { ...question, asOf };
  const band = by.band ? (days: number) => by.band?.(days, question.bands) ?? '' : bandBy(question.bands);
  const stands: Standing = new Map();
  for (const listed of [...onList(told, asked), ...(by.besides?.(told, asked) ?? [])]) {
    const startedOn = by.start ? by.start(listed, pathway, asOf) : listed.startedOn;
    const found = startedOn === undefined ? undefined : bandOn(startedOn, asOf, band);
    if (found !== undefined) stands.set(listed.referralId, found);
  }
  return stands;
}

function keep<T extends Tally>(tallies: Map<string, T>, key: string, empty: T, referralId: string): void {
  const tally = tallies.get(key) ?? empty;
  tallies.set(key, tally);
  tally.count++;
  if (tally.referralIds.length < IDS_KEPT) tally.referralIds.push(referralId);
}
