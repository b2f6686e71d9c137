import { nhsNumber } from '../../../test/support/referrals.js';
import { openBundle } from './bundle.js';
import { referralsOfBundle, referralsOfNdjson, type ReferralInFile } from './referrals-of-bundle.js';
import { loadServiceMap, ServiceMap } from './service-map.js';

const map = loadServiceMap(null);
const OPTIONS = { provider: 'ZZ999', today: '2026-11-22', badNhsNumber: 'set-aside' as const, sourceSystem: 'test' };
const sct = (code: string): object => ({ coding: [{ system: 'http://snomed.info/sct', code }] });

describe('a file', () => {
  const options = { ...OPTIONS, receivedOn: 'authored' as const };
  const patient = {
    resourceType: 'Patient',
    id: 'p',
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber() }],
    name: [{ family: 'Example', given: ['Asha'] }],
    birthDate: '2019-05-04',
  };
  const request = {
    resourceType: 'ServiceRequest',
    id: 'r',
    status: 'active',
    intent: 'order',
    code: sct('308452008'),
    subject: { reference: 'Patient/p' },
    authoredOn: '2026-06-30T23:30:00Z',
  };
  const lines = (...resources: object[]): string => resources.map((r) => JSON.stringify(r)).join('\n');

  it('says of every row what is wrong, and goes on', () => {
    const read = referralsOfNdjson(
      `{"a":\n${lines(request, { ...request, id: 's', subject: { reference: 'Patient/q' } }, patient)}`,
      map,
      options,
    );
    expect(read.map((r) => [r.place, r.newReferral !== null, r.problems.map((p) => `${p.code} ${p.path}`)])).toEqual([
      ['line 1', false, ['invalid ']],
      ['ServiceRequest/r', true, []],
      ['ServiceRequest/s', false, ['reference ServiceRequest.subject']],
    ]);
  });

  it('as a bundle of any type; an unknown start stays unknown', () => {
    const bundle = { resourceType: 'Bundle', type: 'searchset', entry: [request, patient].map((resource) => ({ resource })) };
    expect(referralsOfBundle(bundle, map, { ...options, receivedOn: 'unknown' })).toMatchObject([
      { newReferral: { receivedOn: null, authoredOn: '2026-07-01' } },
    ]);
    expect(referralsOfBundle([], map, options)).toMatchObject([{ place: 'Bundle', problems: [{ code: 'invalid' }] }]);
    expect(openBundle({ entry: [{ resource: patient }, { resource: patient }] }).errors).toHaveLength(1);
  });
});

describe('an encounter of a referral', () => {
  const options = { ...OPTIONS, receivedOn: 'authored' as const };
  const purpose = (code: string): object => ({ coding: [{ system: 'https://meanwhile.example/fhir/CodeSystem/contact-purpose', code }] });
  const mechanism = (code: string): object => ({
    coding: [{ system: 'https://meanwhile.example/fhir/CodeSystem/contact-mechanism', code }],
  });
  const child = (id: string): object => ({
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber() }],
    name: [{ family: 'Example', given: ['Asha'] }],
    birthDate: '2019-05-04',
  });
  const request = {
    resourceType: 'ServiceRequest',
    id: 'r',
    status: 'active',
    intent: 'order',
    code: sct('308452008'),
    subject: { reference: 'Patient/p' },
    authoredOn: '2026-06-30',
  };
  const told = {
    resourceType: 'Encounter',
    id: 'e',
    status: 'finished',
    class: { code: 'AMB' },
    type: [sct('386053000')],
    basedOn: [{ reference: 'ServiceRequest/r' }],
    period: { start: '2026-08-03T23:30:00Z' },
  };
  const read = (changes: object, using = map): ReferralInFile[] =>
    referralsOfNdjson([request, child('p'), child('q'), { ...told, ...changes }].map((r) => JSON.stringify(r)).join('\n'), using, options);

  test.each<[string, object, object]>([
    [
      'an assessment in a clinic',
      {},
      {
        eventId: 'Encounter/e',
        occurredOn: '2026-08-04',
        data: { attendance: 'attended', mechanism: 'face-to-face', purpose: 'assessment' },
      },
    ],
    [
      'treatment at home',
      { class: { code: 'HH' }, type: [sct('277132007')] },
      { data: { mechanism: 'face-to-face', purpose: 'treatment' } },
    ],
    [
      'by our own codes',
      { type: [purpose('review'), mechanism('video')], class: { code: 'VR' } },
      { data: { mechanism: 'video', purpose: 'review' } },
    ],
    ['by its service type', { type: [], serviceType: purpose('triage') }, { data: { purpose: 'triage' } }],
    [
      'by its reason',
      { type: [sct('185317003')], reasonCode: [purpose('treatment')] },
      { data: { mechanism: 'telephone', purpose: 'treatment' } },
    ],
    ['a code nobody knows beside one', { type: [sct('1'), purpose('treatment')] }, { data: { purpose: 'treatment' } }],
  ])('is a contact: %s', (_, changes, contact) =>
    expect(read(changes)).toMatchObject([{ place: 'ServiceRequest/r', careContacts: [contact] }]),
  );

  test.each<[string, object, string]>([
    ['no purpose', { type: undefined }, 'Encounter.type'],
    ['a code nobody has mapped', { type: [sct('185389009')] }, 'Encounter.type'],
    ['two purposes', { type: [purpose('review'), purpose('treatment')] }, 'Encounter.type'],
    ['a virtual one that does not say how', { class: { code: 'VR' } }, 'Encounter.class'],
    ['two ways to meet', { type: [purpose('review'), mechanism('video'), mechanism('telephone')] }, 'Encounter.class'],
    ['no day', { period: { start: '2026-08' } }, 'Encounter.period.start'],
    ['a day to come', { period: { start: '2027-08-03' } }, 'Encounter.period.start'],
    ['cancelled, by nobody knows whom', { status: 'cancelled' }, 'Encounter.status'],
    ['a status FHIR does not know', { status: 'noshow' }, 'Encounter.status'],
    ['another child', { subject: { reference: 'Patient/q' } }, 'Encounter.subject'],
    ['text no database keeps', { serviceType: { text: 'a\0b' } }, 'Encounter.serviceType.text'],
  ])('is never guessed, and its referral goes in: %s', (_, changes, path) => {
    expect(read(changes)).toMatchObject([
      { place: 'ServiceRequest/r', newReferral: { service: 'speech-and-language-therapy' }, careContacts: [], problems: [] },
      { place: 'Encounter/e', newReferral: null, problems: [{ path }] },
    ]);
  });

  test.each(['planned', 'in-progress', 'entered-in-error'])('%s tells nothing', (status) => {
    expect(read({ status })).toMatchObject([{ careContacts: [], problems: [] }]);
  });

  it('of a request that is not in the file is listed; of no request at all is none of ours', () => {
    expect(read({ basedOn: [{ reference: 'ServiceRequest/elsewhere' }] })).toMatchObject([
      { place: 'ServiceRequest/r' },
      { place: 'Encounter/e', problems: [{ code: 'reference', path: 'Encounter.basedOn' }] },
    ]);
    expect(read({ basedOn: undefined })).toHaveLength(1);
  });

  it('without an id would be told twice', () => {
    expect(read({ id: undefined })).toMatchObject([{ careContacts: [] }, { place: 'Encounter/1', problems: [{ path: 'Encounter.id' }] }]);
  });

  it('means what the provider’s own map says', () => {
    const own = new ServiceMap({
      services: [
        { system: 'http://snomed.info/sct', code: '308452008', service: 'speech-and-language-therapy', details: { need: 'other' } },
      ],
      purposes: [{ system: 'urn:ours', code: 'INIT', purpose: 'assessment' }],
    });
    expect(read({ type: [{ coding: [{ system: 'urn:ours', code: 'INIT' }] }] }, own)).toMatchObject([
      { careContacts: [{ data: { purpose: 'assessment' } }] },
    ]);
    expect(read({}, own)).toMatchObject([{ careContacts: [] }, { problems: [{ path: 'Encounter.type' }] }]);
  });
});

describe('what is wrong with one child', () => {
  const options = { ...OPTIONS, receivedOn: 'authored' as const };
  const around = (n: number, patient: object, related: object = {}): object[] => [
    {
      resourceType: 'ServiceRequest',
      id: `r${n}`,
      status: 'active',
      intent: 'order',
      code: sct('308452008'),
      subject: { reference: `Patient/p${n}` },
      authoredOn: '2026-06-30',
    },
    { resourceType: 'Patient', id: `p${n}`, name: [{ family: 'Example', given: ['Asha'] }], birthDate: '2019-05-04', ...patient },
    { resourceType: 'RelatedPerson', id: `m${n}`, patient: { reference: `Patient/p${n}` }, name: [{ text: 'Sam' }], ...related },
  ];
  const DEEP = '5,000 levels';
  const json = (resource: object): string =>
    JSON.stringify(resource).replace(`"${DEEP}"`, `${'{"url":"x","extension":['.repeat(5_000)}${']}'.repeat(5_000)}`);
  const outcome = (resources: object[]): unknown[] => {
    const bundle = `{"resourceType":"Bundle","type":"collection","entry":[${resources.map((r) => `{"resource":${json(r)}}`).join()}]}`;
    const lines = resources.map(json).join('\n');
    const [ofBundle, ofLines] = [referralsOfBundle(JSON.parse(bundle), map, options), referralsOfNdjson(lines, map, options)].map((rows) =>
      rows.map((r) => [r.place, ...r.problems.map((p) => p.path)]),
    );
    expect(ofLines).toEqual(ofBundle);
    return ofBundle ?? [];
  };

  test.each<[string, object, object, string]>([
    ['an extension nested 5,000 deep', { extension: [DEEP] }, {}, 'Patient.extension[0]'],
    ['half a surrogate pair', { name: [{ family: '\ud800', given: ['x'] }] }, {}, 'Patient.name[0].family'],
    ['the zero character, where nobody reads', { text: { div: 'a\0' } }, {}, 'Patient.text.div'],
    ['a birth date with a time', { birthDate: '2019-05-04T23:30:00Z' }, {}, 'Patient.birthDate'],
    [
      'two NHS numbers',
      { identifier: [nhsNumber(), nhsNumber()].map((value) => ({ system: 'https://fhir.nhs.uk/Id/nhs-number', value })) },
      {},
      'Patient.identifier(nhs-number).value',
    ],
    ['a mother without a name that is one', {}, { name: 7 }, 'RelatedPerson.name'],
  ])('leaves the others alone: %s', (_, patient, related, path) => {
    expect(outcome([...around(1, {}), ...around(2, patient, related)])).toEqual([['ServiceRequest/r1'], ['ServiceRequest/r2', path]]);
  });

  test.each<[string, object | undefined, boolean]>([
    ['without an end', undefined, true],
    ['that ends today', { end: '2026-11-22' }, true],
    ['that ended yesterday', { end: '2026-11-21' }, false],
    ['that ends this year', { end: '2026' }, true],
    ['that ended in a year gone by', { end: '2019' }, false],
    ['that ended in a month gone by', { end: '2026-10' }, false],
  ])('is somebody around the child for a time %s', (_, period, is) => {
    const read = referralsOfNdjson(around(1, {}, { period }).map(json).join('\n'), map, options);
    expect(read.map((r) => r.newReferral?.contacts?.map((c) => c.name))).toEqual([is ? ['Sam'] : []]);
  });

  it('is a row of its own where nobody knows whose it is', () => {
    const lost = { resourceType: 'RelatedPerson', id: 'm', patient: { reference: 'urn:uuid:nobody' } };
    expect(outcome([...around(1, {}), lost])).toEqual([['ServiceRequest/r1'], ['RelatedPerson/m', 'RelatedPerson.patient']]);
  });

  it('is named by its place among the others where its id is no text', () => {
    expect(outcome([{ ...around(1, {})[0], id: '\ud800' }, ...around(1, {}).slice(1)])).toEqual([
      ['ServiceRequest/1', 'ServiceRequest.id'],
    ]);
  });
});
