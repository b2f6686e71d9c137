import { Module } from '@nestjs/common';
import { EscalationsController } from './escalations.controller.js';

@Module({ controllers: [EscalationsController] })
export class EscalationsModule {}
