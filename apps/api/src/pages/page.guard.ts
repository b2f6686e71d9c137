import { Settings } from '#config';
import { DomainError } from '#kernel';
import { Injectable, NotFoundException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { RequestWithPrincipal } from '../auth/asking.js';
import { Sessions } from './session.js';

/** Nobody is signed in: to be sent to the sign-in page, and back. */
export class SignInNeeded extends Error {
  constructor(readonly from: string) {
    super('Sign in first.');
  }
}

/** Pages are there in development only. A form that another site sent is refused. */
@Injectable()
export class PagesAreOpenGuard implements CanActivate {
  constructor(
    private readonly sessions: Sessions,
    private readonly settings: Settings,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (!this.sessions.areOpen) throw new NotFoundException();
    const request = context.switchToHttp().getRequest<RequestWithPrincipal>();
    if (request.method !== 'GET' && !isFromHere(request.headers, this.settings.publicUrl))
      throw new DomainError('forbidden', 'This form was sent from another site.');
    return true;
  }
}

/** As above, for somebody who is signed in. */
@Injectable()
export class SignedInGuard implements CanActivate {
  constructor(
    private readonly open: PagesAreOpenGuard,
    private readonly sessions: Sessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    this.open.canActivate(context);
    const request = context.switchToHttp().getRequest<RequestWithPrincipal>();
    const principal = await this.sessions.principal(request.headers.cookie);
    if (!principal) throw new SignInNeeded(request.url);
    request.principal = principal;
    return true;
  }
}

/**
 * A browser says where a form comes from (Origin, Sec-Fetch-Site) and pages cannot change it; a program that says nothing has no
 * cookie of somebody else to misuse. The cookie is SameSite besides.
 */
export function isFromHere(headers: Record<string, string | string[] | undefined>, publicUrl: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  return new URL(origin).host === headers['host'] || origin === new URL(publicUrl).origin;
}
