import { Rebuild } from '#waits';
import { nhsNumber } from '../../../test/support/referrals.js';
import type { Duplicate } from './duplicates.js';
import { clinician, recordsApp, rowsOf, system } from './records.fixture.js';

let app: Awaited<ReturnType<typeof recordsApp>>;
beforeAll(async () => void (app = await recordsApp()));
afterAll(() => app.close());

let born = 0;
/** A birth date of nobody else, so that no other pair is proposed. */
const someone = (): Record<string, unknown> => ({
  birthDate: new Date(Date.UTC(2010, 0, 1) + ++born * 41 * 86_400_000).toISOString().slice(0, 10),
});

/** Two records of one child, and their pair. */
async function twoRecords(changes: { a?: object; b?: object; person?: object } = {}) {
  const child = { ...someone(), ...changes.person };
  const a = await app.receive({ ...child, nhsNumber: nhsNumber(), sex: 'female' }, { receivedOn: '2026-01-05', ...changes.a });
  const b = await app.receive(child, { receivedOn: '2025-11-03', ...changes.b });
  await app.fold.run('TEST');
  await app.pass.run('TEST');
  const { id } = await app.pairOf(a.personId, b.personId);
  const join = (keep = a.personId): Promise<Duplicate> => app.join.join(clinician(), id, { keep, reason: 'Seen together' });
  const undo = (ofOther?: string[]): Promise<Duplicate> => app.split.undo(clinician(), id, { reason: 'Cousins after all', ofOther });
  return { child, a, b, id, join, undo };
}

/** Everything told and computed of these children. Left out: counters of what was folded, and when a record was last looked at. */
async function everything(...ids: string[]) {
  const of = (sql: string) => rowsOf(app, sql, ids);
  const mine = `referral_id in (select id from referral where tenant = $1 and person_id = any($2))`;
  return {
    persons: await of(`select * from person where tenant = $1 and id = any($2) order by id`),
    identities: await of(
      `select person_id, provider, given_name, family_name, birth_date, nhs_number, postcode from person_identity where tenant = $1 and person_id = any($2) order by 1, 2`,
    ),
    contacts: await of(`select * from contact where tenant = $1 and person_id = any($2) order by id`),
    holds: await of(`select * from message_hold where tenant = $1 and person_id = any($2) order by id`),
    pathways: await of(`select id, person_id, line from pathway where tenant = $1 and person_id = any($2) order by id`),
    referrals: await of(`select * from referral where tenant = $1 and person_id = any($2) order by id`),
    events: await of(`select * from pathway_event where tenant = $1 and ${mine} order by referral_id, seq`),
    states: await of(`select * from referral_state where tenant = $1 and ${mine} order by referral_id`),
    checkIns: await of(`select * from check_in where tenant = $1 and person_id = any($2) order by id`),
    escalations: await of(`select * from escalation where tenant = $1 and person_id = any($2) order by id`),
    waits: await of(`select * from wait where tenant = $1 and person_id = any($2) order by pathway_id, measure, ordinal`),
    covers: await of(
      `select w.* from wait_referral w where tenant = $1 and pathway_id in (select id from pathway where tenant = $1 and person_id = any($2)) order by 2, 3, 4, 5`,
    ),
  };
}

/** What is stored is what folding everything anew would store. */
async function expectAsRebuilt(...ids: string[]): Promise<void> {
  await app.fold.run('TEST');
  const stored = await everything(...ids);
  await rowsOf(app, `delete from wait_referral where tenant = $1`);
  await rowsOf(app, `delete from wait where tenant = $1`);
  await new Rebuild(app.database, app.clock).mark('TEST');
  await app.fold.run('TEST');
  expect(await everything(...ids)).toEqual(stored);
}

describe('a join', () => {
  it('moves everything to the record that is kept, and the wait is counted from the earliest receipt', async () => {
    const { a, b, join } = await twoRecords();
    expect(await join()).toMatchObject({ state: 'joined', kept: a.personId, note: 'Seen together', decidedBy: 'ZZ999 nurse' });
    await expectAsRebuilt(a.personId, b.personId);
    const { referrals, persons, contacts, events, pathways } = await everything(a.personId, b.personId);
    expect(referrals.map((r) => [r['person_id'], r['pathway_id']])).toEqual([
      [a.personId, a.pathwayId],
      [a.personId, a.pathwayId],
    ]);
    expect(events.map((e) => e['pathway_id'])).toEqual([a.pathwayId, a.pathwayId]);
    expect(contacts.every((c) => c['person_id'] === a.personId)).toBe(true);
    expect(pathways).toHaveLength(2);
    expect(persons.find((p) => p['id'] === b.personId)).toMatchObject({ joined_to: a.personId, nhs_number_key: null });
    const experienced = await rowsOf(
      app,
      `select w.started_on as start, w.referral_id as anchor, c.referral_id as further from wait w
        join wait_referral c on c.tenant = w.tenant and c.pathway_id = w.pathway_id and c.measure = w.measure and c.period = w.period
        where w.tenant = $1 and w.person_id = $2 and w.measure = 'experienced'`,
      a.personId,
    );
    expect(experienced).toEqual([{ start: '2025-11-03', anchor: b.id, further: a.id }]);
  });

  it('takes the NHS number along: the next referral under it finds the joined child', async () => {
    const { a, b, child, join } = await twoRecords();
    const number = nhsNumber();
    const c = await app.receive({ ...child, nhsNumber: number, postcode: 'NN1 1AA' });
    await app.pass.run('TEST');
    await join(a.personId);
    // The numbers of a and c differ: they are never a pair. b without a number could be either.
    expect((await app.list()).flatMap((pair) => pair.children.map((side) => side.personId))).not.toContain(c.personId);
    const again = await twoRecords();
    await again.join(again.b.personId);
    const numberOf = await rowsOf<{ number: string }>(
      app,
      `select nhs_number as number from person_identity where tenant = $1 and person_id = $2`,
      again.a.personId,
    );
    const next = await app.receive(
      { ...again.child, nhsNumber: numberOf[0]?.number },
      { service: 'mental-health', receivedOn: '2026-03-02' },
    );
    expect(next.personId).toBe(again.b.personId);
    expect(b.personId).not.toBe(a.personId);
  });

  it('is taken back whole: everything is where it was', async () => {
    const { a, b, join, undo } = await twoRecords({ b: { service: 'mental-health' }, person: { socialCare: 'none' } });
    const c = await app.receive({}, { service: 'specialist-equipment' });
    await app.events.record(clinician(), b.id, { type: 'referral-accepted', occurredOn: '2026-02-01', data: {} });
    await app.database.inTenant(system, async (tx) => {
      const worry = {
        personId: b.personId,
        referralId: b.id,
        line: 'mental-health',
        provider: 'ZZ999',
        level: 'red',
        reason: 'suicidal',
      } as const;
      await app.escalations.open(tx, { ...worry, safeguarding: true });
      await tx.execute(
        `insert into check_in (tenant, id, referral_id, pathway_id, person_id, line, provider, due_on, why, state, opened_at)
          values ($1, gen_random_uuid(), $2, $3, $4, 'mental-health', 'ZZ999', '2026-03-01', 'first', 'due', $5)`,
        [tx.tenant, b.id, b.pathwayId, b.personId, app.clock.now()],
      );
    });
    await app.fold.run('TEST');
    const before = await everything(a.personId, b.personId, c.personId);
    await join();
    await expectAsRebuilt(a.personId, b.personId);
    const joined = await everything(a.personId);
    expect([joined.referrals.length, joined.escalations.length, joined.checkIns.length, joined.waits.length > 0]).toEqual([2, 1, 1, true]);
    expect(await undo()).toMatchObject({ state: 'open', kept: null, note: 'Cousins after all' });
    await expectAsRebuilt(a.personId, b.personId);
    expect(await everything(a.personId, b.personId, c.personId)).toEqual(before);
    // And may be joined again, the other way round.
    await join(b.personId);
    await expectAsRebuilt(a.personId, b.personId);
    await undo();
    await expectAsRebuilt(a.personId, b.personId);
    expect(await everything(a.personId, b.personId, c.personId)).toEqual(before);
  });

  it('keeps the careful side of the two', async () => {
    const { a, b, join, undo } = await twoRecords({ person: { socialCare: 'none' } });
    await rowsOf(
      app,
      `update person set social_care = 'looked-after', protected_address = true, confidential_from_family = '{mental-health}',
        identity_disputed_at = '2026-02-01', sex = null where tenant = $1 and id = $2`,
      b.personId,
    );
    const before = await everything(a.personId, b.personId);
    await join();
    expect((await everything(a.personId)).persons[0]).toMatchObject({
      social_care: 'looked-after',
      protected_address: true,
      confidential_from_family: ['mental-health'],
      identity_disputed_at: new Date('2026-02-01T00:00:00Z'),
      sex: 'female',
    });
    await undo();
    await app.fold.run('TEST');
    expect(await everything(a.personId, b.personId)).toEqual(before);
  });

  it('of two birth dates puts the child in dispute', async () => {
    const child = { ...someone(), birthDate: '2013-03-04' };
    const a = await app.receive(child);
    const b = await app.receive({ ...child, birthDate: '2013-04-03' });
    await app.pass.run('TEST');
    const { id } = await app.pairOf(a.personId, b.personId);
    await app.join.join(clinician(), id, { keep: a.personId, reason: 'A mistyped date' });
    const disputes = await app.disputes.list(clinician(), { limit: 10 });
    expect(disputes.find(({ personId }) => personId === a.personId)).toMatchObject({ birthDates: ['2013-03-04', '2013-04-03'] });
  });

  it('tells a death recorded of one to the other’s lists, holds the household, and takes both back', async () => {
    const { a, b, join, undo } = await twoRecords({ b: { service: 'mental-health' } });
    await app.events.record(clinician(), a.id, { type: 'died', occurredOn: '2026-05-01', data: {} });
    await app.fold.run('TEST');
    const before = await everything(a.personId, b.personId);
    await join(b.personId);
    await expectAsRebuilt(a.personId, b.personId);
    const joined = await everything(b.personId);
    expect(joined.persons[0]).toMatchObject({ died_on: '2026-05-01' });
    expect(joined.states.map((s) => [s['state'], s['end_reason']])).toEqual([
      ['closed', 'died'],
      ['closed', 'died'],
    ]);
    expect(joined.holds.length).toBeGreaterThan(0);
    await undo();
    await expectAsRebuilt(a.personId, b.personId);
    const after = await everything(a.personId, b.personId);
    // Events are never taken out: the death that was told by the join is voided.
    expect(after.events.filter((e) => e['referral_id'] === b.id).map((e) => e['type'])).toEqual([
      'referral-received',
      'died',
      'event-voided',
    ]);
    expect({ ...after, events: [] }).toEqual({ ...before, events: [] });
  });
});

describe('a join is refused', () => {
  it('to who does not know both, and of a record that is neither', async () => {
    const { a, id } = await twoRecords();
    const join = (who: string, keep = a.personId) => app.join.join(clinician(who), id, { keep, reason: 'One child' });
    await expect(join('ZZ998')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(join('ZZ999', id)).rejects.toMatchObject({ kind: 'rule' });
  });

  it('while the same worry is open under both', async () => {
    const risk = { details: { need: 'dysphagia', dysphagiaRisk: true } };
    const { join } = await twoRecords({ a: risk, b: risk });
    await expect(join()).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('resolve one first') });
  });

  it('to the second of two at once, and of a record that went elsewhere meanwhile', async () => {
    const { a, b, child, id } = await twoRecords();
    const c = await app.receive({ ...child, postcode: null });
    await app.pass.run('TEST');
    const bc = await app.pairOf(b.personId, c.personId);
    const answers = await Promise.allSettled([
      app.join.join(clinician(), id, { keep: a.personId, reason: 'One child' }),
      app.join.join(clinician(), id, { keep: b.personId, reason: 'One child' }),
      app.join.join(clinician(), bc.id, { keep: c.personId, reason: 'One child' }),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expectAsRebuilt(a.personId, b.personId, c.personId);
    expect((await everything(a.personId, b.personId, c.personId)).referrals).toHaveLength(3);
  });
});

describe('undoing', () => {
  it('asks of which child the referrals are that came since', async () => {
    const { a, b, child, join, undo } = await twoRecords();
    const [number] = await rowsOf<{ number: string }>(
      app,
      `select nhs_number as number from person_identity where tenant = $1 and person_id = $2`,
      a.personId,
    );
    await join(b.personId);
    const since = await app.receive({ ...child, nhsNumber: number?.number }, { provider: 'ZZ998', service: 'mental-health' });
    expect(since.personId).toBe(b.personId);
    await expect(undo()).rejects.toMatchObject({ kind: 'rule', errors: [{ path: 'ofOther' }] });
    await expect(undo([b.id])).rejects.toMatchObject({ kind: 'rule' });
    await undo([since.id]);
    await expectAsRebuilt(a.personId, b.personId);
    const { referrals, identities } = await everything(a.personId);
    expect(referrals.map((r) => r['id']).sort()).toEqual([a.id, since.id].sort());
    expect(identities.map((i) => i['provider'])).toEqual(['ZZ998', 'ZZ999']);
  });

  it('goes back in turn', async () => {
    const { a, b, child, id, join, undo } = await twoRecords();
    const c = await app.receive({ ...child, postcode: null });
    await app.pass.run('TEST');
    const before = await everything(a.personId, b.personId, c.personId);
    await join();
    const ac = await app.pairOf(a.personId, c.personId);
    await app.join.join(clinician(), ac.id, { keep: a.personId, reason: 'Also the same' });
    await expect(undo()).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining(ac.id) });
    await app.split.undo(clinician(), ac.id, { reason: 'Not this one' });
    await undo();
    await app.fold.run('TEST');
    expect((await everything(a.personId, b.personId, c.personId)).referrals).toEqual(before.referrals);
    expect(await app.list(clinician(), 'joined')).not.toContainEqual(expect.objectContaining({ id }));
  });

  it('leaves a death that came since with both, until a person says whose it was', async () => {
    const { a, b, join, undo } = await twoRecords();
    await join();
    await app.events.record(clinician(), b.id, { type: 'died', occurredOn: '2026-06-01', data: {} });
    await undo();
    await expectAsRebuilt(a.personId, b.personId);
    expect((await everything(a.personId, b.personId)).persons.map((p) => p['died_on'])).toEqual(['2026-06-01', '2026-06-01']);
  });
});

it('an event told while a join runs is told of the referral where it now stands', async () => {
  const { a, b, join } = await twoRecords();
  const tell = (occurredOn: string) => app.events.record(clinician(), b.id, { type: 'appointment-booked', occurredOn, data: {} });
  await Promise.all([join(), tell('2026-02-01'), tell('2026-02-02'), tell('2026-02-03')]);
  await expectAsRebuilt(a.personId, b.personId);
  const { events } = await everything(a.personId);
  expect(events.filter((e) => e['referral_id'] === b.id).map((e) => e['seq'])).toEqual([1, 2, 3, 4]);
});

it('moves no other tenant’s row, and the application still cannot change an event', async () => {
  await expect(
    app.database.inTenant(system, (tx) => tx.execute(`update pathway_event set seq = seq where tenant = $1`, [tx.tenant])),
  ).rejects.toThrow(/permission denied/);
});
