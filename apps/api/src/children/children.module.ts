import { Timeline } from '#check-ins';
import { Module } from '@nestjs/common';
import { ChildrenController } from './children.controller.js';

@Module({ controllers: [ChildrenController], providers: [Timeline] })
export class ChildrenModule {}
