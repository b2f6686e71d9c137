import { Module } from '@nestjs/common';
import { ReportsModule } from '../reports/reports.module.js';
import { AssetsController } from './assets.controller.js';
import { Assets } from './assets.js';
import { DataQualityPageController } from './data-quality.controller.js';
import { OverviewController } from './overview.controller.js';
import { PagesAreOpenGuard } from './page.guard.js';
import { Pages } from './pages.js';
import { ReferralController } from './referral.controller.js';
import { Sessions } from './session.js';
import { SignInController } from './sign-in.controller.js';
import { TodayController } from './today.controller.js';

/** Four server-made pages and a development-only way in. In production they are not there. */
@Module({
  imports: [ReportsModule],
  controllers: [AssetsController, SignInController, OverviewController, DataQualityPageController, TodayController, ReferralController],
  providers: [Assets, Pages, PagesAreOpenGuard, Sessions],
})
export class PagesModule {}
