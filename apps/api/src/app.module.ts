import { PlatformModule, type Platform } from '#platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { BearerGuard, Tokens } from './auth/index.js';
import { HealthModule } from './health/health.module.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ReferralsModule } from './referrals/referrals.module.js';

/** The API and the pages, one folder a resource. */
@Module({
  imports: [
    ReferralsModule,
    HealthModule,
  ],
  providers: [
    Tokens,
    { provide: APP_GUARD, useClass: BearerGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
  ],
})
export class ApiModule {
  static on(platform: Platform): DynamicModule {
    return { module: ApiModule, imports: [PlatformModule.of(platform)] };
  }
}
