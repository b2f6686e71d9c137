import { nhsCheckDigit } from '#kernel';

let next = 1;

/** A synthetic NHS number nobody has been given yet in this run. */
export function nhsNumber(): string {
  for (;;) {
    const nine = `9990${String(next++).padStart(5, '0')}`;
    const digit = nhsCheckDigit(nine);
    if (digit !== null) return `${nine}${digit}`;
  }
}

const DETAILS: Record<string, object> = {
  'speech-and-language-therapy': { need: 'developmental-language-disorder', setting: 'early-years' },
  'mental-health': { reason: '05', team: 'A06' },
  'specialist-equipment': { category: 'wheelchair', needLevel: 'medium' },
};

/** A referral as a provider would post it, with what matters to a test changed. */
export function referral(
  changes: Record<string, unknown> = {},
): Record<string, unknown> & { person: Record<string, unknown>; source: { system: string; id: string } } {
  const service = String(changes['service'] ?? 'speech-and-language-therapy');
  return {
    service,
    provider: 'ZZ999',
    source: { system: 'test', id: `R-${next++}` },
    receivedOn: '2026-01-05',
    priority: 'routine',
    sourceOfReferral: 'health-visitor',
    contacts: [{ name: 'Sam Example', relationship: 'mother', phone: '+447700900123', preferredChannel: 'sms', mayContact: true }],
    details: DETAILS[service],
    ...changes,
    person: {
      nhsNumber: nhsNumber(),
      givenName: 'Asha',
      familyName: 'Example',
      birthDate: '2016-05-04',
      postcode: 'NN17 1QG',
      localAuthority: 'E06000061',
      ethnicCategory: 'A',
      sen: 'none',
      ...(changes['person'] as object | undefined),
    },
  };
}
