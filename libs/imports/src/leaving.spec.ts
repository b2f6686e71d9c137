import { referral } from '../../../test/support/referrals.js';
import { admin, fileOf, importingApp, rowOf, type ImportingApp } from './importing.fixture.js';

let app: ImportingApp;
beforeAll(async () => void (app = await importingApp()));
afterAll(() => app.close());

const WHOLE = { complete: true };
/** So many rows of one source system: the lists of one test are none of another's. */
const rows = (system: string, count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, i) => rowOf(`R-${from + i}`).replace('systmone', system));

/** Taken in, and computed by the workers. */
async function onList(...list: string[]): Promise<void> {
  expect(await app.take(fileOf(...list), { extractedOn: '2026-10-31' })).toMatchObject({ counts: { new: list.length } });
  await app.workersLook();
}

const tell = async (system: string, id: string, type: string): Promise<unknown> =>
  app.take(
    `source_system,source_id,type,occurred_on,reason,decided_by_name,decided_by_role\n${system},${id},${type},2026-06-01,moved-away,Dr Field,consultant\n`,
  );

const statesOf = (system: string): Promise<{ id: string; state: string }[]> =>
  app.rows(
    `select r.source_id as id, s.state from referral r join referral_state s on s.tenant = r.tenant and s.referral_id = r.id
      where r.tenant = $1 and r.source_system = $2 order by length(r.source_id), r.source_id`,
    system,
  );

describe('a file said to be the whole list', () => {
  it('tells what it lacks, and does nothing to it', async () => {
    await onList(...rows('one', 12));
    const view = await app.take(fileOf(...rows('one', 10)), WHOLE);
    expect(view).toMatchObject({ state: 'finished', complete: true, counts: { same: 10, missing: 2 } });
    expect(await app.missingFrom(view)).toEqual(['R-11', 'R-12']);
    await app.workersLook();
    expect(new Set((await statesOf('one')).map(({ state }) => state))).toEqual(new Set(['waiting']));
    expect(await app.rows(`select from pathway_event where tenant = $1 and type <> 'referral-received'`)).toEqual([]);
  });

  it('counts it in a check too, and nothing where nothing is missing', async () => {
    expect(await app.take(fileOf(...rows('one', 11)), { ...WHOLE, mode: 'check' })).toMatchObject({ counts: { same: 11, missing: 1 } });
    expect(await app.take(fileOf(...rows('one', 12)), WHOLE)).toMatchObject({ counts: { same: 12, missing: 0 } });
  });

  it('stops for a person when it lacks too many, and goes on when confirmed', async () => {
    await onList(...rows('two', 40));
    const view = await app.take(fileOf(...rows('two', 28), ...rows('two', 1, 41)), WHOLE);
    expect(view).toMatchObject({ state: 'to-confirm', rowsApplied: 0, counts: {} });
    expect(view.whyStopped).toMatch(/^12 of 40 open referrals are missing from this list, more than 5 %\. Nothing is ended or changed/);
    // Which they are can be read before anybody confirms.
    expect(await app.missingFrom(view)).toHaveLength(12);
    expect(await app.confirm(view)).toMatchObject({ state: 'finished', counts: { new: 1, same: 28, missing: 12 } });
    expect(await app.missingFrom(view)).toHaveLength(12);
  });

  it('says so also of what was taken in a moment ago', async () => {
    await app.take(fileOf(...rows('three', 12)));
    expect(await app.take(fileOf(...rows('three', 1)), WHOLE)).toMatchObject({ state: 'to-confirm' });
  });

  it('is the list of one import: what comes later changes where they stand, not which they were', async () => {
    await onList(...rows('four', 3));
    const view = await app.take(fileOf(...rows('four', 1)), WHOLE);
    await app.take(fileOf(...rows('four', 3)), WHOLE);
    await tell('four', 'R-2', 'removed');
    const [first] = await app.imports.missing(admin, view.id, 1, null);
    const [second, ...none] = await app.imports.missing(admin, view.id, 2, first?.id ?? null);
    expect(none).toEqual([]);
    expect([first, second].map((each) => `${each?.source.id} ${each?.state}`).sort()).toEqual(['R-2 removed', 'R-3 waiting']);
  });

  it('does not lack a referral whose row was set aside', async () => {
    await onList(...rows('five', 5));
    const [good, bad, long, lost, otherwise] = rows('five', 5);
    const list = [
      good,
      bad?.replace('routine', 'soon'),
      // A name with a comma in it, not quoted: the cells before it are where they were.
      long?.replace('Sam Example', 'Sam, Example'),
      // And one where the source id cannot be told.
      lost?.replace('five', ''),
      good?.replace('stammering', 'other'),
      otherwise?.replace('speech-and-language-therapy', 'podiatry'),
    ];
    const view = await app.take(fileOf(...list.map(String)), { ...WHOLE, badShare: 1 });
    expect(view).toMatchObject({ rowsBad: 5, counts: { same: 1, missing: 1 } });
    expect(await app.missingFrom(view)).toEqual(['R-4']);
  });

  it('does not lack what has ended, is another provider’s, or comes from another system', async () => {
    await onList(...rows('six', 4), ...rows('seven', 1));
    await app.http
      .post('/v1/referrals')
      .set(await app.as({ org: 'ZZ998' }))
      .send(referral({ provider: 'ZZ998', source: { system: 'six', id: 'R-9' } }))
      .expect(201);
    await tell('six', 'R-2', 'removed');
    await app.workersLook();
    // Not computed yet.
    await tell('six', 'R-3', 'removed');
    const view = await app.take(fileOf(...rows('six', 1)), WHOLE);
    expect(await app.missingFrom(view)).toEqual(['R-4']);
  });

  it('of an older day does not lack what was received or told after that day, nor what a newer file has', async () => {
    const told = (id: string, receivedOn: string): Promise<unknown> =>
      app.as().then((as) =>
        app.http
          .post('/v1/referrals')
          .set(as)
          .send(referral({ receivedOn, source: { system: 'eight', id } }))
          .expect(201),
      );
    await onList(...rows('eight', 3));
    await app.take(fileOf(...rows('eight', 1, 2)), { extractedOn: '2026-11-21' });
    // Heard of today, though one was received before.
    await told('R-10', '2026-11-21');
    await told('R-11', '2026-06-01');
    await app.workersLook();
    const older = await app.take(fileOf(...rows('eight', 1)), { ...WHOLE, extractedOn: '2026-11-20' });
    expect(await app.missingFrom(older)).toEqual(['R-3']);
    const before = await app.take(fileOf(...rows('eight', 1)), { ...WHOLE, extractedOn: '2026-10-30' });
    expect(before.counts).toEqual({ same: 1, missing: 0 });
    const today = await app.take(fileOf(...rows('eight', 1)), WHOLE);
    expect(await app.missingFrom(today)).toEqual(['R-10', 'R-11', 'R-2', 'R-3']);
  });

  it('may be FHIR; what is not active there is in the list all the same', async () => {
    const request = (id: string, status: string): string =>
      JSON.stringify({
        resourceType: 'ServiceRequest',
        id,
        identifier: [{ system: 'https://example.org/referral', value: id }],
        status,
        intent: 'order',
        category: [{ coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/message-category-servicerequest', code: 'referral' }] }],
        code: { coding: [{ system: 'http://snomed.info/sct', code: '308452008' }] },
        subject: { reference: 'Patient/p1' },
        authoredOn: '2026-03-28',
      });
    const patient = JSON.stringify({
      resourceType: 'Patient',
      id: 'p1',
      name: [{ family: 'Example', given: ['Noor'] }],
      birthDate: '2020-03-01',
    });
    await app.take([patient, request('F-1', 'active'), request('F-2', 'active'), request('F-3', 'active')].join('\n'));
    const view = await app.take([patient, request('F-1', 'active'), request('F-2', 'on-hold')].join('\n'), {
      ...WHOLE,
      badShare: 1,
    });
    expect(view).toMatchObject({ state: 'finished', rowsBad: 1 });
    expect(await app.missingFrom(view)).toEqual(['F-3']);
  });

  it('holds referrals, and of any other file nobody knows what is missing', async () => {
    const events = await app.take('source_system,source_id,type,occurred_on\none,R-1,referral-accepted,2026-03-01\n', WHOLE);
    expect(events).toMatchObject({ state: 'failed', whyStopped: expect.stringMatching(/Only a file of referrals/) as string });
    const part = await app.take(fileOf(...rows('one', 1)));
    expect(part).toMatchObject({ complete: false, counts: { same: 1 } });
    await expect(app.imports.missing(admin, part.id, 10, null)).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('a file of events that would end too many', () => {
  it('stops for a person, and ends them when that person says so', async () => {
    await onList(...rows('nine', 12));
    const ends = rows('nine', 11).map((_, i) => `nine,R-${i + 1},removed,2026-06-01,moved-away,Dr Field,consultant`);
    const file = ['source_system,source_id,type,occurred_on,reason,decided_by_name,decided_by_role', ...ends].join('\n');
    const view = await app.take(file);
    expect(view).toMatchObject({ state: 'to-confirm', rowsApplied: 0 });
    expect(view.whyStopped).toMatch(/^11 of \d+ open referrals would leave the list, more than 5 %\.$/);
    await app.workersLook();
    expect((await statesOf('nine')).filter(({ state }) => state !== 'waiting')).toEqual([]);

    expect(await app.confirm(view)).toMatchObject({ state: 'finished', whyStopped: null, counts: { new: 11 } });
    await app.workersLook();
    expect((await statesOf('nine')).filter(({ state }) => state === 'waiting')).toEqual([{ id: 'R-12', state: 'waiting' }]);
  });
});
