import { DomainError } from '#kernel';

/**
 * FHIR JSON, strictly: a name twice in one object is refused, for systems differ in which of the two they read (FHIR R4, JSON representation).
 * @throws DomainError invalid
 */
export function parseFhirJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DomainError('invalid', 'The body is no JSON.');
  }
  refuseNamesTwice(text);
  return value;
}

/** Strings (with the colon that makes one a name) and brackets of a text that is known to be JSON. */
const TOKENS = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g;

function refuseNamesTwice(json: string): void {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (string !== undefined && colon !== undefined) {
      const name = JSON.parse(string) as string;
      const names = open.at(-1);
      if (name === '__proto__') throw new DomainError('invalid', 'The body has a name that is not allowed.');
      if (names?.has(name)) throw new DomainError('invalid', 'An object of the body has the same name twice.');
      names?.add(name);
    }
  }
}
