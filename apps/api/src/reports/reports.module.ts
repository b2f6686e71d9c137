import { Reports } from '#reporting';
import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { takeCsv } from './csv-body.js';
import { DataQualityController } from './data-quality.controller.js';
import { RECONCILE_PATH, ReconcileController } from './reconcile.controller.js';
import { ReportsController } from './reports.controller.js';

@Module({ controllers: [ReportsController, DataQualityController, ReconcileController], providers: [Reports], exports: [Reports] })
export class ReportsModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    takeCsv(this.host.httpAdapter.getInstance<FastifyInstance>(), RECONCILE_PATH);
  }
}
