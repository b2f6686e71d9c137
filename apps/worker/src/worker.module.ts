import { PlatformModule, type Platform } from '#platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { CheckInsProcessor } from './check-ins.processor.js';
import { ImportsProcessor } from './imports.processor.js';
import { PassesProcessor } from './passes.processor.js';
import { Tidy } from './tidy.js';
import { WaitsProcessor } from './waits.processor.js';

/** One processor a queue; an application without a port. */
@Module({ providers: [WaitsProcessor, CheckInsProcessor, PassesProcessor, ImportsProcessor, Tidy] })
export class WorkerModule {
  static on(platform: Platform): DynamicModule {
    return { module: WorkerModule, imports: [PlatformModule.of(platform)] };
  }
}
