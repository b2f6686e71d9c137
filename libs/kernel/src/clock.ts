import { londonDay, type LocalDate } from './local-date.js';

/** The only source of "now" in the system, so that any day and hour can be tried. */
export abstract class Clock {
  abstract now(): Date;

  /** Today in London. */
  today(): LocalDate {
    return londonDay(this.now());
  }
}

export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }
}

/** A clock that stands still: for the demo, and for tests, which may move it. */
export class FixedClock extends Clock {
  #at: Date;

  constructor(at: Date) {
    super();
    this.#at = at;
  }

  override now(): Date {
    return new Date(this.#at);
  }

  moveTo(at: Date): void {
    this.#at = at;
  }
}
