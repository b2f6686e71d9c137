import { checkFields } from '#fields';
import { MECHANISMS, PURPOSES } from '#referrals';
import { SERVICE_LINE_CODES } from '#service-lines';
import type { Mechanism, Purpose } from '#waits';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { DEFAULT_SERVICE_MAP } from './default-service-map.js';
import type { CodeableConcept, Coding, Identifier } from './fields.js';
import { ServiceMapDto, type ServiceEntry } from './service-map-file.js';
import { MECHANISM, PURPOSE, SERVICE_LINE } from './systems.js';

export interface ChosenService {
  service: string;
  details: Record<string, unknown>;
}

const keyOf = (system: string, code: string): string => `${system}|${code}`;

/** Which of our lines a code means. What is not in it is never guessed. */
export class ServiceMap {
  readonly #services = new Map<string, ServiceEntry>();
  readonly #reasons = new Map<string, ServiceEntry[]>();
  readonly #referrers = new Map<string, string>();
  readonly #purposes = new Map<string, Purpose>(PURPOSES.map((purpose) => [keyOf(PURPOSE, purpose), purpose]));
  readonly #mechanisms = new Map<string, Mechanism>(MECHANISMS.map((mechanism) => [keyOf(MECHANISM, mechanism), mechanism]));

  constructor(map: ServiceMapDto) {
    for (const service of SERVICE_LINE_CODES)
      this.#services.set(keyOf(SERVICE_LINE, service), { system: SERVICE_LINE, code: service, service });
    for (const entry of map.services) this.#services.set(keyOf(entry.system, entry.code), entry);
    for (const entry of map.reasons ?? []) {
      const key = keyOf(entry.system, entry.code);
      this.#reasons.set(key, [...(this.#reasons.get(key) ?? []), entry]);
    }
    for (const { system, code, source } of map.referrers ?? []) this.#referrers.set(keyOf(system, code), source);
    for (const { system, code, purpose } of map.purposes ?? []) this.#purposes.set(keyOf(system, code), purpose);
    for (const { system, code, mechanism } of map.mechanisms ?? []) this.#mechanisms.set(keyOf(system, code), mechanism);
  }

  /** The line all codes that are known agree on, with its details; null where none is known or two disagree. */
  choose(tokens: readonly string[]): ChosenService | null {
    const found = tokens.flatMap((token) => this.#services.get(token) ?? []);
    const service = found[0]?.service;
    if (service === undefined || found.some((entry) => entry.service !== service)) return null;
    const reasons = tokens.flatMap((token) => this.#reasons.get(token) ?? []).filter((entry) => entry.service === service);
    return { service, details: Object.assign({}, ...[...found, ...reasons].map((entry) => entry.details)) as Record<string, unknown> };
  }

  referrer(tokens: readonly string[]): string | null {
    return tokens.flatMap((token) => this.#referrers.get(token) ?? [])[0] ?? null;
  }

  /** What a contact was for by its codes, each purpose once: where there are two, nobody can tell. */
  purposes(tokens: readonly string[]): Purpose[] {
    return [...new Set(tokens.flatMap((token) => this.#purposes.get(token) ?? []))];
  }

  /** How they met, as `purposes`. */
  mechanisms(tokens: readonly string[]): Mechanism[] {
    return [...new Set(tokens.flatMap((token) => this.#mechanisms.get(token) ?? []))];
  }
}

export const tokensOf = (concepts: readonly (CodeableConcept | undefined)[]): string[] =>
  concepts.flatMap((concept) => (concept?.coding ?? []).flatMap(tokenOfCoding));

const tokenOfCoding = ({ system, code }: Coding): string[] => (system !== undefined && code !== undefined ? [keyOf(system, code)] : []);

export const tokensOfIdentifiers = (identifiers: readonly Identifier[] | undefined): string[] =>
  (identifiers ?? []).flatMap(({ system, value }) => (system !== undefined && value !== undefined ? [keyOf(system, value)] : []));

/** The map of a YAML or JSON file, or ours. @throws Error naming what is wrong in the file: an app does not start with half a map */
export function loadServiceMap(path: string | null): ServiceMap {
  if (path === null) return new ServiceMap(DEFAULT_SERVICE_MAP);
  const told: unknown = parse(readFileSync(path, 'utf8'));
  if (typeof told !== 'object' || told === null) throw new Error(`FHIR_SERVICE_MAP: ${path} holds no map.`);
  const { value, errors } = checkFields(ServiceMapDto, told);
  if (errors.length > 0) {
    throw new Error(`FHIR_SERVICE_MAP: ${path} is wrong\n  ${errors.map((e) => `${e.path} ${e.message}`).join('\n  ')}`);
  }
  return new ServiceMap(value);
}
