import { ANSWERED_BY, CHANGES, isConcern, isRed, STILL_NEEDED, type LinkView } from '#check-ins';
import { londonInstant } from '#kernel';
import { serviceLine } from '#service-lines';
import { HELP_NOW, whatHappensNext } from './what-happens-next.js';

const help = HELP_NOW.map(({ when, what }) => `${when}: ${what}`);

/** The same views as JSON, for programs: what to ask, or what happens next. */
export function asJson(view: LinkView): object {
  switch (view.kind) {
    case 'birth-date':
      return { ask: 'birth-date', wrong: view.wrong, help };
    case 'questions': {
      const { words, questions } = serviceLine(view.line);
      return {
        ask: 'answers',
        service: words.service,
        whoReads: words.whoReads,
        whileYouWait: words.whileYouWait,
        pass: view.pass,
        stillNeeded: STILL_NEEDED,
        change: CHANGES,
        answeredBy: ANSWERED_BY,
        concerns: questions.map((q) => ({ ...q, urgent: isConcern(q.concern) && isRed(q.concern) })),
        help,
      };
    }
    case 'heard':
      return {
        received: true,
        complete: view.complete,
        urgent: view.urgent,
        whatHappensNext: whatHappensNext(view, serviceLine(view.line).words),
        lookedAtBy: view.lookedAtBy,
        nobodyReadsBefore: view.notBefore ? londonInstant(view.notBefore.on, view.notBefore.time) : null,
        pass: view.pass,
        help,
      };
    case 'closed':
      return { stopped: view.why !== 'wrong-birth-date', why: view.why, help };
    case 'unknown':
    case 'expired':
      return { why: view.kind, help };
  }
}
