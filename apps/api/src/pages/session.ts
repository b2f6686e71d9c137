import { Secrets, Settings } from '#config';
import { Clock, ROLES, type Principal, type Role } from '#kernel';
import { Injectable } from '@nestjs/common';
import { jwtVerify, SignJWT } from 'jose';

const COOKIE = 'meanwhile_session';
/** Not the issuer of bearer tokens: neither passes for the other. */
const ISSUER = 'meanwhile-pages';
const HOURS = 12;

/** Who is signed in to the pages: a signed cookie, in development only, until sign-in by OIDC is built. */
@Injectable()
export class Sessions {
  constructor(
    private readonly settings: Settings,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {}

  /** Null where nobody can sign in this way: in production, and wherever an issuer decides who is who. */
  get #key(): Buffer | null {
    return this.settings.production || this.settings.oidcIssuer !== null ? null : this.secrets.developmentTokenKey;
  }

  get areOpen(): boolean {
    return this.#key !== null;
  }

  /** The Set-Cookie that signs somebody in. */
  async begin(principal: Principal): Promise<string> {
    if (this.#key === null) throw new Error('Nobody signs in to the pages here.');
    const now = Math.floor(this.clock.now().getTime() / 1000);
    const token = await new SignJWT({ name: principal.name, tenant: principal.tenant, org: principal.org, roles: [...principal.roles] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(principal.subject)
      .setIssuer(ISSUER)
      .setIssuedAt(now)
      .setExpirationTime(now + HOURS * 3600)
      .sign(this.#key);
    return this.#cookie(token, HOURS * 3600);
  }

  /** The Set-Cookie that signs somebody out. */
  end(): string {
    return this.#cookie('', 0);
  }

  /** Who a Cookie header speaks for; null for nobody. */
  async principal(cookies: string | undefined): Promise<Principal | null> {
    const token = cookies
      ?.split(';')
      .map((c) => c.trim())
      .find((c) => c.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1);
    if (!token || this.#key === null) return null;
    try {
      const { payload } = await jwtVerify(token, this.#key, { issuer: ISSUER, algorithms: ['HS256'], currentDate: this.clock.now() });
      return principalOf(payload);
    } catch {
      // Old, or not ours: not signed in.
      return null;
    }
  }

  #cookie(value: string, maxAge: number): string {
    const secure = this.settings.publicUrl.startsWith('https:') ? '; Secure' : '';
    return `${COOKIE}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
  }
}

function principalOf(claims: Record<string, unknown>): Principal | null {
  const { sub, name, tenant, org, roles } = claims;
  if (typeof sub !== 'string' || typeof name !== 'string' || typeof tenant !== 'string' || typeof org !== 'string') return null;
  const known = Array.isArray(roles) ? roles.filter((r): r is Role => (ROLES as readonly unknown[]).includes(r)) : [];
  return known.length === 0 ? null : { subject: sub, name, tenant, org, roles: known };
}
