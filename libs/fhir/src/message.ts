import { DomainError, type FieldError, type LocalDate } from '#kernel';
import { isRecord, openBundle, type Resource, type Resources } from './bundle.js';
import { fhirDay } from './days.js';
import { MessageHeaderFields, readAs, ServiceRequestFields } from './fields.js';
import { UnsupportedMessage } from './outcome.js';
import { tokensOf } from './service-map.js';
import { MESSAGE_EVENTS, MESSAGE_REASONS } from './systems.js';
import { isReferralCategory } from './translate.js';

export const REASONS = ['new', 'update', 'revoked', 'entered-in-error'] as const;
export type Reason = (typeof REASONS)[number];

/** A BaRS message about one referral, read as far as every one must be. */
export interface Message {
  /** By which the same message is known again: the bundle's id, else the header's. */
  id: string;
  /** What an answer refers to: the header's id where it has one. */
  answerTo: string;
  reason: Reason;
  /** Where the sender is reached, which also names its system. */
  endpoint: string;
  /** London day the sender put the message together; null where it does not say. */
  sentOn: LocalDate | null;
  request: Resource;
  resources: Resources;
}

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * Reads the envelope of a message. Pure.
 * @throws DomainError invalid for what is no such message; rule for a message we do not process
 */
export function readMessage(body: unknown): Message {
  if (!isRecord(body) || body['resourceType'] !== 'Bundle') throw refused([{ path: 'resourceType', message: 'must be Bundle' }]);
  if (body['type'] !== 'message') throw refused([{ path: 'Bundle.type', message: 'must be message' }]);
  const resources = openBundle(body);
  if (resources.errors.length > 0) throw refused(resources.errors);
  const header = resources.all[0];
  if (header?.resourceType !== 'MessageHeader') throw refused([{ path: 'Bundle.entry[0]', message: 'must be the MessageHeader' }]);
  const { value, errors } = readAs(MessageHeaderFields, header, 'MessageHeader');
  if (errors.length > 0) throw refused(errors);

  const { system, code } = value.eventCoding;
  if (system !== MESSAGE_EVENTS || code !== 'servicerequest-request') {
    throw unsupported('MessageHeader.eventCoding', `only servicerequest-request of ${MESSAGE_EVENTS} is processed here`);
  }
  const id = body['id'] ?? value.id;
  if (typeof id !== 'string' || !ID.test(id))
    throw refused([{ path: 'Bundle.id', message: 'must be an id of 1 to 64 letters, digits, - and .' }]);
  const request = focusOf(value, header, resources);
  return {
    id,
    answerTo: value.id ?? id,
    reason: reasonOf(value, request),
    endpoint: value.source.endpoint,
    sentOn: sentOn(body['timestamp']),
    request,
    resources,
  };
}

function focusOf(header: MessageHeaderFields, from: Resource, resources: Resources): Resource {
  const found = header.focus.map((reference) => resources.resolve(reference, from));
  const request = found.find((r) => r?.resourceType === 'ServiceRequest');
  if (found.length !== 1 || !request)
    throw refused([{ path: 'MessageHeader.focus', message: 'must refer to the one ServiceRequest of this bundle' }]);
  return request;
}

/** A withdrawal is told by the status of the request (BaRS 1), whatever reason comes with it. */
function reasonOf(header: MessageHeaderFields, request: Resource): Reason {
  const { value, errors } = readAs(ServiceRequestFields, request, 'ServiceRequest');
  if (errors.length > 0) throw refused(errors);
  if (!isReferralCategory(tokensOf(value.category ?? [])))
    throw unsupported('ServiceRequest.category', 'only referrals are processed here');
  if (value.status === 'revoked' || value.status === 'entered-in-error') return value.status;
  const told = header.reason?.coding?.find((c) => c.system === MESSAGE_REASONS)?.code;
  if (told === undefined) throw refused([{ path: 'MessageHeader.reason', message: `must have a code of ${MESSAGE_REASONS}` }]);
  const reason = REASONS.find((r) => r === told);
  if (reason === undefined) throw unsupported('MessageHeader.reason', `must be one of ${REASONS.join(', ')}`);
  return reason;
}

function sentOn(timestamp: unknown): LocalDate | null {
  if (timestamp === undefined) return null;
  const day = typeof timestamp === 'string' && timestamp.includes('T') ? fhirDay(timestamp) : undefined;
  if (!day) throw refused([{ path: 'Bundle.timestamp', message: 'must be an instant with its offset' }]);
  return day;
}

export const refused = (errors: FieldError[]): DomainError => new DomainError('invalid', 'The message is not as it must be.', errors);

const unsupported = (path: string, message: string): DomainError => new UnsupportedMessage(path, message);
