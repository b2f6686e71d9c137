import { testApp, type TestApp } from '../support/app.js';
import { referral } from '../support/referrals.js';

let app: TestApp;
beforeAll(async () => void (app = await testApp()));
afterAll(() => app.close());

const clinician = () => app.as();

async function post(body: object, who = clinician()) {
  return app.http
    .post('/v1/referrals')
    .set(await who)
    .send(body);
}

describe('taking a referral in', () => {
  it('answers 201 with where the child now stands', async () => {
    const answer = await post(referral());
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      state: 'waiting',
      stage: 'awaiting-triage',
      provider: 'ZZ999',
      receivedOn: '2026-01-05',
      escalationId: null,
    });
    const waits = await app.http.get(`/v1/referrals/${answer.body.id}/waits?asOf=2026-05-12`).set(await clinician());
    expect(waits.body.waits[0]).toMatchObject({ measure: 'sitrep', days: 127, band: '>18-52', withinTarget: false });
    expect(waits.body.waits[0].working).toEqual([{ on: '2026-01-05', event: 'referral-received', effect: 'clock starts' }]);
  });

  it('is one referral however often and at once it is told', async () => {
    const body = referral();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(body)));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect(new Set(answers.map((a) => a.body.id)).size).toBe(1);
    expect((await post({ ...body, priority: 'urgent' })).status).toBe(409);
  });

  it('joins two lines of one child at two providers under one person', async () => {
    const first = await post(referral());
    const again = referral({ service: 'mental-health' });
    const { person } = referral();
    const a = await post(referral({ person }));
    const b = await post({ ...again, person });
    expect(first.body.personId).not.toBe(a.body.personId);
    expect(b.body.personId).toBe(a.body.personId);
  });

  it('opens the escalation of a choking risk in the same answer', async () => {
    const answer = await post(referral({ details: { need: 'dysphagia', dysphagiaRisk: true } }));
    expect(answer.body.escalationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('opens it when the risk is told later, once', async () => {
    const { body } = await post(referral());
    const mend = async (details: object) =>
      app.http
        .patch(`/v1/referrals/${body.id}`)
        .set(await clinician())
        .send({ details });
    expect((await mend({ need: 'dysphagia', dysphagiaRisk: true })).body.escalationId).toMatch(/^[0-9a-f-]{36}$/);
    const open = async () =>
      (await app.http.get('/v1/escalations?state=open&limit=200').set(await clinician())).body.items as { referralId: string }[];
    const ours = async (): Promise<number> => (await open()).filter(({ referralId }) => referralId === body.id).length;
    expect(await ours()).toBe(1);
    await mend({ need: 'voice', dysphagiaRisk: true });
    expect(await ours()).toBe(1);
  });

  it('names every bad field at once, and nothing that was in them', async () => {
    const body = referral({
      receivedOn: '05/01/2026',
      priority: 'soon',
      person: { nhsNumber: '9991234560', birthDate: '2026-02-30' },
      details: { need: 'x', extra: 1 },
    });
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body.errors.map((e: { path: string }) => e.path).sort()).toEqual([
      'person.birthDate',
      'person.nhsNumber',
      'priority',
      'receivedOn',
    ]);
    expect(JSON.stringify(answer.body)).not.toContain('9991234560');
    const details = await post(referral({ details: { need: 'x', extra: 1 } }));
    expect(details.body.errors.map((e: { path: string }) => e.path).sort()).toEqual(['details.extra', 'details.need']);
  });
});

describe('what is not yours', () => {
  it('is not there: another provider, another tenant, no token, no such role', async () => {
    const { body } = await post(referral());
    const path = `/v1/referrals/${body.id}`;
    expect((await app.http.get(path).set(await app.as({ org: 'ZZ998' }))).status).toBe(404);
    expect((await app.http.get(path).set(await app.as({ tenant: 'ELSE', org: 'ZZ997' }))).status).toBe(404);
    expect((await app.http.get(path).set(await app.as({ tenant: 'ELSE', org: 'ZZ999' }))).status).toBe(404);
    expect((await app.http.get(path)).status).toBe(401);
    expect((await app.http.get(path).set(await app.as({ roles: ['icb-manager'], org: 'QZZ' }))).status).toBe(403);
  });
});

describe('telling what happened', () => {
  const decided = { decidedBy: { name: 'A Clinician', role: 'Lead SLT' }, familyToldOn: '2026-03-01' };
  const tell = async (id: string, event: object, who = clinician()) =>
    app.http
      .post(`/v1/referrals/${id}/events`)
      .set(await who)
      .send(event);

  it('ends no wait without a clinician, a family that was told, and a safeguarding check', async () => {
    const { body } = await post(referral());
    const removed = (data: object, who = clinician()) => tell(body.id, { type: 'removed', occurredOn: '2026-03-01', data }, who);
    expect((await removed({ reason: 'no-response' })).status).toBe(422);
    expect((await removed({ reason: 'no-response', ...decided })).status).toBe(422);
    expect((await removed({ reason: 'declined', ...decided }, app.as({ roles: ['provider-admin'] }))).status).toBe(403);
    expect((await removed({ reason: 'no-response', ...decided, safeguardingChecked: true })).status).toBe(201);
    expect((await removed({ reason: 'declined', ...decided })).status).toBe(422);
    const now = await app.http.get(`/v1/referrals/${body.id}`).set(await clinician());
    expect(now.body).toMatchObject({ state: 'removed', endReason: 'no-response' });
  });

  it('takes a mistake back', async () => {
    const { body } = await post(referral());
    const seen = {
      type: 'contact',
      occurredOn: '2026-02-02',
      data: { attendance: 'attended', mechanism: 'face-to-face', purpose: 'treatment' },
    };
    expect((await tell(body.id, seen)).body).toEqual({ seq: 2 });
    expect((await tell(body.id, { type: 'event-voided', data: { seq: 2, reason: 'wrong child' } })).status).toBe(201);
    expect((await tell(body.id, { type: 'event-voided', data: { seq: 1, reason: 'no' } })).status).toBe(422);
    expect((await tell(body.id, { type: 'event-voided', data: { seq: 3, reason: 'no' } })).status).toBe(422);
    const now = await app.http.get(`/v1/referrals/${body.id}`).set(await clinician());
    expect(now.body.state).toBe('waiting');
  });

  it('hands a child over only when the other provider accepts', async () => {
    const { body } = await post(referral());
    const receiver = () => app.as({ org: 'ZZ998' });
    expect((await tell(body.id, { type: 'transferred', occurredOn: '2026-02-14', data: { toProvider: 'ZZ123' } })).status).toBe(422);
    expect((await tell(body.id, { type: 'transferred', occurredOn: '2026-02-14', data: { toProvider: 'ZZ998' } })).status).toBe(201);
    const offered = await app.http.get(`/v1/referrals/${body.id}`).set(await receiver());
    expect(offered.body).toMatchObject({ provider: 'ZZ999', stage: 'transferring', transferTo: 'ZZ998' });
    expect((await tell(body.id, { type: 'transfer-accepted', occurredOn: '2026-02-20', data: {} })).status).toBe(403);
    expect((await tell(body.id, { type: 'transfer-accepted', occurredOn: '2026-02-20', data: {} }, receiver())).status).toBe(201);
    const sender = await app.http.get(`/v1/referrals/${body.id}`).set(await clinician());
    expect(sender.body).toMatchObject({ provider: 'ZZ998', receivedOn: '2026-01-05', stage: 'awaiting-triage' });
    expect((await tell(body.id, { type: 'referral-accepted', occurredOn: '2026-02-21', data: {} })).status).toBe(403);
  });

  it('stops every list of a child who has died, and takes that back', async () => {
    const { person } = referral();
    const salt = await post(referral({ person }));
    const equipment = await post(referral({ person, service: 'specialist-equipment', provider: 'ZZ998' }), app.as({ org: 'ZZ998' }));
    expect((await tell(salt.body.id, { type: 'died', occurredOn: '2026-02-16', data: {} })).status).toBe(201);
    const other = () => app.as({ org: 'ZZ998' });
    const stopped = await app.http.get(`/v1/referrals/${equipment.body.id}`).set(await other());
    expect(stopped.body).toMatchObject({ state: 'closed', endReason: 'died' });
    expect((await tell(salt.body.id, { type: 'event-voided', data: { seq: 2, reason: 'wrong child' } })).status).toBe(201);
    expect((await app.http.get(`/v1/referrals/${equipment.body.id}`).set(await other())).body.state).toBe('waiting');
  });
});

describe('bad requests', () => {
  const send = async (body: string, type = 'application/json') =>
    app.http
      .post('/v1/referrals')
      .set(await clinician())
      .set('content-type', type)
      .send(body);

  it.each([
    ['no JSON', '{"a":', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
    ['20,000 levels deep', '['.repeat(20_000) + ']'.repeat(20_000), 'application/json', 400],
    ['2 MB', JSON.stringify({ a: 'x'.repeat(2_000_000) }), 'application/json', 413],
    ['another media type', '<a/>', 'application/xml', 415],
  ])('%s', async (_, body, type, status) => {
    const answer = await send(body, type);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status, title: expect.any(String) });
    expect(answer.text).not.toContain('    at ');
  });

  it.each(['/%E0%A4%A', '/v1/nothing', '/v1/referrals/not-an-id', "/v1/referrals/'%20or%201=1"])('no such address: %s', async (path) => {
    const answer = await app.http.get(path).set(await clinician());
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

describe('an Idempotency-Key', () => {
  it('gives the same answer for the same body, and refuses another', async () => {
    const body = referral();
    const send = async (b: object) =>
      app.http
        .post('/v1/referrals')
        .set(await clinician())
        .set('idempotency-key', 'k-1')
        .send(b);
    const first = await send(body);
    const again = await send(body);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect((await send({ ...body, priority: 'urgent' })).status).toBe(422);
  });
});
