import { serviceLines } from '#service-lines';
import { linkAddress, linkHash, linkSecret, readToken } from './family-link.js';
import { wording, type TemplateName } from './templates.js';

const KEY = Buffer.alloc(32, 7);
const secret = linkSecret(KEY, 'TEST', '0194a1c2-0000-7000-8000-000000000001');
const link = linkAddress('https://meanwhile.example', { tenant: 'TEST', secret });

describe.each(['check-in', 'reminder'] as TemplateName[])('%s', (template) => {
  it.each([
    ['sms', 'family'],
    ['sms', 'young-person'],
    ['email', 'family'],
    ['email', 'young-person'],
  ] as const)('by %s to a %s says the link, how to stop and 999, and nothing of the service', (channel, reader) => {
    const { subject, body } = wording(template, channel, reader, link);
    const text = `${subject ?? ''} ${body}`.toLowerCase();
    expect(body).toContain(link);
    expect(text).toMatch(/stop/);
    expect(text).toContain('999');
    for (const line of serviceLines) {
      expect(text).not.toContain(line.words.service.toLowerCase());
      expect(text).not.toContain(line.shortName.toLowerCase());
    }
  });

  it('fits two parts of a text', () => expect(wording(template, 'sms', 'family', link).body.length).toBeLessThanOrEqual(306));
});

describe('a link', () => {
  it('carries its tenant and 43 characters of secret', () =>
    expect(readToken(link.split('/c/')[1] ?? '')).toEqual({ tenant: 'TEST', secret }));
  it('is another for every message and tenant', () => {
    expect(linkSecret(KEY, 'TEST', '0194a1c2-0000-7000-8000-000000000002')).not.toBe(secret);
    expect(linkSecret(KEY, 'ELSE', '0194a1c2-0000-7000-8000-000000000001')).not.toBe(secret);
  });
  it('is kept as a hash of 32 bytes', () => expect(linkHash(secret)).toHaveLength(32));
  it.each(['', 'TEST', 'TEST.', 'test.aaaa', `TEST.${'a'.repeat(42)}`, `TEST.${'a'.repeat(44)}`, `TEST.${'a'.repeat(42)}!`, '../../etc'])(
    'is not %p',
    (text) => expect(readToken(text)).toBeNull(),
  );
});
