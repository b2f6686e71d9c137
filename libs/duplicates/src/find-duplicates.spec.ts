import { nhsNumber } from '../../../test/support/referrals.js';
import { clinician, recordsApp, rowsOf } from './records.fixture.js';

let app: Awaited<ReturnType<typeof recordsApp>>;
beforeAll(async () => void (app = await recordsApp()));
afterAll(() => app.close());

let family = 0;
/** Nobody else in this suite is called so, or born that day. */
function someone(): Record<string, unknown> {
  family++;
  const birthDate = new Date(Date.UTC(2010, 0, 1) + family * 37 * 86_400_000).toISOString().slice(0, 10);
  return { givenName: 'Asha', familyName: `Exampl${'aeiou'.repeat(family)}`, birthDate, postcode: 'NN17 1QG' };
}

const proposedOf = async (personId: string, who = clinician()) =>
  (await app.list(who)).filter(({ children }) => children.some((child) => child.personId === personId));

it('proposes two records that are alike, with why, and once', async () => {
  const child = someone();
  const [a, b] = [await app.receive({ ...child, nhsNumber: nhsNumber() }), await app.receive({ ...child, postcode: null })];
  expect(a.personId).not.toBe(b.personId);
  expect(await app.pass.run('TEST')).toMatchObject({ records: 2, proposed: 1 });
  expect(await app.pass.run('TEST')).toEqual({ records: 0, proposed: 0, skippedKeys: 0 });
  const [pair] = await proposedOf(a.personId);
  expect(pair).toMatchObject({ state: 'open', score: 85, reasons: ['same-birth-date', 'same-family-name', 'same-given-name'], kept: null });
  const side = (personId: string) => pair?.children.find((each) => each.personId === personId);
  expect(side(a.personId)).toMatchObject({ givenName: 'Asha', birthDate: child['birthDate'], hasNhsNumber: true, referralIds: [a.id] });
  expect(side(b.personId)).toMatchObject({ postcode: null, hasNhsNumber: false, referralIds: [b.id] });
});

it('finds a mistyped birth date, and a misspelt name', async () => {
  const child = { ...someone(), givenName: 'Philippa', birthDate: '2012-03-04' };
  const a = await app.receive(child);
  const b = await app.receive({ ...child, birthDate: '2012-04-03', postcode: null });
  const c = await app.receive({ ...child, birthDate: '2002-03-04' });
  const d = await app.receive({ ...child, givenName: 'Filippa', postcode: null });
  await app.pass.run('TEST');
  const others = (await proposedOf(a.personId)).flatMap(({ children }) => children.map((each) => each.personId));
  expect(others).toEqual(expect.arrayContaining([b.personId, c.personId, d.personId]));
});

it('never proposes two children with two NHS numbers', async () => {
  const child = someone();
  const a = await app.receive({ ...child, nhsNumber: nhsNumber() });
  await app.receive({ ...child, nhsNumber: nhsNumber() });
  await app.pass.run('TEST');
  expect(await proposedOf(a.personId)).toEqual([]);
});

it('shows a pair to a provider that knows both, and compares no record with another provider’s', async () => {
  const child = someone();
  const a = await app.receive(child);
  const b = await app.receive(child, { provider: 'ZZ998' });
  await app.pass.run('TEST');
  expect(await proposedOf(a.personId)).toEqual([]);
  expect(await proposedOf(b.personId, clinician('ZZ998'))).toEqual([]);
  await app.receive(child);
  await app.pass.run('TEST');
  expect(await proposedOf(a.personId)).toHaveLength(1);
  expect(await proposedOf(a.personId, clinician('ZZ998'))).toEqual([]);
});

it('says nothing of twins but that they may be', async () => {
  const child = someone();
  const a = await app.receive(child);
  await app.receive({ ...child, givenName: 'Bea' });
  await app.pass.run('TEST');
  expect(await proposedOf(a.personId)).toMatchObject([{ score: 40, reasons: expect.arrayContaining(['possible-twins']) }]);
});

it('never proposes again what a person kept apart, until that is undone', async () => {
  const child = someone();
  const [a, b] = [await app.receive(child), await app.receive(child)];
  await app.pass.run('TEST');
  const pair = await app.pairOf(a.personId, b.personId);
  expect(await app.duplicates.keepApart(clinician(), pair.id, 'Cousins')).toMatchObject({ state: 'apart', note: 'Cousins' });
  await expect(app.duplicates.keepApart(clinician(), pair.id, 'Again')).rejects.toMatchObject({ kind: 'conflict' });
  await rowsOf(app, `update person_identity set keys_made_at = null where tenant = $1 and person_id = any($2)`, [a.personId, b.personId]);
  expect(await app.pass.run('TEST')).toMatchObject({ records: 2, proposed: 0 });
  expect(await proposedOf(a.personId)).toEqual([]);
  await app.split.undo(clinician(), pair.id, { reason: 'Not sure any more' });
  expect(await proposedOf(a.personId)).toHaveLength(1);
  expect(
    await rowsOf(app, `select action, purpose from audit_entry where tenant = $1 and detail ->> 'duplicateId' = $2 order by id`, pair.id),
  ).toEqual(
    expect.arrayContaining([
      { action: 'records-kept-apart', purpose: 'Cousins' },
      { action: 'records-perhaps-one-again', purpose: 'Not sure any more' },
    ]),
  );
});

it('skips a key that more than fifty children share, and says how many it skipped', async () => {
  const day = { birthDate: '2009-01-01', postcode: null };
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  // Names that neither sound nor look alike are not needed: what is tested is that nobody is compared by the birth date alone.
  for (let n = 0; n < 52; n++) {
    const name = `${letters[n % 26]}${letters[(n * 7) % 26]}${n >= 26 ? 'q' : 'x'}`;
    await app.receive({ ...day, givenName: `G${name}`, familyName: `F${name}` });
  }
  expect((await app.pass.run('TEST')).skippedKeys).toBeGreaterThanOrEqual(1);
});

it('may run twice at once, and is killed without harm', async () => {
  const child = someone();
  const a = await app.receive(child);
  await app.receive(child);
  const [one, other] = await Promise.all([app.pass.run('TEST'), app.pass.run('TEST')]);
  expect(one.records + other.records).toBe(2);
  await app.pass.run('TEST');
  expect(await proposedOf(a.personId)).toHaveLength(1);
});

it('writes down whose records it read, and keeps nothing that names them', async () => {
  const child = someone();
  const a = await app.receive(child);
  await app.pass.run('TEST');
  const reads = await rowsOf(
    app,
    `select subject from audit_entry where tenant = $1 and purpose = 'find duplicates' and $2 = any(person_ids)`,
    a.personId,
  );
  expect(reads).toEqual([{ subject: 'system:duplicates' }]);
  const keys = await rowsOf<{ key: Buffer }>(app, `select key from match_key where tenant = $1 and person_id = $2`, a.personId);
  expect(keys.length).toBeGreaterThan(3);
  expect(keys.every(({ key }) => key.length === 16)).toBe(true);
});
