import { addDays, type LocalDate } from '#kernel';
import {
  at,
  anyPathway,
  anyPathwayWithVoids,
  dayOf,
  LAST_DAY,
  pick,
  someDay,
  voiding,
  without,
  type Story,
} from '../../../../test/support/any-pathway.js';
import { LINES } from '../../../../test/support/pathway.js';
import fc from 'fast-check';
import type { PathwayEvent } from './events.js';
import type { ServiceChoices } from './measure.js';
import { replay, type Replay, type ReplayOptions } from './replay.js';
import { daysWaited, isWithinTarget, type Wait } from './wait.js';

/** What must hold of any pathway whatever. A failure prints its seed; `fc.assert(…, { seed, path })` runs it again. */
const RUNS = { numRuns: 200 };
const choices = (provider: string): ServiceChoices => ({ stopRule: provider === 'P1' ? 'first-contact' : 'first-treatment', targets: {} });
const fold = ({ line, events }: Story, options: ReplayOptions = {}): Replay =>
  replay(events, LINES[line], choices, { working: true, ...options });

const mended = { corrected: true };
const asOfDay = fc.integer({ min: 0, max: LAST_DAY });
/** Every day on which something may happen, and a few after. */
const everyDay = Array.from({ length: LAST_DAY + 5 }, (_, n) => dayOf(n));

test('the order events were told in changes nothing', () => {
  const shuffled = anyPathwayWithVoids(mended).chain((story) => {
    const { length } = story.events;
    const delays = fc.array(fc.nat(400), { minLength: length, maxLength: length });
    return fc.tuple(fc.constant(story), fc.shuffledSubarray(story.events, { minLength: length }), delays);
  });
  fc.assert(
    fc.property(shuffled, ([story, events, delays]) => {
      const told = events.map((e, i) => ({ ...e, recordedAt: at(delays[i] ?? 0) }));
      const [one, other] = [fold({ ...story, events: told }), fold(story)];
      expect(other).toEqual(one);
      expect([...other.referrals.keys()]).toEqual([...one.referrals.keys()]);
    }),
    RUNS,
  );
});

test('a voided event is as if it had never been told', () => {
  fc.assert(
    fc.property(anyPathway(mended), fc.nat(), someDay, asOfDay, (story, n, on, asOf) => {
      const mistake = pick(story, n);
      fc.pre(mistake !== undefined);
      const voided = { ...story, events: [...story.events, voiding(mistake, on)] };
      expect(fold(voided)).toEqual(fold(without(story, mistake)));
      expect(fold(voided, { asOf: dayOf(asOf) })).toEqual(fold(without(story, mistake), { asOf: dayOf(asOf) }));
    }),
    RUNS,
  );
});

test('a void counts from when it was recorded', () => {
  fc.assert(
    fc.property(anyPathway(mended), fc.nat(), someDay, (story, n, on) => {
      const mistake = pick(story, n);
      fc.pre(mistake !== undefined);
      const voided = { ...story, events: [...story.events, voiding(mistake, on)] };
      const [before, then] = [{ knownAt: at(on - 1) }, { knownAt: at(on) }];
      expect(fold(voided, before)).toEqual(fold(story, before));
      expect(fold(voided, then)).toEqual(fold(without(story, mistake), then));
    }),
    RUNS,
  );
});

test('as of the day before, an event has not happened', () => {
  fc.assert(
    fc.property(anyPathwayWithVoids(mended), fc.nat(), (story, n) => {
      const event = pick(story, n);
      fc.pre(event !== undefined);
      const asOf = addDays(event.occurredOn, -1);
      expect(fold(story, { asOf })).toEqual(fold(without(story, event), { asOf }));
    }),
    RUNS,
  );
});

test('before it was recorded, an event was not known', () => {
  fc.assert(
    fc.property(anyPathwayWithVoids(mended), fc.nat(), (story, n) => {
      const event = story.events[n % story.events.length] as PathwayEvent;
      const knownAt = new Date(event.recordedAt.getTime() - 1);
      expect(fold(story, { knownAt })).toEqual(fold(without(story, event), { knownAt }));
    }),
    RUNS,
  );
});

test('support while waiting changes nothing but the last human contact', () => {
  const kind = fc.constantFrom('check-in-call', 'advice-line', 'strategies-sent', 'workshop', 'duty-call', 'setting-training');
  const calls = fc.array(fc.tuple(someDay, kind, fc.nat()), { minLength: 1, maxLength: 5 });
  const apartFromContact = ({ referrals }: Replay) => [...referrals].map(([id, p]) => [id, { ...p, lastHumanContactOn: null }]);
  fc.assert(
    fc.property(anyPathwayWithVoids(mended), calls, (story, told) => {
      const receipts = story.events.filter((e) => e.type === 'referral-received');
      const support = told.map(([n, kind, r], i): PathwayEvent => {
        const { referralId } = receipts[r % receipts.length] as PathwayEvent;
        return { referralId, seq: 200 + i, type: 'waiting-support', occurredOn: dayOf(n), data: { kind }, recordedAt: at(n) };
      });
      const [plain, supported] = [fold(story), fold({ ...story, events: [...support, ...story.events] })];
      expect(supported.waits).toEqual(plain.waits);
      expect(apartFromContact(supported)).toEqual(apartFromContact(plain));
      const contact = (r: Replay, id: string): LocalDate => r.referrals.get(id)?.lastHumanContactOn ?? '';
      expect([...plain.referrals.keys()].filter((id) => contact(supported, id) < contact(plain, id))).toEqual([]);
    }),
    RUNS,
  );
});

test('a wait never shrinks or vanishes when a day passes, unless its start was mended or it proved to be no wait', () => {
  fc.assert(
    fc.property(anyPathwayWithVoids({ corrected: false }), (story) => {
      const shrunk: string[] = [];
      let yesterday = new Map<string, number | null>();
      for (const on of everyDay) {
        const waits = new Map(fold(story, { asOf: on }).waits.map((w) => [`${w.measure} ${w.anchor} ${w.period}`, w]));
        for (const [key, days] of yesterday) {
          const now = waits.get(key);
          if (!now) shrunk.push(`${key} vanished on ${on}`);
          else if (days !== null && now.state !== 'excluded' && (daysWaited(now, on) ?? -1) < days) shrunk.push(`${key} shrank on ${on}`);
        }
        yesterday = new Map([...waits].map(([key, w]) => [key, daysWaited(w, on)]));
      }
      expect(shrunk).toEqual([]);
    }),
    RUNS,
  );
});

test('what stands on a list on any day is what was running by the end of it', () => {
  const row = (w: Wait, on: { provider: string; startedOn: LocalDate | null }): string => `${w.measure} ${on.provider} ${on.startedOn}`;
  fc.assert(
    fc.property(anyPathwayWithVoids(mended), (story) => {
      const listed = fold(story).waits;
      const differing = everyDay.flatMap((on) => {
        const list = listed.flatMap((w) => w.stretches.filter((s) => s.from <= on && on < s.to).map((s) => row(w, s)));
        const running = fold(story, { asOf: on }).waits.filter((w) => w.isRunning);
        const [bySql, byFolding] = [list.sort(), running.map((w) => row(w, w)).sort()];
        return bySql.join() === byFolding.join() ? [] : [{ on, bySql, byFolding }];
      });
      expect(differing).toEqual([]);
    }),
    RUNS,
  );
});

test('no end without care counts as within target, and no stop comes before its start', () => {
  fc.assert(
    fc.property(anyPathwayWithVoids(mended), asOfDay, (story, n) => {
      const on = dayOf(n);
      for (const w of fold(story, { asOf: on }).waits) {
        const noSuccess = !w.isRunning && (w.stopKind === null || ['no-treatment', 'removed', 'died'].includes(w.stopKind));
        if (noSuccess) expect(isWithinTarget(w, on)).toBeNull();
        expect(daysWaited(w, on) ?? 0).toBeGreaterThanOrEqual(0);
        expect(w.isRunning).toBe(w.stoppedOn === null);
      }
    }),
    RUNS,
  );
});

test('a child with an open referral that nobody has treated stands on the list its family lives by', () => {
  fc.assert(
    fc.property(anyPathwayWithVoids(mended), asOfDay, (story, n) => {
      const { referrals, waits } = fold(story, { asOf: dayOf(n) });
      const chains = waits.filter((w) => w.measure === 'experienced');
      for (const id of referrals.keys()) expect(chains.filter((w) => w.covers.includes(id))).toHaveLength(1);
      for (const chain of chains.filter((w) => w.stopKind !== 'treatment' && w.stopKind !== 'handover')) {
        expect(chain.isRunning).toBe(chain.covers.some((id) => referrals.get(id)?.end === null));
      }
    }),
    RUNS,
  );
});
