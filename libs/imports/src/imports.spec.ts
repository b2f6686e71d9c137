import { admin, HEAD, importingApp, ROW, rowOf, type ImportingApp } from './importing.fixture.js';

let app: ImportingApp;
beforeAll(async () => void (app = await importingApp()));
afterAll(() => app.close());

describe('a file of referrals', () => {
  it('is taken in, and the same file again changes nothing', async () => {
    const first = await app.take(`${HEAD}\n${ROW}\n`);
    expect(first).toMatchObject({ state: 'finished', whyStopped: null, layout: 'referrals', rowsRead: 1, rowsBad: 0, counts: { new: 1 } });
    expect(await app.take(`${HEAD}\n${ROW}\n`)).toMatchObject({ state: 'finished', counts: { same: 1 } });
  });

  it('sets bad rows aside with what was found, and takes in the good ones', async () => {
    const bad = ROW.replace('R-1', 'R-2').replace('2026-01-05', '31/02/2026').replace('routine', 'soon');
    const view = await app.take(`${HEAD}\r\n${bad}\r\n${ROW.replace('R-1', 'R-3')}\r\n`, { badShare: 1 });
    expect(view).toMatchObject({ state: 'finished', rowsBad: 1, counts: { new: 1 } });
    expect(await app.rejectsOf(view)).toEqual(['2 received_on bad-date', '2 priority unknown-code']);
  });

  it('stops for a person when too much of it is bad, and goes on when confirmed', async () => {
    const view = await app.take(`${HEAD}\n${ROW.replace('R-1', 'R-4')}\nx,y,z\n`);
    expect(view).toMatchObject({ state: 'to-confirm', rowsBad: 1 });
    expect(await app.confirm(view)).toMatchObject({ state: 'finished', counts: { new: 1 } });
  });

  it('checks without changing anything', async () => {
    expect(await app.take(`${HEAD}\n${ROW.replace('R-1', 'R-5')}\n`, { mode: 'check' })).toMatchObject({
      state: 'finished',
      counts: { new: 1 },
    });
    expect(await app.take(`${HEAD}\n${ROW.replace('R-1', 'R-5')}\n`, { mode: 'check' })).toMatchObject({ counts: { new: 1 } });
  });

  it('of a newer extract updates what is held, and an older one does not', async () => {
    const row = ROW.replace('R-1', 'R-6');
    await app.take(`${HEAD}\n${row}\n`, { extractedOn: '2026-10-31' });
    const newer = row.replace('routine', 'urgent').replace('2026-01-05', '2026-01-02');
    expect(await app.take(`${HEAD}\n${newer}\n`, { extractedOn: '2026-11-20' })).toMatchObject({ rowsBad: 0, counts: { changed: 1 } });
    const types = await app.database.inTenant(admin, (tx) =>
      tx.query(
        `select e.type from pathway_event e join referral r on r.tenant = e.tenant and r.id = e.referral_id where r.tenant = 'TEST' and r.source_id = 'R-6' order by e.seq`,
      ),
    );
    expect(types.map((e) => e['type'])).toEqual(['referral-received', 'received-on-corrected', 'priority-changed']);
    expect(await app.take(`${HEAD}\n${row}\n`, { extractedOn: '2026-11-01' })).toMatchObject({ counts: { older: 1 } });
    expect(await app.take(`${HEAD}\n${newer}\n`, { extractedOn: '2026-11-21' })).toMatchObject({ counts: { same: 1 } });
  });

  it('puts an identity in dispute where one number has two birth dates', async () => {
    await app.take(`${HEAD}\n${ROW.replace('R-1', 'R-7').replace('2021-05-04', '2020-05-04')}\n`);
    const rows = await app.database.inTenant(admin, (tx) =>
      tx.query(
        `select p.identity_disputed_at is not null as disputed from person p join referral r on r.tenant = p.tenant and r.person_id = p.id where r.tenant = 'TEST' and r.source_id = 'R-7'`,
      ),
    );
    expect(rows).toEqual([{ disputed: true }]);
  });

  it('names a row that repeats another otherwise', async () => {
    const row = rowOf('R-8');
    const view = await app.take(`${HEAD}\n${row}\n${row}\n${row.replace('Asha', 'Other')}\n`, { badShare: 1 });
    expect(view.counts).toEqual({ new: 1, same: 1 });
    expect(await app.rejectsOf(view)).toEqual(['4 source_id repeated']);
  });
});

describe('a file of events', () => {
  const EVENT_HEAD =
    'source_system,source_id,event_id,type,occurred_on,attendance,mechanism,purpose,reason,closure_code,decided_by_name,decided_by_role,family_told_on';

  it('is told in the order of days, by the rules every event is checked by, and once', async () => {
    await app.take(`${HEAD}\n${rowOf('R-10')}\n`);
    const file = [
      EVENT_HEAD,
      'systmone,R-10,E-2,discharged,01/06/2026,,,,goals-met,,,,',
      'systmone,R-10,E-1,contact,2026-03-10,5,01,treatment,,,,,',
      'systmone,R-99,E-3,contact,2026-03-10,attended,telephone,assessment,,,,,',
    ].join('\n');
    const view = await app.take(file, { badShare: 1 });
    expect(view).toMatchObject({ state: 'finished', layout: 'events', counts: { new: 2 } });
    expect(await app.rejectsOf(view)).toEqual(['4 source_id not-held']);
    expect(await app.take(file, { badShare: 1 })).toMatchObject({ counts: { new: 0, same: 2 } });
  });

  it('wants a named clinician for an end without treatment, and never takes a code for a death', async () => {
    await app.take(`${HEAD}\n${rowOf('R-11')}\n${rowOf('R-12')}\n`);
    const file = [
      EVENT_HEAD,
      'systmone,R-11,E-1,closed,2026-06-01,,,,,03,,,',
      'systmone,R-11,E-2,closed,2026-06-01,,,,,03,Dr Field,consultant,',
      'systmone,R-12,E-1,closed,2026-06-01,,,,,06,,,',
    ].join('\n');
    const view = await app.take(file, { badShare: 1 });
    expect(await app.rejectsOf(view)).toEqual(['2 decided_by_name missing', '4 closure_code may-mean-death']);
    const asserted = await app.database.inTenant(admin, (tx) =>
      tx.query(`select type, asserted_by_import as asserted from pathway_event where tenant = 'TEST' and type = 'removed'`),
    );
    expect(asserted).toEqual([{ type: 'removed', asserted: true }]);
    const holds = await app.database.inTenant(admin, (tx) => tx.query(`select why from message_hold where tenant = 'TEST'`));
    expect(holds).toEqual([{ why: 'a closure code may mean a death' }]);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['empty', '', /empty/],
    ['a header only', `${HEAD}\n`, /no rows/],
    ['a zip', 'PK\x03\x04rest', /zip/],
    ['binary', Buffer.from([0x89, 0, 1, 2, 3, 0xff, 0, 7]), /not text/],
    ['a null byte', `${HEAD}\n${ROW.replace('Asha', 'As\0ha')}\n`, /zero bytes/],
    ['quotes never closed', `${HEAD}\n"${ROW}\n${ROW}\n`, /never closed/],
    ['one huge line', `${HEAD}\n${'x'.repeat(1_200_000)}\n`, /longer than/],
    ['10,000 columns', `${Array.from({ length: 10_000 }, (_, i) => `c${i}`).join()}\n1\n`, /10000 columns/],
    ['a column twice', `${HEAD},need\n${ROW},x\n`, /there twice: need/],
    ['unknown and missing columns', `service,colour\nx,y\n`, /unknown: colour; missing: source_system, source_id/],
  ])('%s: says so, and nothing is in', async (_, text, why) => {
    const view = await app.take(text);
    expect(view.state).toBe('failed');
    expect(view.whyStopped).toMatch(why);
    expect(view.rowsApplied).toBe(0);
  });
});

describe('a file of another make', () => {
  const named = (n: number): string => ROW.replace('R-1', `R-2${n}`).replace('9990000018', '').replace('Asha', 'Zoë');
  it.each([
    ['UTF-8 with a mark', (s: string) => Buffer.from(`\ufeff${s}`)],
    ['UTF-16 with a mark', (s: string) => Buffer.from(`\ufeff${s}`, 'utf16le')],
    ['UTF-16 without', (s: string) => Buffer.from(s, 'utf16le')],
    ['Windows-1252', (s: string) => Buffer.from(s, 'latin1')],
    ['semicolons', (s: string) => Buffer.from(s.replaceAll(',', ';'))],
    ['tabs', (s: string) => Buffer.from(s.replaceAll(',', '\t'))],
    ['old line ends', (s: string) => Buffer.from(s.replaceAll('\n', '\r'))],
  ])('%s is read', async (name, make) => {
    const n = name.length;
    const view = await app.take(make(`${HEAD}\n${named(n)}\n`) as never);
    expect({ ...view, name }).toMatchObject({ state: 'finished', rowsBad: 0, rowsRead: 1 });
  });

  it('renames columns and values by a mapping, and leaves columns out', async () => {
    const mapping =
      'columns: {"Referral ID": source_id, DOB: birth_date}\nvalues: {service: {SLT: speech-and-language-therapy}}\nconstants: {source_system: rio}\nignore: [Colour]\n';
    const text =
      'service,Referral ID,received_on,priority,source_of_referral,Given Name,family-name,DOB,need,Colour\nSLT,9,05/01/2026,1,gp,Asha,Example,04/05/2021,stammering,red\n';
    expect(await app.take(text, { mapping })).toMatchObject({ state: 'finished', rowsBad: 0, counts: { new: 1 } });
  });

  it('has constants for the services that take them, and passes blank rows over', async () => {
    const mapping = 'constants: {team: A06, dysphagia_risk: "no"}\n';
    const [salt, mh] = ['M-1', 'M-2'].map(rowOf);
    const rows = [
      `${salt},`,
      ',,,',
      '',
      `${mh?.replace('speech-and-language-therapy', 'mental-health').replace('stammering', '')},05`,
      ' , ',
    ];
    const view = await app.take([`${HEAD},reason`, ...rows].join('\n'), { mapping });
    expect(view).toMatchObject({ state: 'finished', rowsRead: 2, rowsBad: 0, counts: { new: 2 } });
  });
});

describe('a file of FHIR', () => {
  const SPEECH_THERAPY = '308452008';
  const patient = {
    resourceType: 'Patient',
    id: 'p1',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000026' }],
    name: [{ family: 'Example', given: ['Noor'] }],
    birthDate: '2020-03-01',
  };
  const request = (id: string, code: string): object => ({
    resourceType: 'ServiceRequest',
    id,
    identifier: [{ system: 'https://example.org/referral', value: id }],
    status: 'active',
    intent: 'order',
    category: [{ coding: [{ system: 'https://fhir.nhs.uk/CodeSystem/message-category-servicerequest', code: 'referral' }] }],
    code: { coding: [{ system: 'http://snomed.info/sct', code }] },
    subject: { reference: 'Patient/p1' },
    authoredOn: '2026-03-28T23:30:00+00:00',
  });

  it('with one resource a line is taken in; what maps to no service is set aside', async () => {
    const lines = [patient, request('F-1', SPEECH_THERAPY), request('F-2', '999999')].map((r) => JSON.stringify(r)).join('\n');
    const view = await app.take(lines, { fileName: 'list.ndjson', badShare: 1 });
    expect(view).toMatchObject({ state: 'finished', whyStopped: null, rowsRead: 2, rowsBad: 1 });
    expect(await app.rejectsOf(view)).toEqual([expect.stringMatching(/^2 .* unknown-code$/)]);
    expect(await app.take(lines, { badShare: 1 })).toMatchObject({ counts: { same: 1 } });
  });

  it('names the codes that map to no service, and never half of a character', async () => {
    // The code system and its bar are 23 characters: the emoji stands across the place where what was found is cut.
    const odd = `${'1'.repeat(176)}\u{1F600}`;
    const lines = [patient, request('F-7', odd), request('F-8', SPEECH_THERAPY)].map((r) => JSON.stringify(r)).join('\n');
    const view = await app.take(lines, { fileName: 'list.ndjson', badShare: 1 });
    expect(view).toMatchObject({ state: 'finished', rowsBad: 1, counts: { new: 1 } });
    const [found] = await app.rows<{ found: string }>(
      `select problems -> 0 ->> 'found' as found from import_reject where tenant = $1 and import_id = $2`,
      view.id,
    );
    expect(found?.found).toMatch(/^http:\/\/snomed.info\/sct\|1{176}$/);
  });

  it.each(['\\u0000', '\\ud83d', '\\udc00 '])('a resource with %s in it is set aside: no text holds that', async (escape) => {
    const lines = [patient, request('F-4', SPEECH_THERAPY)].map((r) => JSON.stringify(r)).join('\n');
    expect(await app.take(lines.replaceAll('F-4', escape), { badShare: 1 })).toMatchObject({ state: 'finished', rowsBad: 1, counts: {} });
    expect(await app.take(lines.replace('Noor', '\\ud83d\\ude00'))).toMatchObject({ state: 'finished', rowsBad: 0 });
  });

  it('tells the contacts its Encounters are, each once, and sets aside one that does not say what it was for', async () => {
    const encounter = (id: string, day: string, purpose?: string): object => ({
      resourceType: 'Encounter',
      id,
      status: 'finished',
      class: { code: 'AMB' },
      ...(purpose ? { type: [{ coding: [{ system: 'https://meanwhile.example/fhir/CodeSystem/contact-purpose', code: purpose }] }] } : {}),
      basedOn: [{ reference: 'ServiceRequest/F-6' }],
      subject: { reference: 'Patient/p1' },
      period: { start: `${day}T10:00:00+01:00` },
    });
    const lines = (...encounters: object[]): string =>
      [patient, request('F-6', SPEECH_THERAPY), ...encounters].map((r) => JSON.stringify(r)).join('\n');
    const contacts = (): Promise<unknown[]> =>
      app.rows(`select e.occurred_on as day, e.data ->> 'purpose' as purpose from pathway_event e join referral r on r.tenant = e.tenant and r.id = e.referral_id
        where e.tenant = $1 and e.type = 'contact' and r.source_id = 'F-6' order by 1`);
    const first = await app.take(lines(encounter('e1', '2026-05-04', 'assessment'), encounter('e2', '2026-05-05')), { badShare: 1 });
    expect(await app.rejectsOf(first)).toEqual([expect.stringMatching(/^2 Encounter\S* /)]);
    expect(await contacts()).toEqual([{ day: '2026-05-04', purpose: 'assessment' }]);
    await app.take(lines(encounter('e1', '2026-05-04', 'assessment'), encounter('e3', '2026-06-01', 'treatment')));
    expect(await contacts()).toEqual([
      { day: '2026-05-04', purpose: 'assessment' },
      { day: '2026-06-01', purpose: 'treatment' },
    ]);
    // One that cannot be, before the receipt, leaves the others alone.
    const last = await app.take(lines(encounter('e4', '2026-02-02', 'review'), encounter('e5', '2026-06-08', 'treatment')), {
      badShare: 1,
    });
    expect(await app.rejectsOf(last)).toHaveLength(1);
    expect(await contacts()).toContainEqual({ day: '2026-06-08', purpose: 'treatment' });
  });

  it('as a Bundle is taken in', async () => {
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [patient, request('F-3', SPEECH_THERAPY)].map((resource) => ({ resource })),
    };
    expect(await app.take(JSON.stringify(bundle, null, 1))).toMatchObject({ state: 'finished', rowsBad: 0, counts: { new: 1 } });
  });

  it.each(['{"resourceType": "Bundle", "entry": [', '{"a": 1}', `{"resourceType": "Bundle", "x": ${'['.repeat(5_000)}`])(
    'that is none says so: %.30s',
    async (text) => {
      const view = await app.take(text);
      expect(['failed', 'to-confirm']).toContain(view.state);
      expect(view.rowsApplied).toBe(0);
    },
  );
});
