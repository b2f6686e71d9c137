import { Module } from '@nestjs/common';
import { DuplicatesController } from './duplicates.controller.js';

@Module({ controllers: [DuplicatesController] })
export class DuplicatesModule {}
