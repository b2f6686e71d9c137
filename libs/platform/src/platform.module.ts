import { Secrets, Settings } from '#config';
import { checkInPolicy, CheckIns, CheckInSweep, GoingLive, Replies } from '#check-ins';
import { Database } from '#database';
import { Disputes, DuplicatePass, Duplicates, JoinRecords, SplitRecords, WhereItWent } from '#duplicates';
import { Escalations } from '#escalations';
import { loadServiceMap, MessageActs, MessageStore, ProcessMessage, ServiceMap, SetAside, UpdateReferral } from '#fhir';
import { ImportRun, Imports } from '#imports';
import { Clock } from '#kernel';
import { MessageHolds } from '#message-holds';
import { chooseSender, MessageSender } from '#messages';
import { Queues } from '#queues';
import { ReceiveReferral, RecordEvent, Referrals } from '#referrals';
import { serviceLine } from '#service-lines';
import { Rebuild, ThresholdPass, WaitFold, WaitRules } from '#waits';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Platform } from './platform.js';

/** Where lines and the check-in policy are told to the waits, which know neither. */
class RulesOfTheLines extends WaitRules {
  override readonly checkInPolicy = checkInPolicy;
  override line(code: string): ReturnType<WaitRules['line']> {
    return serviceLine(code).rules;
  }
}

const useCases = [
  ReceiveReferral,
  RecordEvent,
  Referrals,
  WaitFold,
  ThresholdPass,
  Rebuild,
  CheckIns,
  CheckInSweep,
  GoingLive,
  Replies,
  Escalations,
  MessageHolds,
  ProcessMessage,
  MessageActs,
  MessageStore,
  UpdateReferral,
  SetAside,
  DuplicatePass,
  Duplicates,
  JoinRecords,
  SplitRecords,
  Disputes,
  WhereItWent,
  Imports,
  ImportRun,
];

/** The open platform and the use cases on it, for every module of an app. */
@Global()
@Module({})
export class PlatformModule {
  static of(platform: Platform): DynamicModule {
    const providers = [
      { provide: Settings, useValue: platform.settings },
      { provide: Secrets, useValue: platform.secrets },
      { provide: Clock, useValue: platform.clock },
      { provide: Database, useValue: platform.database },
      { provide: Queues, useValue: platform.queues },
      { provide: WaitRules, useClass: RulesOfTheLines },
      { provide: ServiceMap, useFactory: ({ fhirServiceMap }: Settings) => loadServiceMap(fhirServiceMap), inject: [Settings] },
      { provide: MessageSender, useFactory: chooseSender, inject: [Settings, Database, Clock] },
      ...useCases,
    ];
    return { module: PlatformModule, providers, exports: providers };
  }
}
