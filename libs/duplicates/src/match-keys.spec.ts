import { randomBytes } from 'node:crypto';
import type { RecordedChild } from './likeness.js';
import { matchKeysOf } from './match-keys.js';

const secret = randomBytes(32);
const asha: RecordedChild = { givenName: 'Asha', familyName: 'Philips', birthDate: '2016-05-04', postcode: 'NN17 1QG' };

const keysOf = (child: RecordedChild, tenant = 'TEST', provider = 'ZZ999'): string[] =>
  matchKeysOf(secret, tenant, provider, child).map(({ kind, key }) => `${kind} ${key.toString('hex')}`);
const shared = (a: string[], b: string[]): string[] => [
  ...new Set(a.filter((key) => b.includes(key)).map((key) => key.split(' ')[0] ?? '')),
];

it('shares a key with each record of the child that is wrong in one thing', () => {
  expect(shared(keysOf(asha), keysOf({ ...asha, givenName: 'Aisha', familyName: 'Fillipps' }))).toContain('name-and-birth-date');
  expect(shared(keysOf(asha), keysOf({ ...asha, birthDate: '2016-04-05', postcode: null }))).toEqual(['name-and-birth-year']);
  expect(shared(keysOf(asha), keysOf({ ...asha, birthDate: '2006-05-04' }))).toEqual(['postcode']);
  expect(shared(keysOf(asha), keysOf({ ...asha, givenName: 'X', familyName: 'Y', birthDate: '2016-05-14' }))).toEqual(['postcode']);
  expect(shared(keysOf(asha), keysOf({ ...asha, givenName: 'Philips', familyName: 'Asha', postcode: null }))).toContain(
    'name-and-birth-date',
  );
});

it('has no key in common with another tenant, another provider, or under another secret', () => {
  expect(shared(keysOf(asha), keysOf(asha, 'ELSE'))).toEqual([]);
  expect(shared(keysOf(asha), keysOf(asha, 'TEST', 'ZZ998'))).toEqual([]);
  const elsewhere = matchKeysOf(randomBytes(32), 'TEST', 'ZZ999', asha).map(({ kind, key }) => `${kind} ${key.toString('hex')}`);
  expect(shared(keysOf(asha), elsewhere)).toEqual([]);
});

it('compares a name in another script as it is written', () => {
  const other = { ...asha, givenName: '伟', familyName: '李', postcode: null };
  expect(shared(keysOf(other), keysOf({ ...other, birthDate: '2016-11-21' }))).toEqual(['name-and-birth-year']);
});
