import { checkInPolicy } from '#check-ins';
import { addDays, systemPrincipal, type LocalDate, type Principal, type Role } from '#kernel';
import { serviceLine, serviceLines } from '#service-lines';
import { WaitFold, WaitRules, type PathwayEvent } from '#waits';
import fc from 'fast-check';
import { anyPathwayWithVoids, dayOf, LAST_DAY, type Story } from '../../../../test/support/any-pathway.js';
import { asOwner, testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { pathway, type Pathway } from '../../../../test/support/pathway.js';
import { storeStories } from '../../../../test/support/stories.js';
import { Reports } from '../reports.js';
import type { Reconciliation } from './reconcile.js';
import { readReturn } from './submitted.js';

class Rules extends WaitRules {
  override readonly checkInPolicy = checkInPolicy;
  override line(code: string) {
    return serviceLine(code).rules;
  }
}

const someone = (org: string, ...roles: Role[]): Principal => ({ subject: 'u', name: 'U', tenant: 'TEST', org, roles });
const manager = someone('QZZ', 'icb-manager');
const trust = someone('ZZ999', 'service-lead');
const system = systemPrincipal('TEST', 'test');
const SALT = 'speech-and-language-therapy';
const AS_OF: LocalDate = '2026-11-22';
const ago = (days: number): LocalDate => addDays(AS_OF, -days);

let t: TestDatabase;
let reports: Reports;
beforeAll(async () => {
  t = await testDatabase();
  reports = new Reports(t.database, t.clock);
});
afterEach(() =>
  asOwner(t.ownerUrl, async (client) => {
    await client.query('truncate person, audit_entry cascade');
    await client.query(`update service set stop_rule = 'first-contact'`);
  }),
);
afterAll(() => t.close());

/** Stores pathways with who may read them, and folds them. P1 is ZZ999, P2 is ZZ998. @returns referral ids, a pathway each */
async function store(stories: readonly (Story | Pathway)[]): Promise<string[][]> {
  const stored = await storeStories(t, stories);
  const parties = stored.flatMap(({ events }) => events.flatMap((e) => partiesOf(e).map((provider) => ({ id: e.referralId, provider }))));
  await t.database.inTenant(system, (tx) =>
    tx.execute(
      `insert into referral_party (tenant, referral_id, provider, since)
       select $1, y.id, y.provider, $3 from jsonb_to_recordset($2) as y (id uuid, provider text) on conflict do nothing`,
      [tx.tenant, JSON.stringify(parties), t.clock.now()],
    ),
  );
  await new WaitFold(t.database, t.clock, new Rules()).run('TEST');
  return stored.map(({ events }) => [...new Set(events.map((e) => e.referralId))]);
}

const partiesOf = ({ data: { provider, toProvider } }: PathwayEvent): string[] => [provider, toProvider].filter((p) => p !== undefined);

const salt = (): Pathway => pathway('speech-and-language-therapy');
const bandsOf = (r: Reconciliation): Record<string, number> => Object.fromEntries(r.bands.map((b) => [b.band, b.computed]));

test('what is computed is what the waits report counts, of any story on any day and of every measure', async () => {
  await store(fc.sample(anyPathwayWithVoids({ corrected: true }), { numRuns: 80, seed: 7 }));
  for (const line of serviceLines) {
    for (const { code: measure } of line.rules.measures) {
      for (const asOf of [dayOf(20), dayOf(LAST_DAY), AS_OF]) {
        for (const provider of ['ZZ999', 'ZZ998']) {
          const query = { measure, service: line.code, provider, asOf };
          const report = await reports.waits(manager, query);
          const compared = await reports.reconcile(manager, { ...query, submitted: { bands: { '0-1': 0 } } });
          expect({ ...query, bands: bandsOf(compared), unknown: compared.unknownStart }).toEqual({
            ...query,
            bands: report.rows[0]?.bands,
            unknown: report.dataQuality.unknownStart,
          });
        }
      }
    }
  }
});

describe('a provider that stopped its clocks at first treatment', () => {
  const bands = { '0-1': 1, '1-2': 0, '2-4': 0, '4-12': 1, '12-18': 0, '18-52': 4, '52-104': 0, '104+': 0 };
  let ids: string[];
  beforeEach(async () => {
    const seen = (days: number): Pathway => salt().received(ago(days)).contact(ago(9), 'assessment');
    const waits = (days: number): Pathway => salt().received(ago(days));
    ids = (await store([seen(200), seen(210), seen(220), waits(5), waits(60), waits(300)])).flat();
  });

  test('is told so, with the referrals that move', async () => {
    const found = await reports.reconcile(trust, { service: SALT, submitted: { bands } });
    expect(found).toMatchObject({
      measure: 'sitrep',
      provider: 'ZZ999',
      stopRule: 'first-contact',
      asOf: AS_OF,
      total: { computed: 3, submitted: 6, difference: 3 },
      absoluteDifference: 3,
      notSubmitted: [],
    });
    expect(found.bands.find((b) => b.band === '>18-52')).toEqual({
      band: '>18-52',
      computed: 1,
      submitted: 4,
      difference: 3,
      nearerBy: [{ rule: 'stops-at-first-treatment', difference: 0 }],
      rows: { total: 1, referralIds: [ids[5]] },
    });
    const [first, ...others] = found.explanations;
    expect(first).toMatchObject({ rule: 'stops-at-first-treatment', explained: 3, explainedPercent: 100, remaining: 0 });
    expect(first?.moves).toEqual([{ from: null, to: '>18-52', count: 3, referralIds: expect.any(Array) }]);
    expect(first?.moves[0]?.referralIds?.toSorted()).toEqual(ids.slice(0, 3).toSorted());
    for (const other of others) expect(other.explained).toBeLessThanOrEqual(0);
    // The rule the service has chosen is no alternative.
    expect(found.explanations.map((e) => e.rule)).not.toContain('stops-at-first-contact');
  });

  test('which the ICB sees in counts, without a referral', async () => {
    const found = await reports.reconcile(manager, { service: SALT, provider: 'ZZ999', submitted: { bands } });
    expect(found.explanations[0]).toMatchObject({ rule: 'stops-at-first-treatment', moves: [{ from: null, to: '>18-52', count: 3 }] });
    const told = JSON.stringify(found);
    for (const id of ids) expect(told).not.toContain(id);
  });

  test('and that has said so differs in nothing', async () => {
    await asOwner(t.ownerUrl, (client) => client.query(`update service set stop_rule = 'first-treatment'`));
    const found = await reports.reconcile(trust, { service: SALT, submitted: { bands } });
    expect(found).toMatchObject({ stopRule: 'first-treatment', absoluteDifference: 0 });
    expect(found.bands.filter((b) => b.rows)).toEqual([]);
    expect(found.explanations.map((e) => e.rule)).toContain('stops-at-first-contact');
  });

  test('from a file, whose service it says itself', async () => {
    const table = readReturn('service,band,count\nSpeech and language therapy,>18-52,4\n');
    const found = await reports.reconcile(trust, { submitted: { table } });
    expect(found).toMatchObject({ service: SALT, absoluteDifference: 3, notSubmitted: expect.arrayContaining(['0-1', '>104']) });
    const two = readReturn('service,band,count\nSpeech and language therapy,>18-52,4\nMental health,0-1,1\n');
    await expect(reports.reconcile(trust, { submitted: { table: two } })).rejects.toMatchObject({ kind: 'rule' });
  });
});

test('another provider’s children are neither counted nor named', async () => {
  const there = salt().received(ago(200), { provider: 'P2' });
  const moved = salt().received(ago(200)).event('transferred', ago(50), { toProvider: 'P2' }).event('transfer-accepted', ago(40));
  const [here = [], ...elsewhere] = await store([salt().received(ago(200)), there, moved]);
  const found = await reports.reconcile(trust, { service: SALT, submitted: { bands: { '18-52': 9, '4-12': 9 } } });
  expect(bandsOf(found)).toMatchObject({ '>18-52': 1, '>4-12': 0 });
  expect(JSON.stringify(found)).toContain(here[0]);
  for (const id of elsewhere.flat()) expect(JSON.stringify(found)).not.toContain(id);
  const receiver = await reports.reconcile(someone('ZZ998', 'clinician'), {
    service: SALT,
    submitted: { bands: { '18-52': 1, '4-12': 1 } },
  });
  expect(receiver.explanations[0]).toMatchObject({ rule: 'transfer-restarts', explainedPercent: 100 });
});

test('a clock that was started when the referral was written is found', async () => {
  const [[id] = []] = await store([salt().received(ago(200)).event('triaged', ago(199)).event('referral-accepted', ago(199))]);
  await t.database.inTenant(system, (tx) =>
    tx.execute('update referral set authored_on = $3 where tenant = $1 and id = $2', [tx.tenant, id, ago(400)]),
  );
  const found = await reports.reconcile(trust, { service: SALT, submitted: { bands: { '18-52': 0, '52-104': 1 } } });
  expect(found.explanations[0]).toMatchObject({ rule: 'starts-when-written', explainedPercent: 100, moves: [{ referralIds: [id] }] });
});

describe('who may', () => {
  const submitted = { bands: { '0-1': 1 } };
  test.each<[string, Principal, object, string]>([
    ['a commissioner sees nothing exact', someone('QZZ', 'commissioner'), { service: SALT, provider: 'ZZ999' }, 'forbidden'],
    ['an administrator sees no report', someone('QZZ', 'admin'), { service: SALT, provider: 'ZZ999' }, 'forbidden'],
    ['a provider compares its own', trust, { service: SALT, provider: 'ZZ998' }, 'forbidden'],
    ['a manager says whose', manager, { service: SALT }, 'rule'],
    ['the service is said', trust, {}, 'rule'],
    ['the service is offered', manager, { service: SALT, provider: 'ZZ997' }, 'rule'],
    ['the service has the measure', trust, { service: SALT, measure: 'cyp-ed' }, 'rule'],
    ['the day is past', trust, { service: SALT, asOf: addDays(AS_OF, 1) }, 'rule'],
  ])('%s', async (_, who, request, kind) => {
    await expect(reports.reconcile(who, { ...request, submitted })).rejects.toMatchObject({ kind });
  });

  test('who looked is written down', async () => {
    await reports.reconcile(manager, { service: SALT, provider: 'ZZ999', submitted });
    const trail = await t.database.inTenant(manager, (tx) =>
      tx.query(`select purpose, org, detail->>'provider' as provider from audit_entry where tenant = 'TEST'`),
    );
    expect(trail).toEqual([{ purpose: 'reconcile', org: 'QZZ', provider: 'ZZ999' }]);
  });
});
