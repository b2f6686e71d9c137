import type { FieldError } from '#kernel';
import { OrganizationFields, readAs, type Identifier, type Reference } from './fields.js';
import { isOds } from './systems.js';
import { isText } from './unfit.js';

export interface Resource {
  resourceType: string;
  id?: unknown;
  [element: string]: unknown;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isResource = (value: unknown): value is Resource => isRecord(value) && typeof value['resourceType'] === 'string';

/** Resources that came together, and what their references mean among them. */
export class Resources {
  readonly all: Resource[] = [];
  readonly errors: FieldError[] = [];
  readonly #byName = new Map<string, Resource>();
  readonly #fullUrls = new Map<Resource, string>();
  readonly #pointing = new Map<string, Map<Resource, Resource[]>>();

  add(resource: Resource, fullUrl: unknown, path: string): void {
    this.all.push(resource);
    const names = new Set<string>();
    if (typeof fullUrl === 'string' && fullUrl !== '') {
      names.add(fullUrl);
      this.#fullUrls.set(resource, fullUrl);
    }
    if (typeof resource.id === 'string' && resource.id !== '') names.add(`${resource.resourceType}/${resource.id}`);
    for (const name of names) {
      if (this.#byName.has(name)) this.errors.push({ path, message: 'must not have the same fullUrl or id as another entry' });
      else this.#byName.set(name, resource);
    }
  }

  ofType(type: string): Resource[] {
    return this.all.filter((r) => r.resourceType === type);
  }

  /** The id it goes by in its bundle: its own, or the UUID of its fullUrl. */
  idOf(resource: Resource): string | null {
    const id = typeof resource.id === 'string' && resource.id !== '' ? resource.id : this.#fullUrls.get(resource);
    return id !== undefined && isText(id) ? id.replace(/^urn:uuid:/, '') : null;
  }

  /** How a row is named that tells of a resource. */
  placeOf(resource: Resource): string {
    const id = this.idOf(resource) ?? this.ofType(resource.resourceType).indexOf(resource) + 1;
    return `${resource.resourceType}/${id}`.slice(0, LONGEST_PLACE);
  }

  /** Resources of a type whose references in an element lead to the target. Looked through once: a file has thousands of either. */
  pointingAt(target: Resource, type: string, element: string): readonly Resource[] {
    const key = `${type}.${element}`;
    const known = this.#pointing.get(key) ?? this.#index(type, element);
    this.#pointing.set(key, known);
    return known.get(target) ?? [];
  }

  #index(type: string, element: string): Map<Resource, Resource[]> {
    const pointing = new Map<Resource, Resource[]>();
    for (const from of this.ofType(type)) {
      for (const target of new Set(referencesIn(from[element]).map((reference) => this.resolve(reference, from)))) {
        if (target) pointing.set(target, [...(pointing.get(target) ?? []), from]);
      }
    }
    return pointing;
  }

  /** What a reference leads to, from the resource that holds it; null where it leads nowhere we can see. */
  resolve(reference: Reference | undefined, from: Resource): Resource | null {
    const name = reference?.reference;
    if (name === undefined) return null;
    if (name.startsWith('#')) return contained(from).find((r) => r.id === name.slice(1)) ?? null;
    return this.#byName.get(name) ?? null;
  }

  /** True for a reference that could only lead to a resource of this bundle, and leads to none. */
  leadsNowhere(reference: Reference | undefined, from: Resource): boolean {
    const name = reference?.reference;
    return name !== undefined && /^(urn:|#)/.test(name) && this.resolve(reference, from) === null;
  }

  /** The ODS code a reference to an organisation gives, itself or by the resource it leads to. */
  odsCode(reference: Reference | undefined, from: Resource): string | null {
    if (isOds(reference?.identifier?.system)) return reference?.identifier?.value ?? null;
    const found = this.resolve(reference, from);
    if (found?.resourceType !== 'Organization') return null;
    const { value, errors } = readAs(OrganizationFields, found, 'Organization');
    return errors.length > 0 ? null : odsOf(value.identifier);
  }
}

const LONGEST_PLACE = 120;

/** References as they stand, one or a list of them, before anything is checked. */
const referencesIn = (value: unknown): Reference[] =>
  (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
    const reference = isRecord(each) ? each['reference'] : undefined;
    return typeof reference === 'string' ? [{ reference }] : [];
  });

export const odsOf = (identifiers: readonly Identifier[] | undefined): string | null =>
  identifiers?.find((i) => isOds(i.system))?.value?.toUpperCase() ?? null;

const contained = (resource: Resource): Resource[] => {
  const list = resource['contained'];
  return Array.isArray(list) ? list.filter(isResource) : [];
};

/** Takes a bundle apart. `errors` says what is wrong with it as a bundle. */
export function openBundle(bundle: Record<string, unknown>): Resources {
  const resources = new Resources();
  const entries = bundle['entry'];
  if (!Array.isArray(entries)) {
    resources.errors.push({ path: 'Bundle.entry', message: 'must be a list' });
    return resources;
  }
  for (const [i, entry] of entries.entries()) {
    const path = `Bundle.entry[${i}]`;
    if (!isRecord(entry) || !isResource(entry['resource'])) resources.errors.push({ path, message: 'must hold a resource' });
    else resources.add(entry['resource'], entry['fullUrl'], path);
  }
  return resources;
}
