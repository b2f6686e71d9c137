import { addDays, londonInstant } from '#kernel';
import { referral } from '../../../test/support/referrals.js';
import { admin, fileOf, HEAD, HEAD_OF_CHILDREN, importingApp, rowOf, rowOfChild, type ImportingApp } from './importing.fixture.js';
import type { ImportView } from './imports.js';

const WEDNESDAY = '2026-11-25';

let app: ImportingApp;
beforeAll(async () => {
  app = await importingApp();
  app.clock.moveTo(londonInstant(WEDNESDAY, '10:30'));
});
afterAll(() => app.close());

const row = rowOfChild;
const take = (...rows: string[]): Promise<ImportView> => app.take(fileOf(...rows).replace(HEAD, HEAD_OF_CHILDREN), { badShare: 1 });

/** What was told of referrals, each as `R-1 died 2026-10-01`, without their receipts. */
async function toldOf(...ids: string[]): Promise<string[]> {
  const told = await app.rows<{ told: string }>(
    `select r.source_id || ' ' || e.type || ' ' || e.occurred_on as told from pathway_event e join referral r on r.tenant = e.tenant and r.id = e.referral_id
      where r.tenant = $1 and r.source_id = any($2) and e.type <> 'referral-received' order by r.source_id, e.seq`,
    ids,
  );
  return told.map((each) => each.told);
}

const held = (id: string): Promise<string[]> => app.whyHeld(id);

const writtenTo = async (): Promise<string[]> =>
  (await app.rows<{ to: string }>(`select recipient as to from sandbox_message where tenant = $1 order by sent_at, recipient`)).map(
    (m) => m.to,
  );

describe('a row with a death date', () => {
  it('takes the referral in, and tells the death; the same file twice changes nothing', async () => {
    const dead = row('R-1', { diedOn: '01/10/2026' });
    expect(await take(dead)).toMatchObject({ state: 'finished', rowsBad: 0, counts: { new: 1 } });
    expect(await toldOf('R-1')).toEqual(['R-1 died 2026-10-01']);
    expect(await take(dead)).toMatchObject({ counts: { same: 1 } });
    expect(await toldOf('R-1')).toEqual(['R-1 died 2026-10-01']);
    await app.workersLook();
    expect(await app.rows(`select state, end_reason from referral_state where tenant = $1`)).toEqual([
      { state: 'closed', end_reason: 'died' },
    ]);
    expect(await app.rows(`select died_on as "diedOn" from person where tenant = $1`)).toEqual([{ diedOn: '2026-10-01' }]);
  });

  it('stops every message to the household from then on, and loses nothing else of the row', async () => {
    await app.rows(`update service set live_from = $2, daily_cap = 100 where tenant = $1`, WEDNESDAY);
    const dead = { phone: '07700 900001', nhsNumber: '9990000026' };
    await take(row('R-10', dead), row('R-11', { phone: '07700 900001' }), row('R-12', { phone: '07700 900002' }));
    await app.workersLook();
    expect(new Set(await writtenTo())).toEqual(new Set(['+447700900001', '+447700900002']));
    const before = await writtenTo();

    // R-11 is another child of the same household, of whom nothing is said.
    expect(await take(row('R-10', { ...dead, priority: 'urgent', diedOn: WEDNESDAY }))).toMatchObject({
      counts: { changed: 1 },
      rowsBad: 0,
    });
    expect(await toldOf('R-10')).toEqual([`R-10 priority-changed ${WEDNESDAY}`, `R-10 died ${WEDNESDAY}`]);
    for (const days of [7, 14, 21]) {
      app.clock.moveTo(londonInstant(addDays(WEDNESDAY, days), '10:30'));
      await app.workersLook();
    }
    const since = (await writtenTo()).slice(before.length);
    expect(since.length).toBeGreaterThan(0);
    expect(new Set(since)).toEqual(new Set(['+447700900002']));
  });

  it('tells it of every referral of the child, once, whatever rows say it', async () => {
    const child = { nhsNumber: '9990000034' };
    await take(row('R-20', child), row('R-21', child));
    const died = (id: string): string => row(id, { ...child, diedOn: '2026-10-01' });
    expect(await take(died('R-20'), died('R-21'))).toMatchObject({ counts: { changed: 2 } });
    expect(await take(died('R-22'))).toMatchObject({ counts: { new: 1 } });
    expect(await toldOf('R-20', 'R-21', 'R-22')).toEqual(['R-20 died 2026-10-01', 'R-21 died 2026-10-01', 'R-22 died 2026-10-01']);
    // Without the date the child is not brought back, and a referral told of later ends as it begins.
    expect(await take(row('R-20', child), row('R-23', child))).toMatchObject({ counts: { changed: 1, new: 1 } });
    expect(await toldOf('R-20', 'R-23')).toEqual(['R-20 died 2026-10-01', 'R-23 died 2026-10-01']);
  });

  it('tells it of all that are new in one file', async () => {
    const dead = { nhsNumber: '9990000050', diedOn: '2026-10-01' };
    expect(await take(row('R-25', dead), row('R-26', { ...dead, diedOn: '' }), row('R-27', dead))).toMatchObject({ counts: { new: 3 } });
    expect(await toldOf('R-25', 'R-26', 'R-27')).toEqual(['R-25 died 2026-10-01', 'R-26 died 2026-10-01', 'R-27 died 2026-10-01']);
  });

  it('tells it also where it was before the receipt, or the receipt is not known', async () => {
    expect(await take(row('R-30', { diedOn: '2026-01-02' }), row('R-31', { receivedOn: '', diedOn: '2026-10-01' }))).toMatchObject({
      counts: { new: 2 },
      rowsBad: 0,
    });
    await take(row('R-32', { receivedOn: '' }));
    expect(await take(row('R-32', { receivedOn: '', diedOn: '2026-10-01' }))).toMatchObject({ counts: { changed: 1 } });
    expect(await toldOf('R-30', 'R-31', 'R-32')).toEqual(['R-30 died 2026-01-02', 'R-31 died 2026-10-01', 'R-32 died 2026-10-01']);
  });

  it('is set aside where the day cannot be, or is another than the one that is held', async () => {
    const today = app.clock.today();
    const view = await take(
      row('R-40', { diedOn: '31/02/2026' }),
      row('R-41', { diedOn: addDays(today, 1) }),
      row('R-42', { diedOn: '2021-05-03' }),
      row('R-43', { diedOn: '2026-10-01' }),
    );
    expect(await app.rejectsOf(view)).toEqual(['2 died_on bad-date', '3 died_on against-a-rule', '4 died_on against-a-rule']);
    const other = await take(row('R-43', { diedOn: '2026-10-02', priority: 'urgent' }));
    expect(other).toMatchObject({ rowsBad: 1, counts: {} });
    expect(await app.rejectsOf(other)).toEqual(['2 died_on against-a-rule']);
    expect(await toldOf('R-43')).toEqual(['R-43 died 2026-10-01']);
  });

  it('opens no escalation for a child who has died', async () => {
    await take(row('R-50', { priority: 'emergency', receivedOn: app.clock.today(), diedOn: app.clock.today() }));
    expect(
      await app.rows(
        `select from escalation e join referral r on r.tenant = e.tenant and r.id = e.referral_id where e.tenant = $1 and r.source_id = 'R-50'`,
      ),
    ).toEqual([]);
  });

  it('tells nothing in a check', async () => {
    await take(row('R-60'));
    const file = fileOf(row('R-60', { diedOn: '2026-10-01' })).replace(HEAD, HEAD_OF_CHILDREN);
    expect(await app.take(file, { mode: 'check' })).toMatchObject({ counts: { changed: 1 } });
    expect(await toldOf('R-60')).toEqual([]);
  });
});

test('a file in which too many have died waits for a person: some other day may stand in that column', async () => {
  const ids = Array.from({ length: 15 }, (_, i) => `R-${100 + i}`);
  await take(...ids.map((id) => row(id)));
  await app.workersLook();
  const view = await take(...ids.map((id) => row(id, { diedOn: '2026-01-05' })));
  expect(view).toMatchObject({ state: 'to-confirm', whyStopped: expect.stringMatching(/^15 of \d+ open referrals would leave/) as string });
  expect(await toldOf(...ids)).toEqual([]);
  // Whether they died is not decided; but nothing goes to their families before it is.
  expect(await held('R-100')).toEqual(['a file that waits for a person tells of a death']);
  expect(await held('R-114')).toEqual(['a file that waits for a person tells of a death']);
  await app.imports.confirm(admin, view.id);
  await app.done(view.id);
  expect(await held('R-100')).toEqual(['a file that waits for a person tells of a death', 'death in the household']);
});

test('of a file that waits, a death is held for under another referral of the child, and for an event; not in a check', async () => {
  const child = { nhsNumber: '9990000069' };
  await take(row('W-1', child), row('W-2'), row('W-3', { nhsNumber: '9990000077', diedOn: '2026-10-01' }));
  const dead = row('W-10', { ...child, diedOn: '2026-10-01' });
  const known = row('W-3', { nhsNumber: '9990000077', diedOn: '2026-10-01' });
  const file = fileOf(dead, known, rowOf('W-11').replace('routine', 'unheard-of')).replace(HEAD, HEAD_OF_CHILDREN);
  await app.take(file, { mode: 'check' });
  expect(await held('W-1')).toEqual([]);
  expect(await app.take(file)).toMatchObject({ state: 'to-confirm', counts: {} });
  expect(await held('W-1')).toEqual(['a file that waits for a person tells of a death']);
  expect(await held('W-3')).toEqual(['death in the household']);

  const events = ['W-2,died,2026-10-01', 'W-9,closed,2026-10-01'].map((each) => `systmone,${each}`);
  const told = await app.take(['source_system,source_id,type,occurred_on', ...events].join('\n'));
  expect(told).toMatchObject({ state: 'to-confirm', rowsBad: 1, counts: {} });
  expect(await held('W-2')).toEqual(['a file that waits for a person tells of a death']);
});

test('a file of events may tell a death of each referral of the child', async () => {
  const child = { nhsNumber: '9990000042' };
  await take(row('R-70', child), row('R-71', child));
  const events = ['R-70', 'R-71'].map((id) => `systmone,${id},died,2026-10-01`);
  const view = await app.take(['source_system,source_id,type,occurred_on', ...events].join('\n'));
  expect(view).toMatchObject({ state: 'finished', rowsBad: 0, counts: { new: 1, same: 1 } });
  expect(await toldOf('R-70', 'R-71')).toEqual(['R-70 died 2026-10-01', 'R-71 died 2026-10-01']);
});

test('over the API a death is an event, and no field of a referral', async () => {
  const answer = await app.http
    .post('/v1/referrals')
    .set(await app.as())
    .send(referral({ diedOn: '2026-10-01' }));
  expect(answer.status).toBe(400);
});

describe('a row that is set aside and tells of a death', () => {
  it('holds messages, whatever is wrong with it; not in a check', async () => {
    await take(row('H-1'));
    const dead = row('H-1', { diedOn: '2026-10-01', priority: 'unheard-of' });
    const file = fileOf(dead).replace(HEAD, HEAD_OF_CHILDREN);
    await app.take(file, { badShare: 1, mode: 'check' });
    expect(await held('H-1')).toEqual([]);
    expect(await take(dead)).toMatchObject({ rowsBad: 1 });
    await take(dead);
    expect(await held('H-1')).toEqual(['a row that tells of a death was set aside']);
  });

  it('holds them for an event too', async () => {
    await take(row('H-2'));
    await app.take('source_system,source_id,type,occurred_on\nsystmone,H-2,died,2027-01-01\n', { badShare: 1 });
    expect(await held('H-2')).toEqual(['a row that tells of a death was set aside']);
  });
});
