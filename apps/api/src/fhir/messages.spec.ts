import { barsMessage, type MessageChanges } from '../../../../libs/fhir/src/message.fixture.js';
import { asOwner } from '../../../../test/support/database.js';
import { messagesApp, personDecides, refused, type MessagesApp } from './messages.fixture.js';

let app: MessagesApp;
beforeAll(async () => void (app = await messagesApp()));
afterAll(() => app.close());
afterEach(() => void (app.platform.settings.fhirBadNhsNumber = 'set-aside'));

const send: MessagesApp['send'] = (...message) => app.send(...message);
const get: MessagesApp['get'] = (...of) => app.get(...of);

const BAD_NUMBER = '9990000019';
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
