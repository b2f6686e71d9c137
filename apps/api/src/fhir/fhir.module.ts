import { Module } from '@nestjs/common';
import { FhirMessagesController } from './messages.controller.js';

@Module({ controllers: [FhirMessagesController] })
export class FhirModule {}
