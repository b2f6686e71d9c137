import { barsMessage } from '../../../../libs/fhir/src/message.fixture.js';
import { asOwner } from '../../../../test/support/database.js';
import { messagesApp, type MessagesApp } from './messages.fixture.js';

let app: MessagesApp;
beforeAll(async () => void (app = await messagesApp()));
afterAll(() => app.close());

const send: MessagesApp['send'] = (...message) => app.send(...message);
const get: MessagesApp['get'] = (...of) => app.get(...of);

const BAD_NUMBER = '9990000019';

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
