import { loadServiceMap } from '#fhir';
import { nhsNumber } from '../../../test/support/referrals.js';
import { readFhir } from './read-fhir.js';

const list = (givenName: string): string =>
  [
    {
      resourceType: 'ServiceRequest',
      id: 'r',
      status: 'active',
      intent: 'order',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '308452008' }] },
      subject: { reference: 'Patient/p' },
    },
    {
      resourceType: 'Patient',
      id: 'p',
      identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: nhsNumber() }],
      name: [{ family: 'Example', given: [givenName] }],
      birthDate: '2019-05-04',
    },
  ]
    .map((resource) => JSON.stringify(resource))
    .join('\n');

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += 7) yield bytes.subarray(from, from + 7);
}
const read = (bytes: Buffer) => readFhir(pieces(bytes), { map: loadServiceMap(null), badNhsNumber: 'set-aside' }, 'ZZ999', '2026-11-22');

describe('a FHIR file', () => {
  it.each(['', '\ufeff'])('is UTF-8, with a byte order mark or without', async (mark) => {
    expect(await read(Buffer.from(mark + list('Zoë')))).toMatchObject([{ newReferral: { person: { givenName: 'Zoë' } } }]);
  });

  it('may be one resource by itself, over several lines', async () => {
    const [request] = list('Zoë').split('\n');
    const found = await read(Buffer.from(JSON.stringify(JSON.parse(request ?? ''), null, 2)));
    expect(found).toMatchObject([{ place: 'ServiceRequest/r', newReferral: null, problems: [{ code: 'reference' }] }]);
  });

  it.each(['latin1', 'utf16le'] as const)('in %s is refused: no letter of a name is lost', async (encoding) => {
    await expect(read(Buffer.from(list('Zoë'), encoding))).rejects.toMatchObject({ kind: 'invalid' });
  });
});
