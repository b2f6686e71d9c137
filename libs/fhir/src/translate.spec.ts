import { nhsNumber } from '../../../test/support/referrals.js';
import { openBundle } from './bundle.js';
import { fhirDay } from './days.js';
import { parseFhirJson } from './json.js';
import { mergeContacts } from './merge-contacts.js';
import { barsMessage, type MessageChanges } from './message.fixture.js';
import { readMessage } from './message.js';
import { referralsOfBundle, referralsOfNdjson } from './referrals-of-bundle.js';
import { loadServiceMap } from './service-map.js';
import { translate } from './translate.js';

const map = loadServiceMap(null);
const OPTIONS = { provider: 'ZZ999', today: '2026-11-22', badNhsNumber: 'set-aside' as const, sourceSystem: 'test' };
const sct = (code: string): object => ({ coding: [{ system: 'http://snomed.info/sct', code }] });

const read = (changes: MessageChanges) => {
  const message = readMessage(barsMessage(changes));
  return translate(message.request, message.resources, map, { ...OPTIONS, receivedOn: message.sentOn });
};

describe('a day', () => {
  test.each([
    ['2026-03-31T23:30:00Z', '2026-04-01'],
    ['2026-10-25T00:30:00+01:00', '2026-10-25'],
    ['2026-01-05T23:59:59.123+00:00', '2026-01-05'],
    ['2026-01-05T00:30:00+02:00', '2026-01-04'],
    ['2026-01-05', '2026-01-05'],
    ['2026-01', null],
    ['2026', null],
    ['2026-02-30', undefined],
    ['2026-02-30T09:00:00Z', undefined],
    ['2026-01-05T09:00:00', undefined],
    ['2026-01-05T25:00:00Z', undefined],
    ['yesterday', undefined],
  ])('%s is %s in London', (value, day) => expect(fhirDay(value)).toBe(day));
});

describe('JSON', () => {
  test.each(['{"a":1,"a":2}', '{"b":[{"a":1,"\\u0061":2}]}', '{"__proto__":1}', '{', ''])('refuses %s', (text) => {
    expect(() => parseFhirJson(text)).toThrow();
  });
  test.each(['{"a":{"a":1},"b":{"a":"\\"a\\":"}}', '["a","a"]', '{"a":"b","b":"a"}', `{"x":"${'\\n'.repeat(400_000)}"}`])(
    'takes a name once an object',
    (text) => {
      expect(parseFhirJson(text)).toEqual(JSON.parse(text));
    },
  );
});

describe('a service', () => {
  test.each<[string, MessageChanges['request'], object]>([
    ['by a SNOMED code', {}, { service: 'speech-and-language-therapy', details: { need: 'developmental-language-disorder' } }],
    ['without a reason that says more', { reasonCode: [] }, { details: { need: 'other' } }],
    [
      'mental health by team and reason',
      { code: sct('390866009'), reasonCode: [sct('72366004')] },
      { service: 'mental-health', details: { reason: '12', team: 'A18' } },
    ],
    ['equipment', { code: sct('58938008'), reasonCode: [] }, { service: 'specialist-equipment', details: { category: 'wheelchair' } }],
    [
      'by our own code',
      {
        code: {
          coding: [
            { system: 'https://meanwhile.example/fhir/CodeSystem/service-line', code: 'specialist-equipment' },
            { system: 'http://snomed.info/sct', code: '58938008' },
          ],
        },
        reasonCode: [],
      },
      { service: 'specialist-equipment' },
    ],
  ])('%s', (_, request, expected) => expect(read({ request: request ?? {} }).newReferral).toMatchObject(expected));

  test.each<[string, MessageChanges['request'], string]>([
    ['an unknown code', { code: sct('1') }, 'no-service'],
    ['no code', { code: undefined as never }, 'no-service'],
    ['two services at once', { code: sct('308452008'), category: [sct('58938008')] }, 'no-service'],
    ['mental health without a reason', { code: sct('390866009'), reasonCode: [] }, 'details'],
  ])('is never guessed: %s', (_, request, code) => {
    const { newReferral, problems } = read({ request: request ?? {} });
    expect(newReferral).toBeNull();
    expect(problems.map((p) => p.code)).toContain(code);
  });
});

describe('what a referral says', () => {
  test.each<[string, MessageChanges, object]>([
    ['routine', {}, { priority: 'routine' }],
    ['urgent', { request: { priority: 'urgent' } }, { priority: 'urgent' }],
    ['asap', { request: { priority: 'asap' } }, { priority: 'very-urgent' }],
    ['stat', { request: { priority: 'stat' } }, { priority: 'emergency' }],
    ['received on the London day it was sent', { timestamp: '2026-06-30T23:30:00Z' }, { receivedOn: '2026-07-01' }],
    ['authored on a month only', { request: { authoredOn: '2026-06' } }, { authoredOn: null }],
    [
      'who referred, by UK Core',
      {
        request: {
          extension: [
            {
              url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest',
              valueCodeableConcept: sct('1052681000000105'),
            },
          ],
        },
      },
      { sourceOfReferral: 'health-visitor' },
    ],
    ['who referred is not known', {}, { sourceOfReferral: 'other' }],
    [
      'the mother may be written to',
      {},
      { contacts: [{ name: 'Sam Example', relationship: 'mother', mayContact: true, phone: '+447700900123' }] },
    ],
    ['a postcode that is none', { patient: { address: [{ postalCode: 'somewhere' }] } }, { person: { postcode: null } }],
    ['a restricted record', { patient: { meta: { security: [{ code: 'R' }] } } }, { person: { protectedAddress: true } }],
    ['no NHS number', { nhsNumber: null }, { person: { nhsNumber: null } }],
  ])('%s', (_, changes, expected) => expect(read(changes).newReferral).toMatchObject(expected));

  it('a neighbour is not written to before staff say so', () => {
    const neighbour = {
      name: { family: 'Next', given: ['Door'] },
      relationship: [{ text: 'neighbour' }],
      telecom: [{ system: 'phone', value: '01632 960123' }],
    };
    const contacts = read({ patient: { contact: [neighbour] } }).newReferral?.contacts;
    expect(contacts).toContainEqual(expect.objectContaining({ name: 'Door Next', relationship: 'neighbour', mayContact: false }));
  });
});

describe('contacts told again', () => {
  const held = { name: 'Sam Example', relationship: 'mother', mayContact: true, mayKnowOf: ['mental-health'], phone: '+447700900123' };
  test.each([
    ['a new number is taken', [held], [{ ...held, mayKnowOf: null, phone: '+447700900789' }], [{ ...held, phone: '+447700900789' }]],
    ['a restriction stays', [{ ...held, mayContact: false }], [held], [{ ...held, mayContact: false }]],
    ['whom staff added stays', [held], [{ ...held, name: 'Lee Example' }], [{ name: 'Lee Example' }, held]],
  ])('%s', (_, before, told, after) => expect(mergeContacts(before, told)).toMatchObject(after));
});

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
  const encounter = {
    resourceType: 'Encounter',
    status: 'finished',
    class: { code: 'AMB' },
    basedOn: [{ reference: 'ServiceRequest/r' }],
    period: { start: '2026-08-03T10:00:00+01:00' },
  };
  const lines = (...resources: object[]): string => resources.map((r) => JSON.stringify(r)).join('\n');

  it('of one resource a line gives referrals and the contacts of their encounters', () => {
    expect(referralsOfNdjson(lines(request, patient, encounter), map, options)).toMatchObject([
      {
        place: 'ServiceRequest/r',
        problems: [],
        newReferral: { source: { system: 'test', id: 'r' }, receivedOn: '2026-07-01', person: { familyName: 'Example' } },
        contacts: [{ occurredOn: '2026-08-03', data: { attendance: 'attended', mechanism: 'face-to-face' } }],
      },
    ]);
  });

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
