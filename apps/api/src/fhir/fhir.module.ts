import { ReferralReads } from '#fhir';
import { Module } from '@nestjs/common';
import { ReportsModule } from '../reports/reports.module.js';
import { FhirMessagesController } from './messages.controller.js';
import { FhirResourcesController } from './resources.controller.js';

@Module({ imports: [ReportsModule], controllers: [FhirMessagesController, FhirResourcesController], providers: [ReferralReads] })
export class FhirModule {}
