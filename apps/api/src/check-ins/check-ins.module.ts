import { CheckIns, RecordCall } from '#check-ins';
import { Module } from '@nestjs/common';
import { CheckInsController } from './check-ins.controller.js';

@Module({ controllers: [CheckInsController], providers: [CheckIns, RecordCall] })
export class CheckInsModule {}
