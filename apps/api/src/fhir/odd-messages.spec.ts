import { barsMessage, type MessageChanges } from '../../../../libs/fhir/src/message.fixture.js';
import { asOwner } from '../../../../test/support/database.js';
import { nhsNumber } from '../../../../test/support/referrals.js';
import { testApp, type TestApp } from '../../../../test/support/app.js';

let app: TestApp;
beforeAll(async () => void (app = await testApp()));
afterAll(() => app.close());

const PATH = '/v1/fhir/$process-message';

async function send(body: string | Buffer | object, type = 'application/fhir+json', path = PATH) {
  const answer = await app.http
    .post(path)
    .set(await app.as())
    .set('content-type', type)
    .serialize((sent: unknown) => sent as string)
    .send(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  return { status: answer.status, body: JSON.parse(answer.text || 'null'), text: answer.text };
}
const get = async (path: string, who = app.as()) => app.http.get(path).set(await who);
const rows = (sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  asOwner(app.ownerUrl, async (c) => (await c.query(sql, values)).rows as Record<string, unknown>[]);
const focusOf = (body: { entry: { resource: { id: string } }[] }): string => body.entry[1]?.resource.id ?? '';
const at = (...places: string[]) => ({
  resourceType: 'OperationOutcome',
  issue: places.map((place) => ({ severity: 'error', expression: [place] })),
});

describe('text that no database keeps', () => {
  const related = { resourceType: 'RelatedPerson', patient: { reference: 'urn:uuid:5b1f0d6e-0000-4000-8000-000000000002' } };
  test.each<[string, MessageChanges, string]>([
    ['half a surrogate pair in the source id', { source: 'A\ud800B' }, 'Bundle.entry[1].resource.identifier[0].value'],
    [
      'in the endpoint of the sender',
      { header: { source: { endpoint: 'https://sender.example/\ud800' } } },
      'Bundle.entry[0].resource.source.endpoint',
    ],
    [
      'in the name of a mother',
      { and: [{ ...related, name: [{ family: '\udc00', given: ['Sam'] }] }] },
      'Bundle.entry[4].resource.name[0].family',
    ],
    ['the zero character, where nobody reads', { patient: { text: { div: 'a\0b' } } }, 'Bundle.entry[2].resource.text.div'],
    ['a name that would reach a prototype', { patient: { photo: [{ constructor: 1 }] } }, 'Bundle.entry[2].resource.photo[0]'],
    ['a name that is none', { patient: { '\ud800': 1 } }, 'Bundle.entry[2].resource'],
  ])('%s is refused by its place', async (_, changes, place) => {
    const answer = await send(barsMessage({ nhsNumber: null, ...changes }));
    expect(answer).toMatchObject({ status: 400, body: at(place) });
    expect(await rows(`select 1 from referral where source_id like 'A%B'`)).toEqual([]);
  });

  it('is refused in the note of a decision, and under another spelling of the address', async () => {
    expect((await send({ outcome: 'done', note: '\ud800' }, 'application/json', '/v1/fhir/set-aside/x/resolve')).status).toBe(400);
    expect((await send(barsMessage({ source: 'A\ud800B' }), 'application/json', '/v1/%66hir/$process-message')).status).toBe(400);
  });
});

describe('a failure', () => {
  /** The database takes no answer: what was done before it must not stay. */
  const failing = async (message: object): Promise<number> => {
    await rows(`alter table fhir_message add constraint no_answer check (answer is null) not valid`);
    try {
      return (await send(message)).status;
    } finally {
      await rows(`alter table fhir_message drop constraint no_answer`);
    }
  };
  const changed = () =>
    rows(
      `select (select count(*) from referral) as referrals, (select count(*) from pathway_event) as events, (select count(*) from fhir_message) as messages`,
    );

  it('after a referral was taken in takes it back; the same message again is done once', async () => {
    const message = barsMessage();
    const before = await changed();
    expect(await failing(message)).toBe(422);
    expect(await changed()).toEqual(before);
    const [first, second] = [await send(message), await send(message)];
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
  });

  it('after an update takes every part of it back', async () => {
    await send(barsMessage({ source: 'F-1', nhsNumber: null }));
    const before = await changed();
    const update = barsMessage({
      source: 'F-1',
      nhsNumber: null,
      reason: 'update',
      request: { priority: 'urgent', authoredOn: '2026-11-01' },
    });
    expect(await failing(update)).toBe(422);
    expect(await changed()).toEqual(before);
    expect((await send(update)).status).toBe(200);
  });
});

describe('the encoding', () => {
  const zoe = () => JSON.stringify(barsMessage({ patient: { name: [{ family: 'Example', given: ['Zoë'] }] } }));
  it('is UTF-8, and nothing is put in the place of a letter that is not', async () => {
    expect((await send(Buffer.from(zoe(), 'latin1'))).status).toBe(400);
    expect((await send(Buffer.from(zoe(), 'utf16le'))).status).toBe(400);
    const { status, body } = await send(Buffer.from(zoe()), 'application/fhir+json; charset="UTF-8"');
    expect(status).toBe(200);
    const [kept] = await rows(
      'select i.given_name from referral r join person_identity i on i.tenant = r.tenant and i.person_id = r.person_id where r.id = $1',
      focusOf(body),
    );
    expect(kept).toEqual({ given_name: 'Zoë' });
  });

  test.each(['latin1', 'utf-16', 'windows-1252'])('%s as a label is another media type', async (charset) => {
    expect(await send(zoe(), `application/fhir+json; charset=${charset}`)).toMatchObject({
      status: 415,
      body: { resourceType: 'OperationOutcome' },
    });
  });
});

describe('who the child is', () => {
  const numbers = (...values: string[]) => ({
    patient: { identifier: values.map((value) => ({ system: 'https://fhir.nhs.uk/Id/nhs-number', value })) },
  });
  it('a birth date has no time', async () => {
    expect(await send(barsMessage({ patient: { birthDate: '2019-05-04T23:30:00Z' } }))).toMatchObject({
      status: 400,
      body: at('Patient.birthDate'),
    });
  });

  it('two NHS numbers are for a person; one told twice is one', async () => {
    const [one, other] = [nhsNumber(), nhsNumber()];
    const { status, text } = await send(barsMessage(numbers(one, other)));
    expect(status).toBe(202);
    expect(text).toContain('nhs-number');
    expect(text).not.toContain(one);
    expect((await send(barsMessage(numbers(one, `${one.slice(0, 3)} ${one.slice(3)}`)))).status).toBe(200);
  });

  it('an update with another NHS number is for a person', async () => {
    const first = barsMessage({ source: 'I-1' });
    await send(first);
    const answer = await send(barsMessage({ source: 'I-1', reason: 'update', request: { priority: 'urgent' } }));
    expect(answer).toMatchObject({ status: 202 });
    expect(answer.text).toContain('nhs-number');
  });

  it('a first NHS number in an update is not taken over, and the answer says so', async () => {
    await send(barsMessage({ source: 'I-2', nhsNumber: null }));
    const answer = await send(barsMessage({ source: 'I-2', reason: 'update' }));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('The NHS number was not taken over');
  });

  it('an update with another birth date puts the child in dispute, says so, and says it once', async () => {
    const number = nhsNumber();
    const other = { patient: { birthDate: '2018-05-04' } };
    const later = () => app.clock.moveTo(new Date(app.clock.now().getTime() + 60_000));
    const { body } = await send(barsMessage({ source: 'I-3', nhsNumber: number }));
    const { personId } = (await get(`/v1/referrals/${focusOf(body)}`)).body as { personId: string };
    const disputes = async () =>
      ((await get('/v1/duplicates/disputes')).body as { items: { personId: string; birthDates: string[] }[] }).items.filter(
        (d) => d.personId === personId,
      );
    later();
    const same = await send(barsMessage({ source: 'I-3', nhsNumber: number, reason: 'update' }));
    expect(same.text).not.toContain('dispute');
    expect(await disputes()).toEqual([]);
    later();
    const answer = await send(barsMessage({ source: 'I-3', nhsNumber: number, reason: 'update', ...other }));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('in dispute');
    expect(await disputes()).toMatchObject([{ birthDates: ['2018-05-04', '2019-05-04'] }]);
    await app.http
      .post(`/v1/duplicates/disputes/${personId}/decide`)
      .set(await app.as())
      .send({ birthDate: '2019-05-04', reason: 'Red book' })
      .expect(200);
    later();
    // What a person has decided is not undone by a sender who says again what it said before.
    expect((await send(barsMessage({ source: 'I-3', nhsNumber: number, reason: 'update', ...other }))).status).toBe(200);
    expect(await disputes()).toEqual([]);
  });
});

describe('the same address otherwise', () => {
  it('$ may be written %24', async () => {
    expect((await send(barsMessage(), 'application/fhir+json', '/v1/fhir/%24process-message')).status).toBe(200);
  });

  test.each(['json', 'application/json', 'application/fhir%2Bjson', 'application/fhir+json'])(
    '_format=%s is what is answered anyway',
    async (format) => {
      for (const path of ['ServiceRequest', 'EpisodeOfCare', 'MeasureReport', 'metadata']) {
        expect((await get(`/v1/fhir/${path}?_format=${format}`)).status).toBe(200);
      }
    },
  );

  test.each(['xml', 'application/fhir+xml', 'ttl'])('_format=%s is refused', async (format) => {
    for (const path of ['ServiceRequest', 'EpisodeOfCare', 'MeasureReport', 'metadata']) {
      const { status, text } = await get(`/v1/fhir/${path}?_format=${format}`);
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject(at('_format'));
    }
  });

  it('a figure of a day to come is not complete, and is refused', async () => {
    const { status, text } = await get('/v1/fhir/MeasureReport?measure=sitrep&asOf=2030-01-01');
    expect(status).toBe(422);
    expect(JSON.parse(text)).toMatchObject(at('asOf'));
  });
});
