import { testApp } from '../../../../test/support/app.js';

const PATH = '/v1/fhir/$process-message';

/** The API, and a system that sends it FHIR messages. */
export async function messagesApp() {
  const app = await testApp();
  return {
    ...app,
    async send(body: string | object, who = app.as(), type = 'application/fhir+json') {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await app.http
        .post(PATH)
        .set(await who)
        .set('content-type', type)
        .send(text);
      return {
        status: answer.status,
        type: answer.headers['content-type'] ?? '',
        body: JSON.parse(answer.text || 'null'),
        text: answer.text,
      };
    },
    get: async (path: string, who = app.as()) => app.http.get(path).set(await who),
  };
}

export type MessagesApp = Awaited<ReturnType<typeof messagesApp>>;

export const refused = (status: number, code: string) => ({
  status,
  type: expect.stringContaining('application/fhir+json'),
  body: {
    resourceType: 'OperationOutcome',
    issue: expect.arrayContaining([
      expect.objectContaining({
        severity: 'error',
        details: { coding: [{ system: 'https://fhir.nhs.uk/Codesystem/http-error-codes', code }] },
      }),
    ]),
  },
});
export const personDecides = (why: string) => ({
  status: 202,
  body: {
    resourceType: 'OperationOutcome',
    issue: expect.arrayContaining([expect.objectContaining({ severity: 'warning', diagnostics: expect.stringContaining(why) })]),
  },
});
