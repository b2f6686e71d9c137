import type { Secrets } from '#config';
import type { Principal, Role } from '#kernel';
import { SignJWT } from 'jose';

export const DEVELOPMENT_ISSUER = 'meanwhile-development';

/** A token for trying things. @throws in production */
export async function developmentToken(
  secrets: Secrets,
  principal: Omit<Principal, 'roles'> & { roles: readonly Role[] },
  hours = 12,
): Promise<string> {
  if (secrets.developmentTokenKey === null) throw new Error('Development tokens are refused in production.');
  return new SignJWT({ name: principal.name, tenant: principal.tenant, org: principal.org, roles: [...principal.roles] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(principal.subject)
    .setIssuer(DEVELOPMENT_ISSUER)
    .setIssuedAt()
    .setExpirationTime(`${hours}h`)
    .sign(secrets.developmentTokenKey);
}
