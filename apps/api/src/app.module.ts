import { PlatformModule, type Platform } from '#platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { BearerGuard, Tokens } from './auth/index.js';
import { CheckInsModule } from './check-ins/check-ins.module.js';
import { ChildrenModule } from './children/children.module.js';
import { DuplicatesModule } from './duplicates/duplicates.module.js';
import { EscalationsModule } from './escalations/escalations.module.js';
import { FamilyPageModule } from './family-page/family-page.module.js';
import { FhirModule } from './fhir/fhir.module.js';
import { HealthModule } from './health/health.module.js';
import { IdempotencyInterceptor } from './http/idempotency.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { ImportsModule } from './imports/imports.module.js';
import { MessageHoldsModule } from './message-holds/message-holds.module.js';
import { PagesModule } from './pages/pages.module.js';
import { ReferralsModule } from './referrals/referrals.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { SandboxModule } from './sandbox/sandbox.module.js';

/** The API and the pages, one folder a resource. */
@Module({
  imports: [
    ReferralsModule,
    CheckInsModule,
    EscalationsModule,
    MessageHoldsModule,
    ChildrenModule,
    DuplicatesModule,
    ReportsModule,
    ImportsModule,
    FhirModule,
    FamilyPageModule,
    PagesModule,
    SandboxModule,
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
