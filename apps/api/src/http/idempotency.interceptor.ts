import { Database } from '#database';
import { brokenRule, Clock, DomainError, type Principal } from '#kernel';
import { requestDigest } from '#referrals';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { RequestWithPrincipal } from '../auth/asking.js';

interface Kept {
  digest: Buffer;
  status: number | null;
  body: unknown;
}

/** `Idempotency-Key` on a POST: the same key and body get the same answer for 24 hours, another body is refused. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<RequestWithPrincipal>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || typeof key !== 'string' || !request.principal) return next.handle();
    if (key.length === 0 || key.length > 200) throw new DomainError('invalid', 'Idempotency-Key must have 1 to 200 characters.');
    // A form is read as it comes: whoever reads it keeps to the key.
    if (request.headers['content-type']?.startsWith('multipart/')) return next.handle();
    return from(this.#once(request.principal, request.url.split('?')[0] ?? '', key, request.body, context, next));
  }

  async #once(
    principal: Principal,
    route: string,
    key: string,
    body: unknown,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<unknown> {
    const digest = requestDigest({ body });
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const kept = await this.#claim(principal, route, key, digest);
    if (kept) {
      if (!kept.digest.equals(digest)) throw brokenRule('Idempotency-Key', 'was used with another body');
      if (kept.status === null) throw new DomainError('conflict', 'The first request with this key is still running.');
      void reply.status(kept.status);
      return kept.body;
    }
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await this.#keep(principal, route, key, reply.statusCode, answer);
      return answer;
    } catch (error) {
      await this.#forget(principal, route, key);
      throw error;
    }
  }

  /** Null when the key is now ours; else what was kept under it. A claim older than a day, or left by a crash, is taken over. */
  async #claim(principal: Principal, route: string, key: string, digest: Buffer): Promise<Kept | null> {
    return this.database.inTenant(principal, async (tx) => {
      const mine = await tx.query(
        `insert into idempotency_key as k (tenant, org, route, key, digest, created_at) values ($1, $2, $3, $4, $5, $6)
          on conflict (tenant, org, route, key) do update set digest = excluded.digest, status = null, body = null, created_at = excluded.created_at
          where k.created_at < $6::timestamptz - interval '24 hours' or (k.status is null and k.created_at < $6::timestamptz - interval '5 minutes') returning 1`,
        [tx.tenant, principal.org, route, key, digest, this.clock.now()],
      );
      if (mine.length > 0) return null;
      return (
        (await tx.one<Kept>(`select digest, status, body from idempotency_key where tenant = $1 and org = $2 and route = $3 and key = $4`, [
          tx.tenant,
          principal.org,
          route,
          key,
        ])) ?? null
      );
    });
  }

  async #keep(principal: Principal, route: string, key: string, status: number, body: unknown): Promise<void> {
    await this.database.inTenant(principal, (tx) =>
      tx.execute(`update idempotency_key set status = $5, body = $6 where tenant = $1 and org = $2 and route = $3 and key = $4`, [
        tx.tenant,
        principal.org,
        route,
        key,
        status,
        JSON.stringify(body ?? null),
      ]),
    );
  }

  async #forget(principal: Principal, route: string, key: string): Promise<void> {
    await this.database.inTenant(principal, (tx) =>
      tx.execute(`delete from idempotency_key where tenant = $1 and org = $2 and route = $3 and key = $4`, [
        tx.tenant,
        principal.org,
        route,
        key,
      ]),
    );
  }
}
