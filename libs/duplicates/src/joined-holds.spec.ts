import { holdMessages } from '#message-holds';
import { nhsNumber } from '../../../test/support/referrals.js';
import { clinician, recordsApp, rowsOf, system } from './records.fixture.js';

/** A household that is held stays held, whatever becomes of the records it was held by. */
let app: Awaited<ReturnType<typeof recordsApp>>;
beforeAll(async () => void (app = await recordsApp()));
afterAll(() => app.close());

const WHY = 'a row that tells of a death was set aside';

let born = 0;
async function twoRecords() {
  const child = { birthDate: new Date(Date.UTC(2010, 0, 1) + ++born * 41 * 86_400_000).toISOString().slice(0, 10) };
  const a = await app.receive({ ...child, nhsNumber: nhsNumber() }, { receivedOn: '2026-01-05' });
  const b = await app.receive(child, { receivedOn: '2025-11-03' });
  await app.fold.run('TEST');
  await app.pass.run('TEST');
  const { id } = await app.pairOf(a.personId, b.personId);
  return {
    a,
    b,
    join: () => app.join.join(clinician(), id, { keep: a.personId, reason: 'One child' }),
    undo: () => app.split.undo(clinician(), id, { reason: 'Cousins' }),
  };
}

const holds = async (personId: string): Promise<string[]> =>
  (
    await rowsOf<{ why: string }>(
      app,
      `select why from message_hold where tenant = $1 and person_id = $2 and released_at is null`,
      personId,
    )
  ).map(({ why }) => why);

it('a death told while two records were one holds both when they are two again', async () => {
  const { a, b, join, undo } = await twoRecords();
  await join();
  await app.events.record(clinician(), b.id, { type: 'died', occurredOn: '2026-11-20', data: {} });
  await undo();
  expect([await holds(a.personId), await holds(b.personId)]).toEqual([['death in the household'], ['death in the household']]);
});

it('so does what was held while they were one', async () => {
  const { a, b, join, undo } = await twoRecords();
  await join();
  await app.database.inTenant(system, (tx) => holdMessages(tx, [a.personId], { why: WHY, now: app.clock.now() }));
  await undo();
  expect([await holds(a.personId), await holds(b.personId)]).toEqual([[WHY], [WHY]]);
});

it('a hold that was on its way when they were joined is of the record that is kept', async () => {
  const { a, b, join } = await twoRecords();
  await join();
  await app.database.inTenant(system, (tx) => holdMessages(tx, [b.personId], { why: WHY, now: app.clock.now() }));
  expect([await holds(a.personId), await holds(b.personId)]).toEqual([[WHY], []]);
});
