import { Module } from '@nestjs/common';
import { SandboxController } from './sandbox.controller.js';
import { SandboxMessages } from './sandbox-messages.js';

@Module({ controllers: [SandboxController], providers: [SandboxMessages] })
export class SandboxModule {}
