import { fhirDay } from './days.js';
import { parseFhirBody, parseFhirJson } from './json.js';
import { mergeContacts } from './merge-contacts.js';
import { barsMessage, type MessageChanges } from './message.fixture.js';
import { readMessage } from './message.js';
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

describe('the body of a request', () => {
  const refusal = (text: string): string => {
    try {
      parseFhirBody(Buffer.from(text));
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  test.each([
    ['nested 32 levels', '['.repeat(32) + ']'.repeat(32), ''],
    ['nested 33 levels', '['.repeat(33) + ']'.repeat(33), 'The body is nested deeper than 32 levels.'],
    ['brackets in text', `"${'[{'.repeat(40)}\\"${'[{'.repeat(40)}"`, ''],
    ['brackets that never close', '['.repeat(800_000), 'The body is nested deeper than 32 levels.'],
    ['quotes that never close', '"\\"'.repeat(200_000), 'The body is no JSON.'],
  ])('%s', (_, text, expected) => expect(refusal(text)).toBe(expected));
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
