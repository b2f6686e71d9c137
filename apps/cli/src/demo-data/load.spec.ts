import { londonDay, systemPrincipal } from '#kernel';
import { serviceLine } from '#service-lines';
import { NO_CHOICES, replay, type EventData } from '#waits';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { findDemoDay, loadDemoData, type Loaded } from './load.js';
import { writeReferenceData } from './reference-data.js';

const REFERRALS = 900;
const principal = systemPrincipal('DEMO', 'test');
const nhsNumberKey = Buffer.alloc(32, 7);

describe('loading the demo', () => {
  let t: TestDatabase;
  let loaded: Loaded;

  const count = (sql: string): Promise<number> =>
    t.database.inTenant(
      principal,
      async (tx) => (await tx.one<{ n: number }>(`select count(*)::int as n from ${sql}`, [tx.tenant]))?.n ?? -1,
    );

  beforeAll(async () => {
    t = await testDatabase();
    const now = t.clock.now();
    await writeReferenceData(t.ownerUrl, londonDay(now));
    await writeReferenceData(t.ownerUrl, londonDay(now));
    loaded = await loadDemoData(t.database, { now, nhsNumberKey, ownerUrl: t.ownerUrl, atMost: REFERRALS });
  });
  afterAll(() => t.close());

  test('every table is filled as intake would', async () => {
    expect(loaded).toMatchObject({ asOf: '2026-11-22', wasThere: false });
    expect(await count('referral where tenant = $1')).toBe(loaded.referrals);
    expect(await count('pathway_event where tenant = $1')).toBe(loaded.events);
    expect(await count(`pathway_event where tenant = $1 and seq = 1 and type = 'referral-received'`)).toBe(loaded.referrals);
    expect(await count('speech_and_language_therapy_details where tenant = $1')).toBe(loaded.referrals);
    const children = await count('person where tenant = $1');
    expect(await count('pathway where tenant = $1 and folded = 0 and changed > 0')).toBe(children);
    expect(
      await count(
        `pathway p where tenant = $1 and changed <> (select count(*) from pathway_event e where e.tenant = $1 and e.pathway_id = p.id)`,
      ),
    ).toBe(0);
    expect(await count(`escalation where tenant = $1 and reason = 'dysphagia-risk'`)).toBeGreaterThan(0);
    // Without a purpose nobody reads who the children are, nor whom to contact.
    expect(await count('person_identity where tenant = $1')).toBe(0);
    expect(await count(`contact where tenant = $1`)).toBe(0);
  });

  test('what was stored replays into the same waits', async () => {
    const events = await t.database.inTenant(principal, (tx) =>
      tx.query<{ pathway: string; referralId: string; seq: number; type: string; occurredOn: string; data: EventData; recordedAt: Date }>(
        `select pathway_id as pathway, referral_id as "referralId", seq, type, occurred_on as "occurredOn", data, recorded_at as "recordedAt"
          from pathway_event where tenant = $1`,
        [tx.tenant],
      ),
    );
    const line = serviceLine('speech-and-language-therapy').rules;
    const pathways = [...new Set(events.map((e) => e.pathway))].map((id) => events.filter((e) => e.pathway === id));
    const waiting = pathways.filter((told) =>
      replay(told, line, () => NO_CHOICES).waits.some((w) => w.measure === 'sitrep' && w.state === 'waiting'),
    );
    // The first children made are the ones on the published list: one wait each.
    expect(waiting).toHaveLength(pathways.length);
  });

  test('a second load finds everything there', async () => {
    const again = await loadDemoData(t.database, { now: t.clock.now(), nhsNumberKey, ownerUrl: t.ownerUrl, atMost: REFERRALS });
    expect(again).toMatchObject({ asOf: loaded.asOf, referrals: loaded.referrals, wasThere: true });
    expect(await findDemoDay(t.database)).toBe(loaded.asOf);
    expect(await count('referral where tenant = $1')).toBe(loaded.referrals);
  });

  test('tenant TEST is empty and ready', async () => {
    const services = await t.database.inTenant(systemPrincipal('TEST', 'test'), (tx) =>
      tx.query<{ provider: string }>('select provider from service where tenant = $1 order by provider', [tx.tenant]),
    );
    expect(services.map((s) => s.provider)).toEqual(['ZZ998', 'ZZ998', 'ZZ998', 'ZZ999', 'ZZ999', 'ZZ999']);
  });
});

test('a load that was killed goes on where it was, with the day it began with', async () => {
  const t = await testDatabase();
  try {
    const now = t.clock.now();
    await writeReferenceData(t.ownerUrl, londonDay(now));
    expect(await findDemoDay(t.database)).toBeNull();
    const killed = loadDemoData(t.database, {
      now,
      nhsNumberKey,
      ownerUrl: t.ownerUrl,
      atMost: 1400,
      onProgress: () => {
        throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await findDemoDay(t.database)).toBe('2026-11-22');
    t.clock.moveTo(new Date('2026-11-24T10:30:00Z'));
    const loaded = await loadDemoData(t.database, { now: t.clock.now(), nhsNumberKey, ownerUrl: t.ownerUrl, atMost: 1400 });
    expect(loaded).toMatchObject({ asOf: '2026-11-22', wasThere: false });
    const held = await t.database.inTenant(principal, (tx) =>
      tx.one<{ n: number }>('select count(*)::int as n from referral where tenant = $1', [tx.tenant]),
    );
    expect(held?.n).toBe(loaded.referrals);
  } finally {
    await t.close();
  }
});
