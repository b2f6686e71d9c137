import { DomainError, type FieldError } from '#kernel';
import type { Problem } from './problem.js';
import { HTTP_ERROR_CODES } from './systems.js';

/** A well-formed message about something this server does not do. */
export class UnsupportedMessage extends DomainError {
  constructor(path: string, message: string) {
    super('rule', `This message is not supported: ${message}.`, [{ path, message }]);
  }
}

export interface Issue {
  severity: 'error' | 'warning' | 'information';
  code: string;
  details: { coding?: { system: string; code: string }[]; text?: string };
  diagnostics: string;
  expression?: string[];
}

export interface OperationOutcome {
  resourceType: 'OperationOutcome';
  issue: Issue[];
}

/** Issue type and BaRS error code by HTTP status. BaRS has none for too large or another media type: they are bad requests to it. */
const BY_STATUS: Record<number, [issue: string, bars: string]> = {
  400: ['invalid', 'REC_BAD_REQUEST'],
  401: ['security', 'REC_UNAUTHORIZED'],
  403: ['forbidden', 'REC_FORBIDDEN'],
  404: ['not-found', 'REC_NOT_FOUND'],
  409: ['duplicate', 'REC_CONFLICT'],
  413: ['too-long', 'REC_BAD_REQUEST'],
  415: ['not-supported', 'REC_BAD_REQUEST'],
  422: ['business-rule', 'REC_UNPROCESSABLE_ENTITY'],
  429: ['throttled', 'REC_BAD_REQUEST'],
  503: ['transient', 'REC_SERVICE_UNAVAILABLE'],
};

/** A refusal as FHIR tells it: an issue for every place that is wrong. Never what was found there. */
export function refusalOutcome(error: unknown, status: number, detail: string, errors: readonly FieldError[]): OperationOutcome {
  const [issue, bars] = BY_STATUS[status] ?? (status < 500 ? ['processing', 'REC_BAD_REQUEST'] : ['exception', 'REC_SERVER_ERROR']);
  const about = (diagnostics: string, path?: string): Issue => ({
    severity: 'error',
    code: error instanceof UnsupportedMessage ? 'not-supported' : issue,
    details: { coding: [{ system: HTTP_ERROR_CODES, code: bars }] },
    diagnostics,
    ...(path ? { expression: [path] } : {}),
  });
  return {
    resourceType: 'OperationOutcome',
    issue: errors.length === 0 ? [about(detail)] : errors.map((e) => about(`${e.path} ${e.message}`, e.path)),
  };
}

export const PERSON_DECIDES = 'The message was set aside: a person at the provider decides. Nothing was changed on the list.';

/** A message a machine must not act on by itself. */
export const setAsideOutcome = (problems: readonly Pick<Problem, 'code' | 'path' | 'expected'>[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: problems.map(({ code, path, expected }) => ({
    severity: 'warning',
    code: 'informational',
    details: { text: PERSON_DECIDES },
    diagnostics: `${code}: ${path}, expected ${expected}`,
    expression: [path],
  })),
});

export const notesOutcome = (notes: readonly string[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: notes.map((note) => ({ severity: 'information', code: 'informational', details: { text: note }, diagnostics: note })),
});
