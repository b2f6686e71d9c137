import type { Secrets } from '#config';
import type { Role } from '#kernel';
import { developmentToken } from '../../../api/src/auth/development-token.js';

/** The API as somebody in tenant DEMO uses it. */
export class Client {
  constructor(
    private readonly base: string,
    private readonly secrets: Secrets,
  ) {}

  async get<T>(path: string, as: { org: string; roles: Role[] }): Promise<T> {
    const token = await developmentToken(this.secrets, { subject: 'demo', name: 'Demo', tenant: 'DEMO', ...as });
    const answer = await fetch(this.base + path, { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } });
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}`);
    return (await answer.json()) as T;
  }
}

export const ICB_MANAGER = { org: 'ZZ900', roles: ['icb-manager'] as Role[] };
