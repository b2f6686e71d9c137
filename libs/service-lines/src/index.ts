/**
 * service-lines: one folder a line (speech and language therapy, mental health, specialist equipment) that says all that is its own:
 * details of a referral, clocks, targets, stages, events, check-in plan, questions, words for families.
 * Promise: nothing outside this folder asks which line it is.
 */
import { mentalHealth } from './mental-health/index.js';
import type { ServiceLine, ServiceLineCode } from './service-line.js';
import { specialistEquipment } from './specialist-equipment/index.js';
import { speechAndLanguageTherapy } from './speech-and-language-therapy/index.js';

export * from './service-line.js';

/** Every line there is. A further one is registered here and nowhere else. */
export const serviceLines: readonly ServiceLine[] = [speechAndLanguageTherapy, mentalHealth, specialistEquipment];

export const SERVICE_LINE_CODES: readonly ServiceLineCode[] = serviceLines.map((l) => l.code);

const byCode = new Map<string, ServiceLine>(serviceLines.map((l) => [l.code, l]));

/** @throws when no such line is registered: codes are checked where they come in */
export function serviceLine(code: string): ServiceLine {
  const line = byCode.get(code);
  if (!line) throw new Error(`No service line ${code} is registered.`);
  return line;
}
