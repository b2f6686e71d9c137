/**
 * referrals: children, what was asked for them, and what has happened since.
 * A referral comes from one provider's system under a source id; an event tells what happened on a day and is never changed, only voided;
 * a person is matched by the keyed hash of an NHS number; identity and contacts belong to the provider that gave them.
 * Promise: the same source id is one referral, however often and at once it is told; an end without treatment has a clinician and a family that was told.
 */
export * from './new-referral.js';
export * from './event-data.js';
export * from './event-rules.js';
export * from './receive-referral.js';
export * from './referral-rules.js';
export { contactRows, CONTACT_COLUMNS, CONTACT_TYPES, disputeBirthDate, KNOWN_OF_PERSON } from './people.js';
export { recordDeath } from './death.js';
export { offerTo } from './transfer.js';
export * from './record-event.js';
export * from './referral-view.js';
export * from './linked-referrals.js';
export * from './referrals.js';
export { nhsNumberKey, birthDateKey, requestDigest, idOf } from './matching-keys.js';
