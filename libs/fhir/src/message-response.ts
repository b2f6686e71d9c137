import { newId } from '#kernel';
import type { ReferralView } from '#referrals';
import type { Message } from './message.js';
import { notesOutcome } from './outcome.js';
import { serviceRequestOf } from './service-request.js';
import { MESSAGE_EVENTS } from './systems.js';

/** The answer to a message that was done: which one, and what stands on the list now. */
export function messageResponse(message: Message, referral: ReferralView, notes: readonly string[], endpoint: string, now: Date): object {
  const [id, header, outcome] = [newId(now), newId(now), newId(now)];
  const focus = `urn:uuid:${referral.id}`;
  const said = notes.length > 0 ? [{ fullUrl: `urn:uuid:${outcome}`, resource: { ...notesOutcome(notes), id: outcome } }] : [];
  return {
    resourceType: 'Bundle',
    id,
    type: 'message',
    timestamp: now.toISOString(),
    entry: [
      {
        fullUrl: `urn:uuid:${header}`,
        resource: {
          resourceType: 'MessageHeader',
          id: header,
          eventCoding: { system: MESSAGE_EVENTS, code: 'servicerequest-response' },
          destination: [{ endpoint: message.endpoint }],
          source: { name: 'Meanwhile', endpoint },
          response: {
            identifier: message.answerTo,
            code: 'ok',
            ...(notes.length > 0 ? { details: { reference: `urn:uuid:${outcome}` } } : {}),
          },
          focus: [{ reference: focus }],
        },
      },
      { fullUrl: focus, resource: serviceRequestOf(referral) },
      ...said,
    ],
  };
}
