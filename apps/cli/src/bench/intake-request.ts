import { nhsCheckDigit } from '#kernel';
import { PROVIDERS } from './bench-database.js';

/** A referral as a provider posts it, as both servers take it. */
export interface BenchReferral {
  service: string;
  provider: string;
  source: { system: string; id: string };
  receivedOn: string;
  priority: string;
  sourceOfReferral: string;
  person: {
    nhsNumber: string;
    givenName: string;
    familyName: string;
    birthDate: string;
    postcode: string;
    localAuthority: string;
    ethnicCategory: string;
    sen: string;
  };
  contacts: { name: string; relationship: string; phone: string; preferredChannel: string; mayContact: boolean }[];
  details: { need: string; setting: string };
}

/** Referrals of children nobody has referred yet in this run, under synthetic numbers (999 000 0000 on). */
export function* newReferrals(receivedOn: string): Generator<BenchReferral, never> {
  for (let n = 0; ; n++) {
    const nine = `999${String(n % 1_000_000).padStart(6, '0')}`;
    const digit = nhsCheckDigit(nine);
    if (digit === null) continue;
    yield {
      service: 'speech-and-language-therapy',
      provider: PROVIDERS[0],
      source: { system: 'bench', id: `R-${n}` },
      receivedOn,
      priority: 'routine',
      sourceOfReferral: 'gp',
      person: {
        nhsNumber: `${nine}${digit}`,
        givenName: 'Asha',
        familyName: `Example${n}`,
        birthDate: '2016-05-04',
        postcode: 'NN17 1QG',
        localAuthority: 'E06000061',
        ethnicCategory: 'A',
        sen: 'none',
      },
      contacts: [
        {
          name: 'Sam Example',
          relationship: 'mother',
          phone: `+447700${String(900_000 + (n % 1000)).padStart(6, '0')}`,
          preferredChannel: 'sms',
          mayContact: true,
        },
      ],
      details: { need: 'developmental-language-disorder', setting: 'early-years' },
    };
  }
}
