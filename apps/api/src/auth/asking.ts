import type { Principal, Role } from '#kernel';
import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

export const PUBLIC = 'meanwhile:public';
export const ROLES_ALLOWED = 'meanwhile:roles';

/** No token needed: families' links, health, sign-in. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Roles that may; one is enough. Without it every signed-in role may. */
export const Allow = (...roles: Role[]): MethodDecorator & ClassDecorator => SetMetadata(ROLES_ALLOWED, roles);

export const PROVIDER_ROLES: Role[] = ['provider-admin', 'clinician', 'service-lead'];

export type RequestWithPrincipal = FastifyRequest & { principal?: Principal };

/** Who is asking, as the guard found. */
export const Asking = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<RequestWithPrincipal>();
  if (!principal) throw new Error('A route that asks who is asking must not be public.');
  return principal;
});
