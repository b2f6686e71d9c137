import { barsMessage } from '../../../../libs/fhir/src/message.fixture.js';
import { referral } from '../../../../test/support/referrals.js';
import { messagesApp, personDecides, refused, type MessagesApp } from './messages.fixture.js';

let app: MessagesApp;
beforeAll(async () => void (app = await messagesApp()));
afterAll(() => app.close());

const send: MessagesApp['send'] = (...message) => app.send(...message);
const get: MessagesApp['get'] = (...of) => app.get(...of);

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
