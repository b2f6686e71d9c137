import { checkInPolicy } from '#check-ins';
import { addDays, systemPrincipal, type LocalDate } from '#kernel';
import { serviceLine } from '#service-lines';
import fc from 'fast-check';
import { anyPathwayWithVoids, dayOf, LAST_DAY } from '../../../test/support/any-pathway.js';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { LINES } from '../../../test/support/pathway.js';
import { storeStories, type StoredStory } from '../../../test/support/stories.js';
import { ThresholdPass } from './crossings.js';
import { Rebuild } from './rebuild.js';
import { replay } from './rules/index.js';
import { staleness, WaitFold, WaitRules } from './wait-fold.js';

class Rules extends WaitRules {
  override readonly checkInPolicy = checkInPolicy;
  override line(code: string) {
    return serviceLine(code).rules;
  }
}

let t: TestDatabase;
let fold: WaitFold;
let stories: StoredStory[];
const system = systemPrincipal('TEST', 'test');
const choices = () => ({ stopRule: 'first-contact' as const, targets: {} });

beforeAll(async () => {
  t = await testDatabase();
  fold = new WaitFold(t.database, t.clock, new Rules());
  stories = await storeStories(t, fc.sample(anyPathwayWithVoids({ corrected: true }), { numRuns: 250, seed: 20261122 }));
});
afterAll(() => t.close());

const rows = <Row>(sql: string, ...params: unknown[]) => t.database.inTenant(system, (tx) => tx.query<Row>(sql, [tx.tenant, ...params]));
const everything = async () => ({
  waits: await rows(`select * from wait where tenant = $1 order by pathway_id, measure, ordinal`),
  covers: await rows(`select * from wait_referral where tenant = $1 order by pathway_id, measure, period, referral_id`),
  states: await rows(`select * from referral_state where tenant = $1 order by referral_id`),
});

test('two workers at once compute every pathway once', async () => {
  const [a, b] = await Promise.all([fold.run('TEST'), fold.run('TEST')]);
  expect(a.pathways + b.pathways).toBe(stories.length);
  expect(await t.database.inTenant(system, staleness)).toEqual({ notYetComputed: 0, oldest: null });
});

test('for every day the list by SQL equals folding what had happened by then', async () => {
  for (let n = 0; n <= LAST_DAY; n += 5) await compareLists(dayOf(n));
  await compareLists(addDays(dayOf(LAST_DAY), 400));
});

async function compareLists(asOf: LocalDate): Promise<void> {
  const listed = await rows<{ key: string }>(
    `select concat_ws(' ', pathway_id, measure, provider, coalesce(started_on::text, 'unknown')) as key from wait
      where tenant = $1 and listed_from <= $2 and $2 < listed_to`,
    asOf,
  );
  const folded = stories.flatMap((s) =>
    replay(s.events, LINES[s.line], choices, { asOf })
      .waits.filter((w) => w.isRunning)
      .map((w) => `${s.pathwayId} ${w.measure} ${w.provider} ${w.startedOn ?? 'unknown'}`),
  );
  expect({ asOf, list: listed.map((r) => r.key).sort() }).toEqual({ asOf, list: folded.sort() });
}

test('a rebuild finds everything as it is stored, and writes nothing', async () => {
  const before = await everything();
  expect(await new Rebuild(t.database, t.clock).mark('TEST')).toBe(stories.length);
  const rebuilt = await fold.run('TEST');
  expect(rebuilt).toMatchObject({ pathways: stories.length, written: 0 });
  expect(await everything()).toEqual(before);
});

test('what was damaged is mended by a rebuild', async () => {
  const before = await everything();
  await t.database.inTenant(system, async (tx) => {
    await tx.execute(`update wait set started_on = started_on - 100, stop_kind = null where tenant = $1 and ordinal = 1`, [tx.tenant]);
    await tx.execute(`delete from referral_state where tenant = $1 and state = 'waiting'`, [tx.tenant]);
  });
  await new Rebuild(t.database, t.clock).mark('TEST');
  await fold.run('TEST');
  expect(await everything()).toEqual(before);
});

describe('the nightly pass', () => {
  const crossings = () =>
    rows<{ key: string }>(
      `select concat_ws(' ', pathway_id, measure, period, threshold, crossed_on) as key from threshold_crossing where tenant = $1 and undone_at is null order by 1`,
    );

  test('records each crossing once, and catches up nights that were missed', async () => {
    const pass = new ThresholdPass(t.database, t.clock);
    await pass.run('TEST', dayOf(60));
    const recorded = await pass.run('TEST', dayOf(120));
    expect(recorded).toBeGreaterThan(0);
    expect(await pass.run('TEST', dayOf(120))).toBe(0);
    const expected = await rows<{ key: string }>(
      `select concat_ws(' ', pathway_id, measure, period, threshold, crossed_on) as key from wait w
        cross join lateral (select n || 'w', started_on + 7 * n + 1 from unnest('{2,4,12,18,26,40,52,65,78,104}'::integer[]) n where headline
          union all select 'target', breach_on where breach_on is not null) x (threshold, crossed_on)
        where tenant = $1 and state = 'waiting' and is_latest and crossed_on <= $2 order by 1`,
      dayOf(120),
    );
    expect(await crossings()).toEqual(expected);
  });

  test('touches only waits whose day has come', async () => {
    const due = await rows(`select from wait where tenant = $1 and next_change_on <= $2`, dayOf(120));
    expect(due).toEqual([]);
  });

  test('marks a crossing undone when a correction takes it back, and records it again when it comes', async () => {
    const before = await crossings();
    const [one] = await rows<{ pathwayId: string; referralId: string; seq: number }>(
      `select w.pathway_id as "pathwayId", w.referral_id as "referralId", (select max(seq) from pathway_event e where e.tenant = $1 and e.referral_id = w.referral_id) as seq
        from wait w join threshold_crossing c on c.tenant = $1 and c.pathway_id = w.pathway_id and c.measure = w.measure and c.period = w.period
        where w.tenant = $1 and w.measure = 'sitrep' and w.is_latest and w.state = 'waiting' and c.undone_at is null
          and (select count(*) from referral r where r.tenant = $1 and r.pathway_id = w.pathway_id) = 1 and not exists (
          select from pathway_event e where e.tenant = $1 and e.pathway_id = w.pathway_id and e.type = 'received-on-corrected') order by w.started_on, 1 limit 1`,
    );
    const tell = async (type: string, seq: number, data: object) => {
      await t.database.inTenant(system, async (tx) => {
        await tx.execute(`update pathway set changed = changed + 1 where tenant = $1 and id = $2`, [tx.tenant, one?.pathwayId]);
        await tx.execute(
          `insert into pathway_event (tenant, pathway_id, referral_id, seq, type, occurred_on, data, recorded_at, recorded_by, recorded_org)
            values ($1, $2, $3, $4, $5, $6, $7, $8, 'test', 'ZZ999')`,
          [tx.tenant, one?.pathwayId, one?.referralId, seq, type, dayOf(119), JSON.stringify(data), t.clock.now()],
        );
      });
      await fold.run('TEST');
      await new ThresholdPass(t.database, t.clock).run('TEST', dayOf(120));
    };
    const seq = one?.seq ?? 0;
    await tell('received-on-corrected', seq + 1, { receivedOn: dayOf(118), reason: 'test' });
    expect((await crossings()).length).toBeLessThan(before.length);
    await tell('event-voided', seq + 2, { seq: seq + 1, reason: 'test' });
    expect(await crossings()).toEqual(before);
  });
});
