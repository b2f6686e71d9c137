import { Module } from '@nestjs/common';
import { FamilyPageController } from './family-page.controller.js';
import { FamilyPages } from './family-pages.js';

@Module({ controllers: [FamilyPageController], providers: [FamilyPages] })
export class FamilyPageModule {}
