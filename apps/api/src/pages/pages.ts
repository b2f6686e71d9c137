import { Settings } from '#config';
import { isProvider, type Principal } from '#kernel';
import type { Freshness } from '#reporting';
import { Injectable } from '@nestjs/common';
import nunjucks from 'nunjucks';
import { Assets } from './assets.js';
import { viewsFolder } from './views-folder.js';
import { filters } from './words.js';

/** Kept nowhere, shown in no frame; nothing is loaded from elsewhere, nothing runs. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  // Not no-referrer: with that, browsers send forms without saying where from, and forged ones could not be told apart.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
} as const;

/** What every page is given; the rest is its own. */
export interface PageContent {
  principal: Principal | null;
  freshness: Freshness | null;
  [own: string]: unknown;
}

/** Server-made pages: plain HTML, everything escaped, no JavaScript. */
@Injectable()
export class Pages {
  readonly #nunjucks = new nunjucks.Environment(new nunjucks.FileSystemLoader(viewsFolder()), {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  });

  constructor(
    private readonly assets: Assets,
    private readonly settings: Settings,
  ) {
    for (const [name, filter] of Object.entries(filters)) this.#nunjucks.addFilter(name, filter);
  }

  render(view: string, content: PageContent): string {
    const shape = content.freshness?.syntheticShape ?? null;
    return this.#nunjucks.render(view, {
      errors: null,
      ...content,
      styles: this.assets.styles,
      icon: this.assets.icon,
      isProvider: content.principal !== null && isProvider(content.principal),
      synthetic: shape !== null || this.settings.synthetic ? { shape: shape === null ? null : `${shape.replace(/\.$/, '')}.` } : null,
    });
  }
}
