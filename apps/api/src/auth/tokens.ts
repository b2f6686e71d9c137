import { Secrets, Settings } from '#config';
import { ODS_CODE, ROLES, type Principal, type Role } from '#kernel';
import { Injectable } from '@nestjs/common';
import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { DEVELOPMENT_ISSUER } from './development-token.js';

const TENANT = /^[A-Z0-9]{2,20}$/;

/** Reads bearer tokens: from the OIDC issuer by its published keys, or in development signed by our own. */
@Injectable()
export class Tokens {
  #issuerKeys: Promise<JWTVerifyGetKey> | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly secrets: Secrets,
  ) {}

  /** Who a token speaks for; null for anything that is not a good token with claims we know. */
  async principal(token: string): Promise<Principal | null> {
    try {
      return principalOf(await this.#verified(token));
    } catch {
      // Whatever was wrong with it, the answer is the same: not signed in.
      return null;
    }
  }

  async #verified(token: string): Promise<JWTPayload> {
    const { oidcIssuer, oidcAudience } = this.settings;
    if (oidcIssuer !== null) {
      this.#issuerKeys ??= issuerKeys(oidcIssuer).catch((error: unknown) => {
        this.#issuerKeys = undefined;
        throw error;
      });
      const { payload } = await jwtVerify(token, await this.#issuerKeys, {
        issuer: oidcIssuer,
        audience: oidcAudience,
        algorithms: ['RS256', 'PS256', 'ES256'],
      });
      return payload;
    }
    if (this.secrets.developmentTokenKey === null) throw new Error('No issuer.');
    const { payload } = await jwtVerify(token, this.secrets.developmentTokenKey, { issuer: DEVELOPMENT_ISSUER, algorithms: ['HS256'] });
    return payload;
  }
}

/** Keys of the issuer, found by OIDC discovery; fetched again by themselves when they change. */
async function issuerKeys(issuer: string): Promise<JWTVerifyGetKey> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5_000) });
  const { jwks_uri } = (await answer.json()) as { jwks_uri: string };
  return createRemoteJWKSet(new URL(jwks_uri));
}

function principalOf(claims: JWTPayload): Principal | null {
  const { sub, name, tenant, org, roles } = claims as Record<string, unknown>;
  if (typeof sub !== 'string' || sub.startsWith('system:') || typeof tenant !== 'string' || !TENANT.test(tenant)) return null;
  if (typeof org !== 'string' || !ODS_CODE.test(org) || !Array.isArray(roles)) return null;
  const known = roles.filter((r): r is Role => (ROLES as readonly unknown[]).includes(r));
  return known.length === 0 ? null : { subject: sub, name: typeof name === 'string' ? name : sub, tenant, org, roles: known };
}
