import { RecordCall } from '#check-ins';
import { Module } from '@nestjs/common';
import { CheckInsController } from './check-ins.controller.js';

@Module({ controllers: [CheckInsController], providers: [RecordCall] })
export class CheckInsModule {}
