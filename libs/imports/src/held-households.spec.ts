import { addDays, londonInstant } from '#kernel';
import { fileOf, HEAD, HEAD_OF_CHILDREN, importingApp, rowOfChild, type ImportingApp } from './importing.fixture.js';
import type { ImportRequest, ImportView } from './imports.js';

/** Whatever is wrong with a row, or the file: nothing goes to a household of which it may tell a death. */
const WEDNESDAY = '2026-11-25';

let app: ImportingApp;
beforeAll(async () => {
  app = await importingApp();
  app.clock.moveTo(londonInstant(WEDNESDAY, '10:30'));
});
afterAll(() => app.close());

const row = rowOfChild;
const take = (rows: string[], options: Partial<ImportRequest> = {}): Promise<ImportView> =>
  app.take(fileOf(...rows).replace(HEAD, HEAD_OF_CHILDREN), { badShare: 1, ...options });
const tell = (...events: string[]): Promise<ImportView> =>
  app.take(['source_system,source_id,type,occurred_on,closure_code', ...events].join('\n'), { badShare: 1 });

const held = (id: string): Promise<string[]> => app.whyHeld(id);
const diedOn = async (id: string): Promise<unknown> =>
  (
    await app.rows(
      `select p.died_on as day from person p join referral r on r.tenant = p.tenant and r.person_id = p.id where p.tenant = $1 and r.source_id = $2`,
      id,
    )
  )[0]?.['day'];

const SET_ASIDE = ['a row that tells of a death was set aside'];

describe('a row that was set aside', () => {
  it('under a source id nobody knows is about the child of its NHS number', async () => {
    await take([row('A-1', { nhsNumber: '9990000018' })]);
    expect(await take([row('A-2', { nhsNumber: '999 000 0018', diedOn: '2026-10-01', priority: 'unheard-of' })])).toMatchObject({
      rowsBad: 1,
    });
    expect(await held('A-1')).toEqual(SET_ASIDE);
  });

  it('of a child nobody knows is about the household that is reached as it would be', async () => {
    await take([row('B-1', { phone: '07700 900555' })]);
    await take([row('B-2', { phone: '+44 (0)7700 900555', diedOn: '2026-10-01', priority: 'unheard-of' })]);
    expect(await held('B-1')).toEqual(SET_ASIDE);
  });

  it('is not about every child of a worker whose number stands on it', async () => {
    const school = `contact2_name,contact2_relationship,contact2_role,contact2_may_contact,contact2_phone`;
    const worker = 'Kim Example,school nurse,professional,yes,07700 900557';
    const list = (...rows: string[]): Promise<ImportView> =>
      app.take([`${HEAD_OF_CHILDREN},${school}`, ...rows.map((each) => `${each},${worker}`)].join('\n'), { badShare: 1 });
    await list(row('L-1'), row('L-2'));
    await list(row('L-3', { diedOn: '2026-10-01', priority: 'unheard-of' }));
    expect([await held('L-1'), await held('L-2')]).toEqual([[], []]);
  });

  it.each([
    ['another fault besides the code', '31/02/2026', 'closed', '06', ['a closure code may mean a death']],
    ['a code whose nought a spreadsheet dropped', '2026-10-01', 'closed', '6', ['a closure code may mean a death']],
    ['a word of its own for the event', '2026-10-01', 'Died', '', SET_ASIDE],
  ])('is found with %s', async (name, day, type, code, why) => {
    const id = `C-${name.length}`;
    await take([row(id)]);
    expect(await tell(`systmone,${id},${type},${day},${code}`)).toMatchObject({ rowsBad: 1 });
    expect(await held(id)).toEqual(why);
  });

  it('is found where its cells have slipped', async () => {
    await take([row('D-1')]);
    expect(await take([`${row('D-1')}x,2026-10-01`])).toMatchObject({ rowsBad: 1 });
    expect(await held('D-1')).toEqual(SET_ASIDE);
  });

  it('tells a second day of death, which is not taken', async () => {
    const child = { nhsNumber: '9990000026' };
    await take([row('E-1', child), row('E-2', child)]);
    const view = await take([row('E-1', { ...child, diedOn: '2026-10-01' }), row('E-2', { ...child, diedOn: '2026-10-05' })]);
    expect(view).toMatchObject({ counts: { changed: 1 }, rowsBad: 1 });
    expect(await app.rejectsOf(view)).toEqual(['3 died_on against-a-rule']);
    expect(await diedOn('E-1')).toBe('2026-10-01');
  });
});

it('an older file changes nothing, and holds', async () => {
  await take([row('F-1')], { extractedOn: WEDNESDAY });
  expect(await take([row('F-1', { diedOn: '2026-10-01' })], { extractedOn: addDays(WEDNESDAY, -1) })).toMatchObject({
    counts: { older: 1 },
  });
  expect([await diedOn('F-1'), await held('F-1')]).toEqual([null, ['an older file tells of a death']]);
});

it('a file that waits holds for the household of a child nobody knows yet', async () => {
  await take([row('G-1', { phone: '07700 900556' })]);
  const view = await take([row('G-2', { phone: '07700 900556', diedOn: '2026-10-01' }), row('G-3', { priority: 'unheard-of' })], {
    badShare: 0.1,
  });
  expect(view.state).toBe('to-confirm');
  expect(await held('G-1')).toEqual(['a file that waits for a person tells of a death']);
});

it.each([
  ['a file of referrals', (id: string) => take([row(id, { diedOn: '2026-10-01', priority: 'urgent' })]), 'died_on'],
  ['a file of events', (id: string) => tell(`systmone,${id},died,2026-10-01,`), 'occurred_on'],
])('a death that a person has taken back is not told again by %s: it is set aside, and holds', async (_, again, column) => {
  const id = `H-${column}`;
  await take([row(id)]);
  await again(id);
  const [told] = await app.rows<{ referral: string; person: string; seq: number }>(
    `select r.id as referral, r.person_id as person, e.seq from referral r join pathway_event e on e.tenant = r.tenant and e.referral_id = r.id and e.type = 'died'
      where r.tenant = $1 and r.source_id = $2`,
    id,
  );
  const post = async (path: string, body: object) =>
    app.http
      .post(path)
      .set(await app.as())
      .send(body);
  await post(`/v1/referrals/${told?.referral}/events`, { type: 'event-voided', data: { seq: told?.seq, reason: 'another child' } });
  expect((await post(`/v1/message-holds/${told?.person}/release`, { reason: 'She is well' })).status).toBe(200);
  const view = await (column === 'died_on' ? take([row(id, { diedOn: '2026-10-01', priority: 'very-urgent' })]) : again(id));
  expect(view).toMatchObject({ rowsBad: 1 });
  expect(await app.rejectsOf(view)).toEqual([`2 ${column} against-a-rule`]);
  expect([await diedOn(id), await held(id)]).toEqual([null, SET_ASIDE]);
});

it('what was held for a whole file is released by one decision of its provider', async () => {
  const ids = Array.from({ length: 15 }, (_, i) => `I-${i}`);
  await take(ids.map((id) => row(id)));
  const view = await take(
    ids.map((id) => row(id, { diedOn: 'NULL' })),
    { badShare: 0.1 },
  );
  expect(await held('I-7')).toEqual(SET_ASIDE);
  const release = async (org: string, body: object = { reason: 'The column held no dates' }) =>
    app.http
      .post(`/v1/message-holds/of-import/${view.id}/release`)
      .set(await app.as({ org }))
      .send(body);
  expect((await release('ZZ998')).status).toBe(404);
  expect((await release('ZZ999', { reason: ' ' })).status).toBe(400);
  expect((await release('ZZ999')).body).toEqual({ released: 15 });
  expect((await release('ZZ999')).body).toEqual({ released: 0 });
  expect(await held('I-7')).toEqual([]);
});

describe('a row', () => {
  it('with half of a character where its words are cut is set aside as any other', async () => {
    const view = await take([row('J-1', { priority: `${'x'.repeat(99)}\u{1F600}y` }), row('J-2')]);
    expect(view).toMatchObject({ state: 'finished', rowsBad: 1, counts: { new: 1 } });
  });

  it('that changes is taken whole or not at all, and says which column is wrong', async () => {
    await take([row('K-1')]);
    const contact =
      'source_system,source_id,type,occurred_on,attendance,mechanism,purpose\nsystmone,K-1,contact,2026-02-01,attended,telephone,assessment';
    await app.take(contact);
    const view = await take([row('K-1', { priority: 'urgent' }).replace('2026-01-05', '2026-03-01')]);
    expect(await app.rejectsOf(view)).toEqual(['2 received_on against-a-rule']);
    const types = await app.rows(
      `select e.type from pathway_event e join referral r on r.tenant = e.tenant and r.id = e.referral_id where e.tenant = $1 and r.source_id = 'K-1' order by e.seq`,
    );
    expect(types.map((e) => e['type'])).toEqual(['referral-received', 'contact']);
  });
});
