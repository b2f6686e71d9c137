import type { ContactDto } from '#referrals';

/**
 * Contacts after an update. The message says who there is and how to reach them; whether they may be written to and what they may know of
 * is decided by staff, so what is held is only ever made stricter. Somebody the message does not name stays: staff may have added them. Pure.
 */
export function mergeContacts(held: readonly ContactDto[], told: readonly ContactDto[]): ContactDto[] {
  const byName = new Map(held.map((contact) => [contact.name.toLowerCase(), contact]));
  const named = told.map((contact) => {
    const before = byName.get(contact.name.toLowerCase());
    return before ? { ...before, ...withoutGaps(contact), ...restrictions(before, contact) } : contact;
  });
  const names = new Set(told.map((contact) => contact.name.toLowerCase()));
  return [...named, ...held.filter((contact) => !names.has(contact.name.toLowerCase()))];
}

const restrictions = (held: ContactDto, told: ContactDto): Pick<ContactDto, 'mayContact' | 'mayKnowOf' | 'role'> => ({
  mayContact: held.mayContact && told.mayContact,
  mayKnowOf: held.mayKnowOf ?? null,
  role: held.role ?? null,
});

const withoutGaps = (contact: ContactDto): object =>
  Object.fromEntries(Object.entries(contact).filter(([, v]) => v !== null && v !== undefined));
