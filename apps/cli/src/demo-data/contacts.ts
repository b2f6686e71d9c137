import { ageOn, addDays, type LocalDate } from '#kernel';
import type { Child } from './children.js';
import { FAMILY_NAMES } from './names.js';
import type { Random } from './random.js';

/** Someone around a child, as one provider was told. */
export interface Contact {
  name: string;
  relationship: string;
  role: 'parent' | 'young-person' | 'foster-carer' | 'social-worker' | 'professional';
  parentalResponsibility: boolean | null;
  household: string | null;
  mayContact: boolean;
  mayKnowOf: string[] | null;
  phone: string | null;
  email: string | null;
  preferredChannel: 'sms' | 'email' | 'phone' | 'letter';
  language: string | null;
  format: string | null;
  validTo: LocalDate | null;
}

const ALL_LINES = ['speech-and-language-therapy', 'mental-health', 'specialist-equipment'];

/** The people around a child: whoever it lives with, perhaps the other parent, from 16 perhaps itself, a social worker where it is looked after. */
export function contactsOf(random: Random, child: Child, asOf: LocalDate): Contact[] {
  const home = child.household;
  const lookedAfter = child.socialCare === 'looked-after';
  const confidential = child.confidentialFromFamily;
  const format = random.weighted([
    [null, 97.5],
    ['easy-read', 1.5],
    ['large-print', 1],
  ] as const);
  const family = {
    mayKnowOf: confidential.length > 0 ? ALL_LINES.filter((line) => !(confidential as string[]).includes(line)) : null,
    language: home.interpreterLanguage ?? 'en',
    format,
    validTo: null,
  };
  // Spread last: first, V8 adds every further field slowly, and there are 25,000 contacts.
  const contacts: Contact[] = [
    {
      name: `${home.adult} ${home.familyName}`,
      relationship: lookedAfter ? 'foster carer' : home.relationship,
      role: lookedAfter ? 'foster-carer' : 'parent',
      parentalResponsibility: !lookedAfter,
      household: 'a',
      mayContact: home.mayContact,
      phone: home.phone,
      email: home.email,
      preferredChannel: home.preferredChannel,
      ...family,
    },
  ];
  const byLetter = home.preferredChannel === 'letter';
  if (home.otherParent && !lookedAfter) {
    const { name, relationship, email, mayContact } = home.otherParent;
    contacts.push({
      name,
      relationship,
      role: 'parent',
      parentalResponsibility: true,
      household: 'b',
      mayContact,
      phone: null,
      email: byLetter ? null : email,
      preferredChannel: byLetter ? 'letter' : 'email',
      ...family,
      // Some addresses are known to have ended.
      validTo: random.chance(0.08) ? addDays(asOf, -random.int(20, 300)) : null,
    });
  }
  const age = ageOn(child.birthDate, asOf);
  if (age >= 16 && !byLetter && (confidential.length > 0 || random.chance(age >= 18 ? 0.7 : 0.4))) {
    contacts.push({
      name: `${child.givenName} ${home.familyName}`,
      relationship: 'self',
      role: 'young-person',
      parentalResponsibility: null,
      household: null,
      mayContact: true,
      phone: null,
      email: `${child.givenName}.${home.familyName}.${child.index}@example.com`.toLowerCase(),
      preferredChannel: 'email',
      ...family,
      mayKnowOf: null,
    });
  }
  if (lookedAfter) {
    contacts.push({
      name: `Social worker ${random.pick(FAMILY_NAMES)}`,
      relationship: 'social worker',
      role: 'social-worker',
      parentalResponsibility: false,
      household: null,
      mayContact: true,
      mayKnowOf: null,
      phone: null,
      email: `social.worker.${random.int(1, 60)}@example.com`,
      preferredChannel: 'email',
      language: 'en',
      format: null,
      validTo: null,
    });
  }
  return contacts;
}
