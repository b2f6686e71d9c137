import { DuplicatePass } from '#duplicates';
import { WaitFold } from '#waits';
import { testApp, type TestApp } from '../../../../test/support/app.js';
import { nhsNumber, referral } from '../../../../test/support/referrals.js';

let app: TestApp;
beforeAll(async () => void (app = await testApp()));
afterAll(() => app.close());

let born = 0;
const someone = (): Record<string, unknown> => ({
  nhsNumber: null,
  birthDate: new Date(Date.UTC(2010, 0, 1) + ++born * 43 * 86_400_000).toISOString().slice(0, 10),
});

const clinician = () => app.as();
const elsewhere = () => app.as({ org: 'ZZ998' });

async function receive(changes: Record<string, unknown>): Promise<{ id: string; personId: string }> {
  const who = await app.as({ org: String(changes['provider'] ?? 'ZZ999') });
  const answer = await app.http.post('/v1/referrals').set(who).send(referral(changes)).expect(201);
  return answer.body as { id: string; personId: string };
}

const get = async (path: string, who = clinician()) => app.http.get(path).set(await who);
const post = async (path: string, body: object, who = clinician()) =>
  app.http
    .post(path)
    .set(await who)
    .send(body);

/** Two records of one child at ZZ999, and their pair. */
async function pair() {
  const child = someone();
  const a = await receive({ person: { ...child, nhsNumber: nhsNumber() } });
  const b = await receive({ person: child, receivedOn: '2025-11-03' });
  await app.server.get(DuplicatePass).run('TEST');
  const list = await get('/v1/duplicates?limit=200');
  const items = list.body.items as { id: string; children: { personId: string }[] }[];
  const found = items.find(({ children }) => children.every((side) => [a.personId, b.personId].includes(side.personId)));
  return { a, b, child, at: `/v1/duplicates/${found?.id}`, found };
}

/** The two sides by child: which of them is first says nothing. */
const sides = (of: { children: { personId: string }[] } | undefined): object =>
  Object.fromEntries((of?.children ?? []).map((side) => [side.personId, side]));

describe('possible duplicates', () => {
  it('are listed with why, and each side as you recorded it', async () => {
    const { a, b, child, found } = await pair();
    expect(found).toMatchObject({
      state: 'open',
      score: 100,
      reasons: ['same-birth-date', 'same-family-name', 'same-given-name', 'same-postcode'],
    });
    expect(sides(found)).toMatchObject({
      [a.personId]: { givenName: 'Asha', birthDate: child['birthDate'], hasNhsNumber: true, referralIds: [a.id] },
      [b.personId]: { hasNhsNumber: false, referralIds: [b.id] },
    });
  });

  it('are paged, and a cursor of another list is refused', async () => {
    await pair();
    await pair();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await get(`/v1/duplicates?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...(body.items as { id: string }[]).map((item) => item.id));
      cursor = body.nextCursor as string | null;
    }
    const all = await get('/v1/duplicates?limit=200');
    expect(seen).toEqual((all.body.items as { id: string }[]).map((item) => item.id));
    expect((await get('/v1/duplicates?cursor=W10')).status).toBe(400);
    expect((await get('/v1/duplicates?state=maybe')).status).toBe(400);
  });

  it('are nothing to another provider, nor to who sees no child', async () => {
    const { a, at } = await pair();
    expect((await get('/v1/duplicates', elsewhere())).body.items).toEqual([]);
    for (const [path, body] of [
      ['join', { keep: a.personId, reason: 'One child' }],
      ['keep-apart', { reason: 'Two' }],
      ['undo', { reason: 'No' }],
    ] as const)
      expect((await post(`${at}/${path}`, body, elsewhere())).status).toBe(404);
    expect((await get('/v1/duplicates', app.as({ org: 'QZZ', roles: ['icb-manager'] }))).status).toBe(403);
    expect((await post('/v1/duplicates/1/keep-apart', { reason: 'Two' })).status).toBe(404);
  });

  it('are joined and parted again by a person who says why', async () => {
    const { a, b, at } = await pair();
    expect((await post(`${at}/join`, { keep: a.personId })).status).toBe(400);
    expect((await post(`${at}/join`, { keep: '9990000018', reason: 'One' })).status).toBe(400);
    expect((await post(`${at}/join`, { keep: a.id, reason: 'One' })).status).toBe(422);
    const joined = await post(`${at}/join`, { keep: a.personId, reason: 'Same mother, same school' });
    expect(joined.body).toMatchObject({ state: 'joined', kept: a.personId });
    expect(sides(joined.body)).toMatchObject({ [a.personId]: { referralIds: [a.id, b.id].sort() }, [b.personId]: { referralIds: [] } });
    expect((await post(`${at}/join`, { keep: a.personId, reason: 'Again' })).status).toBe(409);

    const [one, other] = [(await get(`/v1/referrals/${a.id}`)).body, (await get(`/v1/referrals/${b.id}`)).body];
    expect(one).toMatchObject({ personId: a.personId, linked: [{ id: b.id, provider: 'ZZ999', receivedOn: '2025-11-03', isFirst: true }] });
    expect(other).toMatchObject({
      personId: a.personId,
      linked: [{ id: a.id, receivedOn: '2026-01-05', state: 'waiting', isFirst: false }],
    });
    const waits = (await get(`/v1/referrals/${a.id}/waits`)).body.waits as { measure: string; startedOn: string }[];
    expect(waits.find(({ measure }) => measure === 'experienced')).toMatchObject({ startedOn: '2025-11-03' });

    const old = await get(`/v1/children/${b.personId}/timeline`);
    expect([old.status, old.body.detail]).toEqual([404, `This record was joined with another of the same child: ${a.personId}.`]);
    expect((await get(`/v1/children/${b.personId}/timeline`, elsewhere())).body.detail).toBe('No such child.');

    expect((await post(`${at}/undo`, { reason: 'Cousins' })).body).toMatchObject({ state: 'open', kept: null });
    expect((await get(`/v1/referrals/${b.id}`)).body).toMatchObject({ personId: b.personId, linked: [] });
    expect((await post(`${at}/keep-apart`, { reason: 'Cousins' })).body).toMatchObject({ state: 'apart' });
    expect((await get('/v1/duplicates?state=apart')).body.items).toHaveLength(1);
  });
});

describe('two referrals of one child to one line', () => {
  it('are linked while the first is open; of another provider’s only its receipt is told', async () => {
    const person: Record<string, unknown> = { ...someone(), nhsNumber: nhsNumber() };
    const first = await receive({ person, provider: 'ZZ998', receivedOn: '2025-12-01' });
    const further = await receive({ person });
    const onAnotherLine = await receive({ person, service: 'mental-health' });
    expect((await get(`/v1/referrals/${further.id}`)).body.linked).toEqual([
      { id: null, provider: null, receivedOn: '2025-12-01', state: null, isFirst: true },
    ]);
    expect((await get(`/v1/referrals/${first.id}`, elsewhere())).body.linked).toMatchObject([{ id: null, receivedOn: '2026-01-05' }]);
    expect((await get(`/v1/referrals/${onAnotherLine.id}`)).body.linked).toEqual([]);
  });
});

describe('an identity in dispute', () => {
  it('is listed with both birth dates, decided by a person, and then not in dispute', async () => {
    const person: Record<string, unknown> = { ...someone(), nhsNumber: nhsNumber() };
    const { personId } = await receive({ person });
    await receive({ person: { ...person, birthDate: '2015-02-03' }, service: 'mental-health' });
    await app.server.get(WaitFold).run('TEST');
    const [dispute] = (await get('/v1/duplicates/disputes')).body.items;
    expect(dispute).toMatchObject({ personId, givenName: 'Asha', othersDiffer: false });
    expect(new Set(dispute.birthDates)).toEqual(new Set([person['birthDate'], '2015-02-03']));
    const at = `/v1/duplicates/disputes/${personId}/decide`;
    expect((await post(at, { birthDate: '2015-02-03' })).status).toBe(400);
    // Not to come; of nobody older than these lists are for; and of nobody born after a referral of theirs was received.
    for (const birthDate of ['2027-02-03', '1900-01-01', '2026-01-06']) {
      expect(await post(at, { birthDate, reason: 'Red book' })).toMatchObject({ status: 422, body: { errors: [{ path: 'birthDate' }] } });
    }
    expect((await post(at, { birthDate: '2015-02-03', reason: 'Red book' }, elsewhere())).status).toBe(404);
    expect((await post(at, { birthDate: '2015-02-03', reason: 'Red book' })).body).toEqual({ personId, birthDate: '2015-02-03' });
    expect((await get('/v1/duplicates/disputes')).body.items).toEqual([]);
    expect((await post(at, { birthDate: '2015-02-03', reason: 'Red book' })).status).toBe(409);
    // The birth date that was decided is the one that is known now: the other puts the child in dispute again.
    await receive({ person: { ...person, birthDate: '2015-02-03' }, service: 'specialist-equipment' });
    expect((await get('/v1/duplicates/disputes')).body.items).toEqual([]);
    await receive({ person, service: 'specialist-equipment' });
    expect((await get('/v1/duplicates/disputes')).body.items).toMatchObject([{ personId }]);
  });

  it('shows no provider what another was told', async () => {
    const person: Record<string, unknown> = { ...someone(), nhsNumber: nhsNumber() };
    const { personId } = await receive({ person });
    await receive({ person: { ...person, birthDate: '2015-07-08' }, provider: 'ZZ998' });
    const ours = ((await get('/v1/duplicates/disputes?limit=200')).body.items as { personId: string }[]).find(
      (d) => d.personId === personId,
    );
    expect(ours).toMatchObject({ birthDates: [person['birthDate']], othersDiffer: true });
    const theirs = (await get('/v1/duplicates/disputes', elsewhere())).body.items;
    expect(theirs).toMatchObject([{ personId, birthDates: ['2015-07-08'], othersDiffer: true }]);
  });
});
