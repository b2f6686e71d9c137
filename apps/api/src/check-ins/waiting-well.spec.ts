import { emptyLists, goLive, MONDAY, waitingChild } from '../../../../libs/check-ins/src/waiting-child.fixture.js';
import { waitingWellApp, type WaitingWellApp } from '../family-page/waiting-well-app.fixture.js';

let app: WaitingWellApp;

beforeAll(async () => void (app = await waitingWellApp()));
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.moveTo(MONDAY);
  await emptyLists(app.database);
  await goLive(app.database);
});

describe('what staff do over the API', () => {
  it('sees check-ins, records a call, acts on the escalation, reads the timeline', async () => {
    const child = await waitingChild(app.database, { contacts: [] });
    await app.sweep();
    const nurse = await app.as();
    const list = await app.http.get('/v1/check-ins?state=unanswered').set(nurse).expect(200);
    expect(list.body).toMatchObject({
      items: [{ personId: child.personId, callWhy: 'no-route' }],
      nextCursor: null,
      counts: { unanswered: 1 },
    });
    const { id } = (list.body as { items: { id: string }[] }).items[0] ?? { id: '' };
    const call = { reached: true, answers: { stillNeeded: 'yes', change: 'worse', concerns: ['suicidal'], answeredBy: 'parent' } };
    await app.http
      .post(`/v1/check-ins/${id}/record`)
      .set(await app.as({ org: 'ZZ998' }))
      .send(call)
      .expect(404);
    await app.http
      .post(`/v1/check-ins/${id}/record`)
      .set(nurse)
      .send({ reached: true, answers: { change: 'awful' } })
      .expect(400);
    expect((await app.http.post(`/v1/check-ins/${id}/record`).set(nurse).send(call).expect(200)).body).toMatchObject({
      state: 'recorded',
      level: 'red',
    });
    await app.http.post(`/v1/check-ins/${id}/record`).set(nurse).send(call).expect(409);

    const escalations = await app.http.get('/v1/escalations?state=open&level=red').set(nurse).expect(200);
    expect(escalations.body).toMatchObject({
      items: [{ level: 'red', reason: 'suicidal', owner: null, dueAt: '2026-11-23T11:30:00.000Z' }],
    });
    const at = `/v1/escalations/${(escalations.body as { items: { id: string }[] }).items[0]?.id}`;
    await app.http.post(`${at}/acknowledge`).set(nurse).send({ owner: 'A Nurse' }).expect(200);
    await app.http.post(`${at}/resolve`).set(nurse).send({ outcome: 'Seen today' }).expect(400);
    await app.http.post(`${at}/resolve`).set(nurse).send({ outcome: 'Seen today', familyTold: 'By telephone' }).expect(200);
    await app.http.post(`${at}/resolve`).set(nurse).send({ outcome: 'Seen today', familyTold: 'By telephone' }).expect(409);

    const timeline = await app.http.get(`/v1/children/${child.personId}/timeline`).set(nurse).expect(200);
    const kinds = (timeline.body as { items: { kind: string }[] }).items.map((e) => e.kind);
    for (const kind of [
      'check-in-owed',
      'reply',
      'check-in-closed',
      'escalation-opened',
      'escalation-acknowledged',
      'escalation-resolved',
      'event',
    ])
      expect(kinds).toContain(kind);
    await app.http
      .get(`/v1/children/${child.personId}/timeline`)
      .set(await app.as({ org: 'ZZ998' }))
      .expect(404);
  });

  it('pages through lists, and refuses cursors of others', async () => {
    for (const day of ['2026-11-18', '2026-11-19', '2026-11-20']) await waitingChild(app.database, { contacts: [], nextCheckInOn: day });
    await app.sweep();
    const nurse = await app.as();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = (await app.http
        .get(`/v1/check-ins?limit=1${cursor && `&cursor=${cursor}`}`)
        .set(nurse)
        .expect(200)) as { body: { items: { dueOn: string }[]; nextCursor: string | null } };
      seen.push(...body.items.map((c) => c.dueOn));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(['2026-11-18', '2026-11-19', '2026-11-20']);
    const other = Buffer.from('["2026-99-99","x"]').toString('base64url');
    for (const path of ['/v1/check-ins', '/v1/escalations', `/v1/children/${crypto.randomUUID()}/timeline`]) {
      await app.http.get(`${path}?cursor=${other}`).set(nurse).expect(400);
    }
  });

  it('is closed to managers, commissioners and strangers', async () => {
    for (const path of ['/v1/check-ins', '/v1/escalations', `/v1/children/${crypto.randomUUID()}/timeline`]) {
      await app.http.get(path).expect(401);
      for (const role of ['icb-manager', 'commissioner'] as const)
        await app.http
          .get(path)
          .set(await app.as({ roles: [role] }))
          .expect(403);
    }
  });
});
