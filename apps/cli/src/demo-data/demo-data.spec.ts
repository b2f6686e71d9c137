import { ageOn, daysBetween, isNhsNumber, londonInstant, type LocalDate } from '#kernel';
import { serviceLine } from '#service-lines';
import { bandOf, NO_CHOICES, replay, stageOf, stateOf, type Wait } from '#waits';
import { generateDemo } from './generate.js';
import { WEST } from './households.js';
import type { DemoPathway } from './making.js';
import { PUBLISHED } from './published-figures.js';
import { isDramaNumber } from './telephone-numbers.js';

/** What the rules make of the whole demo as of its day, without keeping it. */
class Reading {
  /** By measure and provider: days of every wait on the list. */
  readonly days: Record<string, number[]> = {};
  readonly unknownStarts: Record<string, number> = {};
  readonly states: Record<string, number> = {};
  readonly fullStops: LocalDate[] = [];
  readonly types = new Set<string>();
  readonly nhsNumbers = new Set<string>();
  readonly households = { phones: new Map<string, number>(), children: new Map<number, number>(), west: 0 };
  children = 0;
  unreachable = 0;
  notToBeContacted = 0;
  severalLines = 0;
  referrals = 0;
  events = 0;
  faults: string[] = [];

  constructor(readonly asOf: LocalDate) {
    for (const pathway of generateDemo(asOf)) this.#read(pathway);
  }

  #read(pathway: DemoPathway): void {
    const line = serviceLine(pathway.line).rules;
    const told = pathway.referrals.flatMap((r) => r.events);
    const { waits, referrals } = replay(told, line, () => NO_CHOICES, { asOf: this.asOf });
    for (const wait of waits) this.#count(wait);
    for (const progress of referrals.values()) {
      const stage = stateOf(progress) === 'waiting' ? ` ${stageOf(progress, line)}` : '';
      add(this.states, `${pathway.line} ${stateOf(progress)}${stage}`);
    }
    this.referrals += pathway.referrals.length;
    this.events += told.length;
    this.#readChild(pathway);
    this.#lookForFaults(pathway);
  }

  #count(wait: Wait): void {
    const open = wait.stretches.find((s) => s.from <= this.asOf && this.asOf < s.to);
    const key = `${wait.measure} ${open?.provider}`;
    if (open && open.startedOn === null) add(this.unknownStarts, key);
    else if (open?.startedOn) (this.days[key] ??= []).push(daysBetween(open.startedOn, this.asOf));
    if (wait.stopKind === 'full-clock-stop' && wait.stoppedOn) this.fullStops.push(wait.stoppedOn);
  }

  #readChild({ child, isNewChild, introductions }: DemoPathway): void {
    if (!isNewChild) return void this.severalLines++;
    this.children++;
    if (this.nhsNumbers.has(child.nhsNumber)) this.faults.push(`NHS number ${child.nhsNumber} twice`);
    this.nhsNumbers.add(child.nhsNumber);
    const { household } = child;
    this.households.children.set(household.index, (this.households.children.get(household.index) ?? 0) + 1);
    if (household.localAuthority === WEST) this.households.west++;
    const contacts = introductions.flatMap((i) => i.contacts);
    const [first] = contacts;
    if (first && !first.phone && !first.email) this.unreachable++;
    if (first && !first.mayContact) this.notToBeContacted++;
    for (const { phone, email } of contacts) {
      if (phone) this.households.phones.set(phone, household.index);
      if (phone && !isDramaNumber(phone)) this.faults.push(`telephone number ${phone}`);
      if (email && !/@example\.(org|com)$/.test(email)) this.faults.push(`address ${email}`);
    }
  }

  #lookForFaults({ child, referrals }: DemoPathway): void {
    const lastHour = londonInstant(this.asOf, '09:00');
    for (const referral of referrals) {
      let before = referral.events[0]?.recordedAt;
      for (const [i, e] of referral.events.entries()) {
        this.types.add(e.type);
        const fault = (why: string): unknown => this.faults.push(`${referral.line} ${e.type} of ${e.occurredOn}: ${why}`);
        if (e.seq !== i + 1 || (e.type === 'referral-received') !== (i === 0)) fault(`number ${e.seq}`);
        if (e.occurredOn > this.asOf || e.recordedAt > lastHour) fault('after the as-of day');
        if (before && e.recordedAt < before) fault('recorded before what was told before it');
        before = e.recordedAt;
        if (endsUntreated(e) && !(e.data.decidedBy && e.data.familyToldOn)) fault('nobody decided');
        if (e.data.seq !== undefined && !(e.data.seq > 1 && e.data.seq < e.seq)) fault(`takes back ${e.data.seq}`);
      }
      const age = ageOn(child.birthDate, referral.events[0]?.occurredOn ?? '');
      if (age < 0 || age > 17) this.faults.push(`${referral.line}: aged ${age} at referral`);
    }
  }
}

const ENDS = ['removed', 'treatment-declined', 'decision-not-to-treat', 'referral-rejected', 'active-monitoring-started'];
const endsUntreated = (e: { type: string; data: { none?: boolean; reason?: string } }): boolean =>
  ENDS.includes(e.type) || e.data.none === true || (e.type === 'discharged' && e.data.reason !== 'treatment-completed');

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

/** As PostgreSQL's percentile_cont. */
function percentile(sorted: readonly number[], p: number): number {
  const at = (sorted.length - 1) * p;
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return low + (high - low) * (at - Math.floor(at));
}

const longerThan = (days: readonly number[]): Record<string, number> =>
  Object.fromEntries([52, 78, 104].map((weeks) => [weeks, days.filter((d) => d > weeks * 7).length]));

// A Sunday and a leap day: what differs between days is on which weekdays and birthdays the waits begin.
describe.each(['2026-11-22', '2028-02-29'])('the demo as of %s', (asOf) => {
  const reading = new Reading(asOf);
  const list = (measure: string, provider: string): number[] => (reading.days[`${measure} ${provider}`] ?? []).sort((a, b) => a - b);

  test('speech and language therapy: 1,771 in the published bands', () => {
    const days = list('sitrep', 'ZZ901');
    const bands: Record<string, number> = Object.fromEntries(Object.keys(PUBLISHED.speechAndLanguageTherapy.bands).map((b) => [b, 0]));
    for (const d of days) add(bands, bandOf(d, 'sitrep'));
    expect(days).toHaveLength(PUBLISHED.speechAndLanguageTherapy.waiting);
    expect(bands).toEqual(PUBLISHED.speechAndLanguageTherapy.bands);
  });

  test('mental health: 5,125 without a first contact, with the published median, percentile and long waits', () => {
    const { waiting, medianDays, p90Days, over } = PUBLISHED.mentalHealthFirstContact;
    const days = list('cyp-mh-first-contact', 'ZZ901');
    expect(days).toHaveLength(waiting);
    expect([percentile(days, 0.5), percentile(days, 0.9)]).toEqual([medianDays, p90Days]);
    expect(longerThan(days)).toEqual({ ...over });
  });

  test('mental health: 8,940 without a full clock stop, and 25 stops in the quarter', () => {
    const { waiting, over, stopsInQuarter } = PUBLISHED.mentalHealthFull;
    const days = list('cyp-mh-full', 'ZZ901');
    expect(days).toHaveLength(waiting);
    expect(longerThan(days)).toEqual({ ...over });
    for (const quarter of [89, 92]) expect(reading.fullStops.filter((d) => daysBetween(d, asOf) < quarter)).toHaveLength(stopsInQuarter);
  });

  test('nobody is on a list of the neighbour, and unknown starts stand apart', () => {
    expect(Object.keys(reading.days).filter((key) => key.endsWith('ZZ903'))).toEqual([]);
    expect(reading.unknownStarts).toMatchObject({ 'sitrep ZZ901': 4, 'cyp-mh-first-contact ZZ901': 6, 'equipment-handover ZZ902': 3 });
  });

  test('every stage has its children', () => {
    const counted = { ...reading.states };
    for (const stage of ['awaiting-triage', 'awaiting-first-contact', 'awaiting-decision', 'awaiting-funding', 'awaiting-order']) {
      expect(counted[`specialist-equipment waiting ${stage}`]).toBeGreaterThan(40);
    }
    for (const stage of ['awaiting-supplier', 'awaiting-handover', 'part-delivered']) {
      expect(counted[`specialist-equipment waiting ${stage}`]).toBeGreaterThan(40);
    }
    expect(counted['speech-and-language-therapy waiting awaiting-treatment']).toBeGreaterThan(400);
    expect(counted['speech-and-language-therapy monitored']).toBeGreaterThan(50);
    for (const line of ['speech-and-language-therapy', 'mental-health']) {
      expect(counted[`${line} waiting transferring`]).toBeGreaterThan(3);
      for (const state of ['in-treatment', 'closed', 'removed', 'rejected']) expect(counted[`${line} ${state}`]).toBeGreaterThan(150);
    }
  });

  test('about 20,000 referrals, told as the rules of intake want them', () => {
    expect(reading.referrals).toBeGreaterThan(18_000);
    expect(reading.referrals).toBeLessThan(22_000);
    expect(reading.faults.slice(0, 10)).toEqual([]);
    for (const type of ['event-voided', 'received-on-corrected', 'priority-changed', 'waiting-support', 'transfer-accepted', 'died']) {
      expect(reading.types).toContain(type);
    }
  });

  test('children are invented, and live as children do', () => {
    const { children, nhsNumbers, households } = reading;
    for (const n of nhsNumbers) if (!isNhsNumber(n) || !n.startsWith('999') || n >= '9995000000') throw new Error(n);
    expect(nhsNumbers.size).toBe(children);
    expect(households.west / children).toBeCloseTo(0.58, 1);
    expect(reading.unreachable / children).toBeCloseTo(0.06, 1.5);
    expect(reading.notToBeContacted / children).toBeCloseTo(0.02, 1.5);
    expect(reading.severalLines).toBeGreaterThan(500);
    expect([...households.children.values()].filter((n) => n > 1).length).toBeGreaterThan(1000);
    // A number stands for a household: none is given to two.
    expect(new Set(households.phones.values()).size).toBe(households.phones.size);
  });
});

test('the same seed and day tell the same story', () => {
  const some = (): string => {
    const told = [];
    for (const pathway of generateDemo('2026-11-22', 'a seed')) {
      told.push({ ...pathway, child: { ...pathway.child, lines: [] } });
      if (told.length === 2500) break;
    }
    return JSON.stringify(told);
  };
  const once = some();
  expect(some() === once).toBe(true);
});
