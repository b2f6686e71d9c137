import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { viewsFolder } from './views-folder.js';

export interface Asset {
  type: string;
  body: Buffer;
  /** Its address holds a digest of what it is: it may be kept for ever. */
  immutable: boolean;
}

const TYPES: Record<string, string> = { css: 'text/css; charset=utf-8', svg: 'image/svg+xml; charset=utf-8' };

/** Style sheets and pictures of the pages, all from this machine, read once. */
@Injectable()
export class Assets {
  readonly #byPath = new Map<string, Asset>();
  /** Addresses of the style sheets, in order. */
  readonly styles: readonly string[];
  readonly icon: string;

  constructor() {
    const nhsuk = join(dirname(createRequire(import.meta.url).resolve('nhsuk-frontend/package.json')), 'dist/nhsuk');
    const ours = join(viewsFolder(), 'assets');
    // Without its web font, which would be fetched from elsewhere and is licensed for the NHS's own sites.
    const sheet = readFileSync(join(nhsuk, 'nhsuk-frontend.min.css'), 'utf8').replace(/@font-face\{[^}]*\}/g, '');
    this.styles = [
      this.#keep('nhsuk-frontend', 'css', Buffer.from(sheet)),
      this.#keep('meanwhile', 'css', readFileSync(join(ours, 'meanwhile.css'))),
    ];
    this.icon = this.#keep('meanwhile', 'svg', readFileSync(join(ours, 'meanwhile.svg')));
    // The style sheet names its pictures itself, without a digest.
    const pictures = join(nhsuk, 'assets/images');
    for (const name of readdirSync(pictures).filter((n) => n.endsWith('.svg'))) {
      this.#byPath.set(`images/${name}`, { type: TYPES['svg'] ?? '', body: readFileSync(join(pictures, name)), immutable: false });
    }
  }

  find(path: string): Asset | undefined {
    return this.#byPath.get(path);
  }

  #keep(name: string, ending: 'css' | 'svg', body: Buffer): string {
    const path = `${name}-${createHash('sha256').update(body).digest('hex').slice(0, 12)}.${ending}`;
    this.#byPath.set(path, { type: TYPES[ending] ?? '', body, immutable: true });
    return `/assets/${path}`;
  }
}
