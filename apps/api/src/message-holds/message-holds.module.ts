import { Module } from '@nestjs/common';
import { MessageHoldsController } from './message-holds.controller.js';

@Module({ controllers: [MessageHoldsController] })
export class MessageHoldsModule {}
