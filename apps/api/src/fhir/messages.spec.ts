import { barsMessage, type MessageChanges } from '../../../../libs/fhir/src/message.fixture.js';
import { referral } from '../../../../test/support/referrals.js';
import { asOwner } from '../../../../test/support/database.js';
import { testApp, type TestApp } from '../../../../test/support/app.js';

let app: TestApp;
beforeAll(async () => void (app = await testApp()));
afterAll(() => app.close());
afterEach(() => void (app.platform.settings.fhirBadNhsNumber = 'set-aside'));

const PATH = '/v1/fhir/$process-message';
const BAD_NUMBER = '9990000019';

async function send(body: string | object, who = app.as(), type = 'application/fhir+json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await app.http
    .post(PATH)
    .set(await who)
    .set('content-type', type)
    .send(text);
  return { status: answer.status, type: answer.headers['content-type'] ?? '', body: JSON.parse(answer.text || 'null'), text: answer.text };
}
const get = async (path: string, who = app.as()) => app.http.get(path).set(await who);
const refused = (status: number, code: string) => ({
  status,
  type: expect.stringContaining('application/fhir+json'),
  body: {
    resourceType: 'OperationOutcome',
    issue: expect.arrayContaining([
      expect.objectContaining({
        severity: 'error',
        details: { coding: [{ system: 'https://fhir.nhs.uk/Codesystem/http-error-codes', code }] },
      }),
    ]),
  },
});
const personDecides = (why: string) => ({
  status: 202,
  body: {
    resourceType: 'OperationOutcome',
    issue: expect.arrayContaining([expect.objectContaining({ severity: 'warning', diagnostics: expect.stringContaining(why) })]),
  },
});
const focusOf = (body: { entry: { resource: { id: string } }[] }): string => body.entry[1]?.resource.id ?? '';

describe('a new referral', () => {
  it('comes onto the list, its clock from the London day the message was sent', async () => {
    const message = barsMessage({ timestamp: '2026-06-30T23:30:00Z' });
    const answer = await send(message);
    expect(answer).toMatchObject({ status: 200, type: expect.stringContaining('application/fhir+json') });
    expect(answer.body).toMatchObject({
      resourceType: 'Bundle',
      type: 'message',
      entry: [
        { resource: { resourceType: 'MessageHeader', response: { identifier: message.id, code: 'ok' } } },
        { resource: { resourceType: 'ServiceRequest', status: 'active', priority: 'routine' } },
      ],
    });
    const held = await get(`/v1/referrals/${focusOf(answer.body)}`);
    expect(held.body).toMatchObject({
      service: 'speech-and-language-therapy',
      provider: 'ZZ999',
      receivedOn: '2026-07-01',
      authoredOn: '2026-11-19',
      need: 'developmental-language-disorder',
      source: { system: 'https://sender.example/Id/referral' },
      state: 'waiting',
    });
  });

  it('is taken as application/json as well, and opens the escalation of an emergency', async () => {
    const answer = await send(barsMessage({ request: { priority: 'stat' } }), app.as(), 'application/json; charset=utf-8');
    expect(answer.status).toBe(200);
    const held = await get(`/v1/referrals/${focusOf(answer.body)}`);
    expect(held.body).toMatchObject({ priority: 'emergency', escalationId: expect.any(String) });
  });

  it('told again is answered as before and done once; another body under its id is a conflict', async () => {
    const message = barsMessage();
    const answers = await Promise.all([send(message), send(message), send(message)]);
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([200]));
    expect(new Set(answers.map((a) => focusOf(a.body))).size).toBe(1);
    expect(await send(message)).toEqual(await send(message));
    expect(await send({ ...message, timestamp: '2026-11-21T09:00:00Z' })).toMatchObject(refused(409, 'REC_CONFLICT'));
    expect((await send({ ...message, id: 'another-message', timestamp: '2026-11-21T09:00:00Z' })).status).toBe(409);
  });

  it('belongs to the provider it was sent to', async () => {
    const answer = await send(barsMessage(), app.as({ org: 'ZZ998' }));
    expect((await get(`/v1/referrals/${focusOf(answer.body)}`)).status).toBe(404);
    expect(
      await send(
        barsMessage({ request: { performer: [{ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'RYE' } }] } }),
      ),
    ).toMatchObject(personDecides('other-organisation'));
  });
});

describe('an NHS number that fails its check', () => {
  const stored = async (id: string): Promise<unknown[]> =>
    asOwner(app.ownerUrl, async (c) => {
      const sql = `select i.nhs_number, p.nhs_number_key from referral r join person p on p.tenant = r.tenant and p.id = r.person_id
        join person_identity i on i.tenant = p.tenant and i.person_id = p.id where r.id = $1`;
      return (await c.query(sql, [id])).rows;
    });

  it('sets the message aside', async () => {
    expect(await send(barsMessage({ nhsNumber: BAD_NUMBER }))).toMatchObject(personDecides('nhs-number'));
  });

  it('that is mended comes in under the same source', async () => {
    expect((await send(barsMessage({ source: 'N-1', nhsNumber: BAD_NUMBER }))).status).toBe(202);
    expect(await send(barsMessage({ source: 'N-1', nhsNumber: BAD_NUMBER, reason: 'update' }))).toMatchObject(personDecides('nhs-number'));
    expect(await send(barsMessage({ source: 'N-1', nhsNumber: null, reason: 'update' }))).toMatchObject(personDecides('set-aside-before'));
    expect((await send(barsMessage({ source: 'N-1' }))).status).toBe(200);
  });

  it('or is left out where the provider says so, and the answer says it', async () => {
    app.platform.settings.fhirBadNhsNumber = 'accept-without';
    const answer = await send(barsMessage({ nhsNumber: BAD_NUMBER }));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('taken in without it');
    expect(answer.text).not.toContain(BAD_NUMBER);
    expect(await stored(focusOf(answer.body))).toEqual([{ nhs_number: null, nhs_number_key: null }]);
  });
});

describe('an update', () => {
  const again = async (first: MessageChanges, then: MessageChanges) => {
    const number = { nhsNumber: null };
    const id = focusOf((await send(barsMessage({ ...number, ...first }))).body);
    const answer = await send(barsMessage({ ...number, source: first.source ?? '', reason: 'update', ...then }));
    return { id, answer, held: (await get(`/v1/referrals/${id}`)).body };
  };

  it('changes priority by an event, and details', async () => {
    const dysphagia = { coding: [{ system: 'http://snomed.info/sct', code: '40739000' }] };
    const { id, answer, held } = await again({ source: 'U-1' }, { request: { priority: 'urgent', reasonCode: [dysphagia] } });
    expect(answer).toMatchObject({
      status: 200,
      body: { entry: [{ resource: { response: { code: 'ok' } } }, { resource: { id, priority: 'urgent' } }] },
    });
    expect(held).toMatchObject({ priority: 'urgent', need: 'dysphagia' });
    const { body } = await get(`/v1/referrals/${id}/events`);
    expect((body as { items: { type: string }[] }).items.map((e) => e.type)).toEqual([
      'referral-received',
      'priority-changed',
      'details-corrected',
    ]);
  });

  it('that says the same as before undoes nothing staff have mended', async () => {
    const id = focusOf((await send(barsMessage({ source: 'U-2', nhsNumber: null }))).body);
    const clinician = await app.as();
    await app.http
      .patch(`/v1/referrals/${id}`)
      .set(clinician)
      .send({ details: { need: 'cleft' } })
      .expect(200);
    const urgent = { type: 'priority-changed', occurredOn: '2026-11-22', data: { priority: 'urgent' } };
    await app.http.post(`/v1/referrals/${id}/events`).set(clinician).send(urgent).expect(201);
    expect((await send(barsMessage({ source: 'U-2', nhsNumber: null, reason: 'update' }))).status).toBe(200);
    expect((await get(`/v1/referrals/${id}`)).body).toMatchObject({ need: 'cleft', priority: 'urgent' });
  });

  it('brings contacts, and never loosens what staff have decided of them', async () => {
    const id = focusOf((await send(barsMessage({ source: 'U-3', nhsNumber: null }))).body);
    const { personId } = (await get(`/v1/referrals/${id}`)).body as { personId: string };
    const contacts = [
      { name: 'Sam Example', relationship: 'mother', mayContact: false, phone: '07700900123' },
      { name: 'Lee Example', relationship: 'aunt', mayContact: true, phone: '07700900456' },
    ];
    await app.http
      .put(`/v1/children/${personId}/contacts`)
      .set(await app.as())
      .send({ contacts })
      .expect(204);
    const moved = { contact: [{ name: { text: 'Sam Example' }, telecom: [{ system: 'phone', value: '07700 900789' }] }] };
    expect((await send(barsMessage({ source: 'U-3', nhsNumber: null, reason: 'update', patient: moved }))).status).toBe(200);
    const held = await asOwner(app.ownerUrl, async (c) => {
      const sql = `select name, phone, may_contact from contact where person_id = $1 and (valid_to is null or valid_to >= '2026-11-22') order by name, phone`;
      return (await c.query(sql, [personId])).rows as unknown[];
    });
    expect(held).toContainEqual({ name: 'Lee Example', phone: '+447700900456', may_contact: true });
    expect(held).toContainEqual({ name: 'Sam Example', phone: '+447700900789', may_contact: false });
    expect(held).not.toContainEqual(expect.objectContaining({ name: 'Sam Example', may_contact: true }));
  });

  it('of a referral nobody has is not found, and of another service is for a person', async () => {
    expect(await send(barsMessage({ source: 'U-none', reason: 'update' }))).toMatchObject(refused(404, 'REC_NOT_FOUND'));
    const wheelchair = { code: { coding: [{ system: 'http://snomed.info/sct', code: '58938008' }] } };
    const { answer, held } = await again({ source: 'U-4' }, { request: wheelchair });
    expect(answer).toMatchObject(personDecides('service-changed'));
    expect(held).toMatchObject({ service: 'speech-and-language-therapy' });
  });
});

describe('a withdrawal', () => {
  it.each(['revoked', 'entered-in-error'])('%s ends nothing: a person decides', async (status) => {
    const source = `W-${status}`;
    const id = focusOf((await send(barsMessage({ source, nhsNumber: null }))).body);
    const answer = await send(barsMessage({ source, nhsNumber: null, reason: 'update', request: { status } }));
    expect(answer).toMatchObject(personDecides('withdrawn'));
    expect((await get(`/v1/referrals/${id}`)).body).toMatchObject({ state: 'waiting', endReason: null });
    const { body } = await get('/v1/fhir/set-aside?limit=200');
    expect(body.items).toContainEqual(expect.objectContaining({ referralId: id, reason: status, why: 'withdrawn' }));
  });

  it('of a referral nobody has is not found; of one that waits for a person waits with it', async () => {
    const revoked = { status: 'revoked' };
    expect((await send(barsMessage({ source: 'W-1', request: revoked }))).status).toBe(404);
    expect((await send(barsMessage({ source: 'W-1', nhsNumber: BAD_NUMBER }))).status).toBe(202);
    expect(await send(barsMessage({ source: 'W-1', nhsNumber: BAD_NUMBER, request: revoked }))).toMatchObject(personDecides('withdrawn'));
    expect(await send(barsMessage({ source: 'W-1' }))).toMatchObject(personDecides('set-aside-before'));
  });
});

describe('messages set aside', () => {
  it('are listed without identity, read word for word on the record, and resolved once', async () => {
    const who = app.as({ org: 'ZZ998' });
    const messages = [1, 2, 3].map((i) => barsMessage({ source: `A-${i}`, nhsNumber: BAD_NUMBER }));
    for (const [i, message] of messages.entries()) {
      app.clock.moveTo(new Date(`2026-11-22T10:3${i + 1}:00Z`));
      expect((await send(message, who)).status).toBe(202);
    }
    const page = await get('/v1/fhir/set-aside?limit=2', who);
    expect(page.body.items).toMatchObject([
      { messageId: messages[0]?.id, why: 'nhs-number', reason: 'new', source: { id: 'A-1' }, referralId: null },
      { messageId: messages[1]?.id },
    ]);
    expect(page.text).not.toContain('Example');
    const rest = await get(`/v1/fhir/set-aside?limit=2&cursor=${page.body.nextCursor}`, who);
    expect(rest.body).toMatchObject({ items: [{ messageId: messages[2]?.id }], nextCursor: null });

    const { id } = page.body.items[0] as { id: string };
    expect((await get(`/v1/fhir/set-aside/${id}`, who)).body.message).toEqual(messages[0]);
    expect((await get(`/v1/fhir/set-aside/${id}`)).status).toBe(404);
    const resolve = async (body: object, as = who) =>
      app.http
        .post(`/v1/fhir/set-aside/${id}/resolve`)
        .set(await as)
        .send(body);
    expect((await resolve({ outcome: 'done', note: 'Entered by hand' }, app.as())).status).toBe(404);
    expect((await resolve({ outcome: 'perhaps', note: 'x' })).body.resourceType).toBe('OperationOutcome');
    expect((await resolve({ outcome: 'done', note: 'Entered by hand' })).status).toBe(204);
    expect((await resolve({ outcome: 'done', note: 'Entered by hand' })).status).toBe(409);
    expect((await get('/v1/fhir/set-aside', who)).body.items).toHaveLength(2);
    expect((await send(messages[0] ?? '', who)).status).toBe(202);

    const written = await asOwner(app.ownerUrl, async (c) => {
      const { rows } = await c.query(`select action from audit_entry where detail->>'message' = $1 order by at, id`, [id]);
      return (rows as { action: string }[]).map((r) => r.action);
    });
    expect(written.sort()).toEqual(['fhir-message-read', 'fhir-message-resolved']);
  });
});

describe('what is refused', () => {
  const entry = (i: number, resource: object) => {
    const message = barsMessage();
    (message['entry'] as { resource: object }[])[i] = { ...(message['entry'] as object[])[i], resource };
    return message;
  };
  const deep = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
  const refusals: [string, () => string | object, number, string][] = [
    ['no JSON', () => '{"a":', 400, 'REC_BAD_REQUEST'],
    ['a list', () => '[]', 400, 'REC_BAD_REQUEST'],
    ['null', () => 'null', 400, 'REC_BAD_REQUEST'],
    ['nothing', () => '', 400, 'REC_BAD_REQUEST'],
    [
      'a name twice',
      () => JSON.stringify(barsMessage()).replace('"type":"message"', '"type":"message","type":"message"'),
      400,
      'REC_BAD_REQUEST',
    ],
    ['a name that would reach a prototype', () => '{"resourceType":"Bundle","__proto__":{}}', 400, 'REC_BAD_REQUEST'],
    ['20,000 levels deep', () => deep(20_000), 400, 'REC_BAD_REQUEST'],
    ['2 MB', () => JSON.stringify({ a: 'x'.repeat(2_000_000) }), 413, 'REC_BAD_REQUEST'],
    ['a resource', () => ({ resourceType: 'Patient' }), 400, 'REC_BAD_REQUEST'],
    ['a bundle that is no message', () => ({ ...barsMessage(), type: 'batch' }), 400, 'REC_BAD_REQUEST'],
    ['no entries', () => ({ ...barsMessage(), entry: {} }), 400, 'REC_BAD_REQUEST'],
    ['entries of no kind', () => ({ ...barsMessage(), entry: [null, 1] }), 400, 'REC_BAD_REQUEST'],
    ['no header first', () => ({ ...barsMessage(), entry: [] }), 400, 'REC_BAD_REQUEST'],
    ['an id of the wrong type', () => ({ ...barsMessage(), id: 7 }), 400, 'REC_BAD_REQUEST'],
    ['a timestamp without offset', () => ({ ...barsMessage(), timestamp: '2026-11-20T09:00:00' }), 400, 'REC_BAD_REQUEST'],
    ['a timestamp to come', () => barsMessage({ timestamp: '2027-01-01T09:00:00Z' }), 422, 'REC_UNPROCESSABLE_ENTITY'],
    ['a focus on nothing', () => barsMessage({ header: { focus: [{ reference: 'urn:uuid:nothing' }] } }), 400, 'REC_BAD_REQUEST'],
    ['a focus of the wrong type', () => barsMessage({ header: { focus: 'x' } }), 400, 'REC_BAD_REQUEST'],
    ['a subject that leads nowhere', () => barsMessage({ request: { subject: { reference: 'urn:uuid:nobody' } } }), 400, 'REC_BAD_REQUEST'],
    ['a performer that leads nowhere', () => barsMessage({ request: { performer: [{ reference: '#nobody' }] } }), 400, 'REC_BAD_REQUEST'],
    ['a priority FHIR does not know', () => barsMessage({ request: { priority: 'soon' } }), 400, 'REC_BAD_REQUEST'],
    ['a status of the wrong type', () => barsMessage({ request: { status: ['active'] } }), 400, 'REC_BAD_REQUEST'],
    ['a birth date that is none', () => barsMessage({ patient: { birthDate: '2019-02-30' } }), 400, 'REC_BAD_REQUEST'],
    ['names that are no list', () => barsMessage({ patient: { name: { family: 'x' } } }), 400, 'REC_BAD_REQUEST'],
    ['a patient of numbers', () => entry(2, { resourceType: 'Patient', name: [1], birthDate: 2, contact: [3] }), 400, 'REC_BAD_REQUEST'],
    [
      'the same fullUrl twice',
      () => ({ ...barsMessage(), entry: [...(barsMessage()['entry'] as object[]), (barsMessage()['entry'] as object[])[2]] }),
      400,
      'REC_BAD_REQUEST',
    ],
    ['a reason we do not know', () => barsMessage({ reason: 'delete' }), 422, 'REC_UNPROCESSABLE_ENTITY'],
    [
      'a booking',
      () =>
        barsMessage({ header: { eventCoding: { system: 'https://fhir.nhs.uk/CodeSystem/message-events-bars', code: 'booking-request' } } }),
      422,
      'REC_UNPROCESSABLE_ENTITY',
    ],
    ['an adult', () => barsMessage({ patient: { birthDate: '1959-05-04' } }), 422, 'REC_UNPROCESSABLE_ENTITY'],
  ];

  it.each(refusals)('%s', async (_, body, status, code) => {
    const answer = await send(body());
    expect(answer).toMatchObject(refused(status, code));
    expect(answer.text).not.toContain('    at ');
  });

  it('another media type, no token, another role, no such address', async () => {
    expect(await send('<a/>', app.as(), 'application/fhir+xml')).toMatchObject(refused(415, 'REC_BAD_REQUEST'));
    expect(await send('x=1', app.as(), 'application/x-www-form-urlencoded')).toMatchObject(refused(415, 'REC_BAD_REQUEST'));
    expect(await send(barsMessage(), Promise.resolve({}) as never)).toMatchObject(refused(401, 'REC_UNAUTHORIZED'));
    expect(await send(barsMessage(), app.as({ roles: ['commissioner'] }))).toMatchObject(refused(403, 'REC_FORBIDDEN'));
    const nothing = await get('/v1/fhir/Nothing');
    expect(nothing.status).toBe(404);
    expect(JSON.parse(nothing.text)).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('may be mended and sent again under the same id', async () => {
    expect((await send(barsMessage({ id: 'mended', source: 'M-1', patient: { birthDate: '1959-05-04' } }))).status).toBe(422);
    expect((await send(barsMessage({ id: 'mended', source: 'M-1' }))).status).toBe(200);
  });

  it('a code that means no service is no refusal: a person looks at it', async () => {
    const unknown = { coding: [{ system: 'http://snomed.info/sct', code: '1' }] };
    expect(await send(barsMessage({ request: { code: unknown } }))).toMatchObject(personDecides('no-service'));
    expect(await send(barsMessage({ patient: { deceasedBoolean: true } }))).toMatchObject(personDecides('deceased'));
    // … and of a child who is held, nothing goes to its family meanwhile.
    const known = barsMessage({ source: 'D-1', nhsNumber: '9990000018' });
    await send(known);
    const deceased = { patient: { deceasedDateTime: '2026-11-01' }, nhsNumber: '9990000018' };
    expect(await send(barsMessage({ ...deceased, source: 'D-1', reason: 'update' }))).toMatchObject(personDecides('deceased'));
    expect((await get('/v1/message-holds')).body.items).toMatchObject([{ why: ['a message that tells of a death was set aside'] }]);
    expect(await send(barsMessage({ request: { status: 'draft' } }))).toMatchObject(personDecides('not-active'));
  });

  it('elsewhere errors stay problem+json', async () => {
    const answer = await app.http
      .post('/v1/referrals')
      .set(await app.as())
      .send({ ...referral(), priority: 'soon' });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});
