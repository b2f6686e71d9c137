/**
 * fhir: referrals that come and go as HL7 FHIR R4: the Booking and Referral Standard (BaRS) in, ServiceRequest, EpisodeOfCare and MeasureReport out.
 * A message is a BaRS message Bundle; translation makes of a ServiceRequest and what is around it the referral a provider would have told;
 * set aside is a message that a person must decide: nothing is guessed, and no child's wait is ended by a machine.
 * Promise: the same message is done once and answered alike; an NHS number that fails its check is never kept as if it were right.
 */
export * from './outcome.js';
export { FHIR_JSON } from './systems.js';
export { parseFhirBody, parseFhirJson, utf8 } from './json.js';
export type { Problem } from './problem.js';
export { loadServiceMap, ServiceMap } from './service-map.js';
export * from './referrals-of-bundle.js';
export type { CareContact } from './encounters.js';
export { MessageStore, type Answer } from './message-store.js';
export { MessageActs } from './message-acts.js';
export { ProcessMessage } from './process-message.js';
export { UpdateReferral } from './update-referral.js';
export * from './set-aside.js';
export * from './referral-reads.js';
export { serviceRequestOf } from './service-request.js';
export { episodeOfCareOf } from './episode-of-care.js';
export { measureReportOf } from './measure-report.js';
export { capabilityStatement } from './capability.js';
