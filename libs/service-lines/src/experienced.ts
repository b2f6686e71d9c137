import { ChainClock, type Measure } from '#waits';

/** The wait as families live it, with the target of the line it is on. */
export const experienced = (target: number): Measure => ({
  code: 'experienced',
  title: 'Wait as the family has lived it (our own measure)',
  starts:
    'earliest receipt in a chain of referrals of one child to this service, at any provider, linked within 90 days of an untreated end',
  stops: 'first treatment, or the end of the chain; never resets, never pauses',
  bands: 'sitrep',
  target: () => target,
  clock(context) {
    return new ChainClock(this, context);
  },
});
