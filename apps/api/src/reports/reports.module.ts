import { Reports } from '#reporting';
import { Module } from '@nestjs/common';
import { DataQualityController } from './data-quality.controller.js';
import { ReportsController } from './reports.controller.js';

@Module({ controllers: [ReportsController, DataQualityController], providers: [Reports], exports: [Reports] })
export class ReportsModule {}
