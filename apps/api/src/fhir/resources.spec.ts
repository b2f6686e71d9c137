import { WaitFold } from '#waits';
import { testApp, type TestApp } from '../../../../test/support/app.js';
import { referral } from '../../../../test/support/referrals.js';

let app: TestApp;
const ids: string[] = [];

beforeAll(async () => {
  app = await testApp();
  for (const receivedOn of ['2026-01-05', '2026-02-02', null]) {
    const { body } = await app.http
      .post('/v1/referrals')
      .set(await app.as())
      .send(referral({ receivedOn, priority: 'urgent' }));
    ids.push((body as { id: string }).id);
  }
  const events = [
    { type: 'contact', occurredOn: '2026-03-02', data: { attendance: 'attended', mechanism: 'face-to-face', purpose: 'treatment' } },
    { type: 'discharged', occurredOn: '2026-05-04', data: { reason: 'treatment completed' } },
  ];
  for (const event of events) {
    await app.http
      .post(`/v1/referrals/${ids[0]}/events`)
      .set(await app.as())
      .send(event)
      .expect(201);
  }
  await app.server.get(WaitFold).run('TEST');
});
afterAll(() => app.close());

const get = async (path: string, who = app.as()) => {
  const answer = await app.http.get(path).set(await who);
  return { status: answer.status, type: answer.headers['content-type'], body: JSON.parse(answer.text), text: answer.text };
};
const FHIR = expect.stringContaining('application/fhir+json');

describe('ServiceRequest', () => {
  it('gives a provider its own referrals, without a name, page by page', async () => {
    const first = await get('/v1/fhir/ServiceRequest?_count=2');
    expect(first).toMatchObject({ status: 200, type: FHIR, body: { resourceType: 'Bundle', type: 'searchset', entry: [{}, {}] } });
    expect(first.text).not.toContain('Asha');
    const { link } = first.body as { link: { relation: string; url: string }[] };
    const next = new URL(link.find((l) => l.relation === 'next')?.url ?? '');
    const rest = await get(next.pathname + next.search);
    const seen = [...first.body.entry, ...rest.body.entry] as { resource: { id: string } }[];
    expect(seen.map((e) => e.resource.id)).toEqual([...ids].sort());
    expect(rest.body.link).toHaveLength(1);
    expect(seen.find((e) => e.resource.id === ids[1])?.resource).toMatchObject({ status: 'active', priority: 'urgent', intent: 'order' });
    expect((await get('/v1/fhir/ServiceRequest', app.as({ org: 'ZZ998' }))).body.entry).toEqual([]);
  });

  it('refuses other roles, other parameters and cursors of others', async () => {
    expect((await get('/v1/fhir/ServiceRequest', app.as({ roles: ['icb-manager'], org: 'QZZ' }))).status).toBe(403);
    for (const query of ['_count=0', '_count=x', '_cursor=x', 'patient=1']) {
      expect(await get(`/v1/fhir/ServiceRequest?${query}`)).toMatchObject({
        status: 400,
        type: FHIR,
        body: { resourceType: 'OperationOutcome' },
      });
    }
  });
});

describe('EpisodeOfCare', () => {
  it('says waitlist, active and finished, with the days of each', async () => {
    const { body } = await get('/v1/fhir/EpisodeOfCare');
    const of = (id: string | undefined) => (body.entry as { resource: { id: string } }[]).find((e) => e.resource.id === id)?.resource;
    expect(of(ids[0])).toMatchObject({
      status: 'finished',
      period: { start: '2026-01-05', end: '2026-05-04' },
      statusHistory: [
        { status: 'waitlist', period: { start: '2026-01-05', end: '2026-03-02' } },
        { status: 'active', period: { start: '2026-03-02', end: '2026-05-04' } },
        { status: 'finished', period: { start: '2026-05-04' } },
      ],
      referralRequest: [{ reference: `ServiceRequest/${ids[0]}` }],
    });
    expect(of(ids[1])).toMatchObject({ status: 'waitlist', period: { start: '2026-02-02' } });
    expect(of(ids[2])).toMatchObject({ status: 'waitlist', period: {} });
  });
});

describe('MeasureReport', () => {
  const reportOf = async (who: ReturnType<TestApp['as']>, query = 'measure=sitrep&service=speech-and-language-therapy') =>
    (await get(`/v1/fhir/MeasureReport?${query}`, who)).body.entry[0].resource;

  it('is exact for the provider, and holds no number a commissioner may not see', async () => {
    const own = await reportOf(app.as());
    expect(own).toMatchObject({ resourceType: 'MeasureReport', status: 'complete', type: 'summary', period: { end: '2026-11-22' } });
    expect(own.group[0].population[0]).toEqual({ code: { text: 'waiting' }, count: 1 });
    const suppressed = await reportOf(app.as({ roles: ['commissioner'], org: 'QZZ' }));
    const masked = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] };
    expect(suppressed.group[0].population[0]).toEqual({ code: { text: 'waiting' }, _count: masked });
    const counts = (suppressed.group[0].population as { count?: number }[]).flatMap((p) => p.count ?? []);
    expect(counts.filter((n) => n > 0)).toEqual([]);
    const grouped = await reportOf(app.as(), 'measure=sitrep&groupBy=provider');
    expect(grouped.group[0].stratifier[0].stratum[0]).toMatchObject({
      component: [{ code: { text: 'provider' }, value: { text: 'ZZ999' } }],
    });
  });

  it('is refused as the report is', async () => {
    expect(await get('/v1/fhir/MeasureReport?measure=nothing')).toMatchObject({ status: 400, body: { resourceType: 'OperationOutcome' } });
  });
});

it('metadata says what is done, to anybody', async () => {
  expect(await get('/v1/fhir/metadata', Promise.resolve({}) as never)).toMatchObject({
    status: 200,
    type: FHIR,
    body: { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1', kind: 'instance' },
  });
});
