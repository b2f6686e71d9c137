import { DomainError, type Role } from '#kernel';
import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { PUBLIC, ROLES_ALLOWED, type RequestWithPrincipal } from './asking.js';
import { Tokens } from './tokens.js';

/** Every route but the public ones wants a good token, and where it says so one of certain roles. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<RequestWithPrincipal>();
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    const principal = scheme?.toLowerCase() === 'bearer' && token ? await this.tokens.principal(token) : null;
    if (!principal) throw new UnauthorizedException('A bearer token is needed.');
    request.principal = principal;
    const allowed = this.reflector.getAllAndOverride<Role[] | undefined>(ROLES_ALLOWED, targets);
    if (allowed && !allowed.some((role) => principal.roles.includes(role)))
      throw new DomainError('forbidden', 'Your role may not do this.');
    return true;
  }
}
