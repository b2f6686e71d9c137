import { isConcern, isRed, type Heard, type LinkView } from '#check-ins';
import { Settings } from '#config';
import { serviceLine } from '#service-lines';
import { Injectable } from '@nestjs/common';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import nunjucks from 'nunjucks';
import { HELP_NOW, whatHappensNext } from './what-happens-next.js';

/** What a page needs to be shown again with its errors. */
export interface PageErrors {
  list: { text: string; href: string }[];
  given: Record<string, unknown>;
}

const NHSUK = dirname(createRequire(import.meta.url).resolve('nhsuk-frontend/package.json'));

/** The same folder from source and from dist: the views are not compiled. */
function viewsFolder(): string {
  let root = import.meta.dirname;
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  return join(root, 'apps/api/src/family-page/views');
}

/** The pages behind a family's link: plain HTML that works without JavaScript. Everything a family typed is escaped. */
@Injectable()
export class FamilyPages {
  readonly #nunjucks = new nunjucks.Environment(new nunjucks.FileSystemLoader([viewsFolder(), join(NHSUK, 'dist')]), {
    autoescape: true,
    throwOnUndefined: false,
    trimBlocks: true,
    lstripBlocks: true,
  });
  /** The NHS design without its web font: a family's visit is told to nobody else. */
  readonly styles = readFileSync(join(NHSUK, 'dist/nhsuk/nhsuk-frontend.min.css'), 'utf8').replace(/@font-face\{[^}]*\}/g, '');

  constructor(private readonly settings: Settings) {}

  /** @param afterUrgent the same person has just pressed an urgent worry; known from the page, never from what is kept */
  page(view: LinkView, errors: PageErrors | null = null, afterUrgent = false): string {
    switch (view.kind) {
      case 'birth-date':
        return this.#render('birth-date.njk', { wrong: view.wrong, errors });
      case 'questions':
        return this.#render('questions.njk', { ...formOf(view), errors });
      case 'heard':
        return this.#render('heard.njk', {
          ...formOf(view),
          heard: view,
          urgent: view.urgent || afterUrgent,
          next: whatHappensNext(view, serviceLine(view.line).words, afterUrgent),
        });
      case 'closed':
        return this.#render('closed.njk', { why: view.why });
      case 'unknown':
      case 'expired':
        return this.#render('gone.njk', { expired: view.kind === 'expired' });
    }
  }

  /** Something failed here, and somebody may need help now. */
  sorry(): string {
    return this.#render('sorry.njk', {});
  }

  #render(view: string, context: object): string {
    return this.#nunjucks.render(view, { ...context, helpNow: HELP_NOW, synthetic: this.settings.synthetic });
  }
}

/** The questions of the line: what acts when it is chosen, and the rest. */
function formOf(view: Extract<LinkView, { kind: 'questions' }> | Heard): object {
  const line = serviceLine(view.line);
  const urgent = (concern: string): boolean => isConcern(concern) && isRed(concern);
  return {
    pass: view.pass,
    youngPerson: view.reader === 'young-person',
    words: line.words,
    urgentQuestions: line.questions.filter((q) => urgent(q.concern)),
    otherQuestions: line.questions.filter((q) => !urgent(q.concern)),
  };
}
