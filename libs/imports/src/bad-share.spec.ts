import { fileOf, importingApp, ROW, rowOf, type ImportingApp } from './importing.fixture.js';

/** More than a tenth of the rows cannot be taken in: a person looks before anything is changed, whenever it is that a row is found to be bad. */
let app: ImportingApp;
beforeAll(async () => {
  app = await importingApp();
  await app.take(fileOf(...Array.from({ length: 12 }, (_, i) => rowOf(`R-${i}`))));
});
afterAll(() => app.close());

const EVENTS = 'source_system,source_id,event_id,type,occurred_on,attendance,mechanism,purpose';
const contact = (id: string, attendance = 'attended'): string =>
  `systmone,${id},E-${id},contact,2026-03-10,${attendance},telephone,assessment`;
const events = (...rows: string[]): string => [EVENTS, ...rows].join('\n');
const contacts = async (): Promise<number> =>
  (await app.rows<{ n: number }>(`select count(*)::integer as n from pathway_event where tenant = $1 and type = 'contact'`))[0]?.n ?? NaN;

const nineBad = events(...Array.from({ length: 10 }, (_, i) => contact(`R-${i}`, i === 0 ? 'attended' : 'banana')));

it('stops for events that are wrong, and those of referrals that are not held', async () => {
  const wrong = await app.take(nineBad);
  expect(wrong).toMatchObject({ state: 'to-confirm', rowsBad: 9, rowsApplied: 0, counts: {} });
  expect(await app.rejectsOf(wrong)).toHaveLength(9);
  expect(await app.take(events(contact('N-1'), contact('N-2'), contact('R-1')))).toMatchObject({ state: 'to-confirm', rowsBad: 2 });
  expect(await contacts()).toBe(0);
});

it('holds messages for a code that may mean a death, though the file waits for a person', async () => {
  const closed = `source_system,source_id,type,occurred_on,closure_code\nsystmone,R-3,closed,2026-03-10,06`;
  expect(await app.take(closed)).toMatchObject({ state: 'to-confirm' });
  expect(await app.rows(`select why from message_hold where tenant = $1`)).toEqual([{ why: 'a closure code may mean a death' }]);
});

it('takes in the good ones when confirmed, and sets the same ones aside', async () => {
  const wrong = await app.confirm(await app.take(nineBad));
  expect(wrong).toMatchObject({ state: 'finished', rowsBad: 9, counts: { new: 1 } });
  expect(await app.rejectsOf(wrong)).toHaveLength(9);
  expect(await contacts()).toBe(1);
});

it('goes on where few are wrong, and counts them once', async () => {
  const few = await app.take(events(...Array.from({ length: 12 }, (_, i) => contact(`R-${i}`, i === 5 ? 'banana' : 'attended'))));
  expect(few).toMatchObject({ state: 'finished', rowsRead: 12, rowsBad: 1, counts: { new: 10, same: 1 } });
  expect(await app.rejectsOf(few)).toEqual(['7 attendance unknown-code']);
});

it('stops for rows that contradict an earlier one', async () => {
  const twice = [ROW.replace('R-1', 'T-1'), ROW.replace('R-1', 'T-1').replace('stammering', 'voice'), rowOf('T-2'), rowOf('T-3')];
  expect(await app.take(fileOf(...twice))).toMatchObject({ state: 'to-confirm', rowsApplied: 0 });
});

it('a check says that it would stop, and why', async () => {
  const checked = await app.take(nineBad, { mode: 'check' });
  expect(checked).toMatchObject({ state: 'finished', rowsBad: 9, whyStopped: expect.stringMatching(/^9 of 10 rows cannot be taken in/) });
});
