import { Agent, request } from 'node:http';

/** Requests over connections that are kept open; lighter than fetch, so that less of what is measured is the client. */
export class HttpClient {
  readonly #agent: Agent;

  constructor(
    private readonly base: string,
    private readonly headers: Record<string, string>,
    connections: number,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** The text of the answer. Rejects for any other status than the one expected. */
  send(method: 'GET' | 'POST', path: string, expected: number, body?: object): Promise<string> {
    const text = body && JSON.stringify(body);
    const headers = text
      ? { ...this.headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      : this.headers;
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.base), { method, agent: this.#agent, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const found = Buffer.concat(parts).toString();
          if (answer.statusCode === expected) resolve(found);
          else reject(new Error(`${method} ${path} at ${this.base}: ${answer.statusCode} ${found.slice(0, 300)}`));
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
