import { Reports } from '#reporting';
import { Module } from '@nestjs/common';
import { ReportsController } from './reports.controller.js';

@Module({ controllers: [ReportsController], providers: [Reports], exports: [Reports] })
export class ReportsModule {}
