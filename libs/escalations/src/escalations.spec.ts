import { systemPrincipal, type Principal } from '#kernel';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { emptyLists, MONDAY, PROVIDER, SALT, TENANT, waitingChild, type WaitingChild } from '../../check-ins/src/waiting-child.fixture.js';
import type { Level } from './escalation-rules.js';
import { Escalations } from './escalations.js';

let t: TestDatabase;
let escalations: Escalations;
let child: WaitingChild;

const nurse: Principal = { subject: 'nurse', name: 'A Nurse', tenant: TENANT, org: PROVIDER, roles: ['clinician'] };
const elsewhere: Principal = { ...nurse, org: 'ZZ998' };

beforeAll(async () => {
  t = await testDatabase();
  escalations = new Escalations(t.database, t.clock);
});
afterAll(() => t.close());
beforeEach(async () => {
  t.clock.moveTo(MONDAY);
  await emptyLists(t.database);
  child = await waitingChild(t.database);
});

const open = (level: Level, reason = 'worse', more: { line?: string; safeguarding?: boolean } = {}): Promise<string> =>
  t.database.inTenant(systemPrincipal(TENANT, 'test'), (tx) =>
    escalations.open(tx, {
      personId: child.personId,
      referralId: child.referralId,
      line: SALT,
      provider: PROVIDER,
      level,
      reason,
      ...more,
    }),
  );
const all = () => escalations.list(nurse, { limit: 50 });

describe('opening', () => {
  it('sets the deadline of its level', async () => {
    await open('red', 'choking');
    expect(await all()).toMatchObject([
      {
        level: 'red',
        reason: 'choking',
        reasonWords: 'Choking or trouble with breathing',
        state: 'open',
        dueAt: new Date('2026-11-23T11:30:00Z'),
        overdue: false,
        owner: null,
      },
    ]);
  });

  it('again is the same one, raised and never lowered', async () => {
    const id = await open('yellow');
    expect(await open('amber')).toBe(id);
    expect(await all()).toMatchObject([{ id, level: 'amber', dueAt: new Date('2026-11-24T10:30:00Z') }]);
    expect(await open('blue')).toBe(id);
    expect(await all()).toMatchObject([{ id, level: 'amber', dueAt: new Date('2026-11-24T10:30:00Z') }]);
  });

  it('raised, it is new to its owner again', async () => {
    const id = await open('yellow');
    await escalations.acknowledge(nurse, id, { owner: 'A Nurse' });
    await open('yellow');
    expect(await all()).toMatchObject([{ state: 'acknowledged' }]);
    await open('red');
    expect(await all()).toMatchObject([{ state: 'open', acknowledgedAt: null, owner: 'A Nurse' }]);
  });

  it('at once is one', async () => {
    const ids = await Promise.all([open('red'), open('amber'), open('red'), open('blue')]);
    expect(new Set(ids).size).toBe(1);
    expect(await all()).toMatchObject([{ level: 'red' }]);
  });

  it('another reason or line is another; after it is resolved the same one is new', async () => {
    const ids = [await open('amber'), await open('amber', 'pain'), await open('amber', 'worse', { line: 'mental-health' })];
    await escalations.resolve(nurse, ids[0] ?? '', { outcome: 'called', familyTold: 'by telephone' });
    ids.push(await open('amber'));
    expect(new Set(ids).size).toBe(4);
  });
});

describe('acting', () => {
  it('an owner takes it, it is closed with what the family was told, and both are written down', async () => {
    const id = await open('amber');
    expect(await escalations.acknowledge(nurse, id, { owner: 'Team lead' })).toMatchObject({
      state: 'acknowledged',
      owner: 'Team lead',
      acknowledgedAt: MONDAY,
    });
    expect(await escalations.resolve(nurse, id, { outcome: 'seen today', familyTold: 'told by telephone' })).toMatchObject({
      state: 'resolved',
      outcome: 'seen today',
      familyTold: 'told by telephone',
      resolvedAt: MONDAY,
      overdue: false,
    });
    const audit = await t.database.inTenant(systemPrincipal(TENANT, 'test'), (tx) =>
      tx.query<{ action: string; subject: string }>(`select action, subject from audit_entry where $1 = any(person_ids) order by action`, [
        child.personId,
      ]),
    );
    expect(audit).toEqual([
      { action: 'escalation-acknowledged', subject: 'nurse' },
      { action: 'escalation-resolved', subject: 'nurse' },
    ]);
  });

  it('nothing is closed without what the family was told', async () => {
    const id = await open('amber');
    await expect(escalations.resolve(nurse, id, { outcome: 'seen', familyTold: ' ' })).rejects.toMatchObject({ kind: 'rule' });
    expect(await all()).toMatchObject([{ state: 'open' }]);
  });

  it('a resolved one is done with', async () => {
    const id = await open('amber');
    await escalations.resolve(nurse, id, { outcome: 'a', familyTold: 'b' });
    await expect(escalations.resolve(nurse, id, { outcome: 'a', familyTold: 'b' })).rejects.toMatchObject({ kind: 'conflict' });
    await expect(escalations.acknowledge(nurse, id, { owner: 'x' })).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('is not there for another provider, nor by a wrong id', async () => {
    const id = await open('amber');
    expect(await escalations.list(elsewhere, { limit: 10 })).toEqual([]);
    await expect(escalations.acknowledge(elsewhere, id, { owner: 'x' })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(escalations.resolve(nurse, 'nonsense', { outcome: 'a', familyTold: 'b' })).rejects.toMatchObject({ kind: 'not-found' });
  });
});

it('lists by state and level, the soonest deadline first, page by page', async () => {
  await open('blue', 'message');
  await open('red', 'choking');
  await open('amber', 'pain');
  expect((await all()).map((e) => e.level)).toEqual(['red', 'amber', 'blue']);
  expect((await escalations.list(nurse, { limit: 5, level: 'amber' })).map((e) => e.reason)).toEqual(['pain']);
  expect(await escalations.list(nurse, { limit: 5, state: 'resolved' })).toEqual([]);
  const [first] = await escalations.list(nurse, { limit: 1 });
  const rest = await escalations.list(nurse, { limit: 5, after: [first?.dueAt.toISOString() ?? '', first?.id ?? ''] });
  expect(rest.map((e) => e.level)).toEqual(['amber', 'blue']);
  t.clock.moveTo(new Date('2026-11-23T12:00:00Z'));
  expect((await all()).map((e) => e.overdue)).toEqual([true, false, false]);
});
