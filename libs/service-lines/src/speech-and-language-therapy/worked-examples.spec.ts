import { check, DAY_0, day, pathway } from '../../../../test/support/pathway.js';

/** Numbers are those of the worked examples (domain reference 11). Day 0 is 2026-01-05 unless said. */
const received = () => pathway('speech-and-language-therapy').received(DAY_0);
const assessed = () => received().contact('2026-02-02', 'assessment');
const nullified = () => received().event('appointment-booked', '2026-01-20').notBrought('2026-02-10');
const monitored = () => received().event('active-monitoring-started', '2026-04-01', { by: 'clinician', reviewOn: '2026-07-01' });
const runsFromDay0 = { state: 'waiting', startedOn: DAY_0, stoppedOn: null, stopCode: null, stopKind: null } as const;

describe('days, bands and the 18-week target', () => {
  check([
    { example: '1: census on the day of receipt', given: received(), asOf: DAY_0, then: { sitrep: { ...runsFromDay0, days: 0, band: '0-1' }, 'ahp-rtt': { days: 0, band: '0-1' }, experienced: { days: 0 } } },
    { example: 'the day before receipt nothing has begun', given: received(), asOf: day(-1), then: { sitrep: 'absent', 'ahp-rtt': 'absent', experienced: 'absent' } },
    { example: '3: day 8', given: received(), asOf: '2026-01-13', then: { sitrep: { days: 8, band: '>1-2' }, 'ahp-rtt': { days: 8, band: '1-2' } } },
    { example: '5: day 84, over the change of clocks', given: received(), asOf: '2026-03-30', then: { sitrep: { days: 84, band: '>4-12' } } },
    { example: '5: day 85', given: received(), asOf: '2026-03-31', then: { sitrep: { days: 85, band: '>12-18' } } },
    { example: '6: day 126 is within 18 weeks', given: received(), asOf: '2026-05-11', then: { sitrep: { days: 126, band: '>12-18', targetDays: 126, breachOn: '2026-05-12', withinTarget: true }, 'ahp-rtt': { days: 126, band: '17-18', withinTarget: true }, experienced: { targetDays: 126, withinTarget: true } } },
    { example: '7: day 127 is a breach', given: received(), asOf: '2026-05-12', then: { sitrep: { days: 127, band: '>18-52', withinTarget: false }, 'ahp-rtt': { days: 127, band: '18-19', withinTarget: false }, experienced: { withinTarget: false } } },
    { example: '8: day 364', given: received(), asOf: '2027-01-04', then: { sitrep: { days: 364, band: '>18-52' }, 'ahp-rtt': { band: '51-52' } } },
    { example: '8: day 365 counts as over 52 weeks', given: received(), asOf: '2027-01-05', then: { sitrep: { days: 365, band: '>52-104' }, 'ahp-rtt': { band: '52-53' } } },
    { example: 'day 729', given: received(), asOf: day(729), then: { sitrep: { days: 729, band: '>104' }, 'ahp-rtt': { band: '104+' } } },
    { example: 'a service with a target of its own', given: received().choosing('P1', { targets: { sitrep: 91 } }), asOf: day(92), then: { sitrep: { targetDays: 91, breachOn: day(92), withinTarget: false }, 'ahp-rtt': { targetDays: 126 } } },
    { example: 'seen on day 126 is within target', given: received().contact(day(126), 'assessment'), asOf: day(200), then: { sitrep: { stoppedOn: day(126), days: 126, withinTarget: true } } },
    { example: 'seen on day 127 is not', given: received().contact(day(127), 'assessment'), asOf: day(200), then: { sitrep: { days: 127, withinTarget: false } } },
  ]);
});

describe('the start', () => {
  check([
    { example: '10: triaged and accepted later: the clock starts on receipt', given: received().event('triaged', '2026-01-20').event('referral-accepted', '2026-02-02'), asOf: '2026-03-01', then: { sitrep: { ...runsFromDay0, days: 55 }, 'ahp-rtt': { startedOn: DAY_0 }, experienced: { startedOn: DAY_0 } } },
    { example: '11: rejected as inappropriate was never a wait', given: received().event('referral-rejected', '2026-01-12', { reason: 'inappropriate' }), asOf: '2026-02-01', then: { sitrep: { state: 'excluded', withinTarget: null, stopKind: null }, 'ahp-rtt': { state: 'excluded', withinTarget: null }, experienced: { state: 'excluded', withinTarget: null } }, referral: { state: 'rejected' } },
    { example: '11: the day before the rejection the child was waiting', given: received().event('referral-rejected', '2026-01-12', { reason: 'inappropriate' }), asOf: '2026-01-11', then: { sitrep: { ...runsFromDay0, days: 6 } }, referral: { state: 'waiting' } },
    { example: '46: unknown start: listed, no wait', given: pathway('speech-and-language-therapy').received(null, { heardOn: '2026-02-01' }), asOf: '2027-03-01', then: { sitrep: { state: 'unknown-start', startedOn: null, days: null, band: null, breachOn: null, withinTarget: null }, 'ahp-rtt': { state: 'unknown-start', days: null }, experienced: { state: 'unknown-start', days: null } }, referral: { state: 'waiting' } },
    { example: '46: unknown start, not listed before we first heard', given: pathway('speech-and-language-therapy').received(null, { heardOn: '2026-02-01' }), asOf: '2026-01-31', then: { sitrep: 'absent' } },
    { example: 'unknown start, then seen: stopped, and neither success nor failure', given: pathway('speech-and-language-therapy').received(null).contact('2026-03-01', 'assessment'), asOf: '2026-04-01', then: { sitrep: { state: 'stopped', days: null, withinTarget: null, stopKind: 'first-contact' } } },
    { example: 'the received date corrected: the wait from the right day', given: received().event('received-on-corrected', '2026-02-01', { receivedOn: '2025-12-15', reason: 'date stamp' }), asOf: '2026-03-01', then: { sitrep: { startedOn: '2025-12-15', days: 76, breachOn: '2026-04-21' } } },
    { example: 'as of the day before the correction: as it was then believed', given: received().event('received-on-corrected', '2026-02-01', { receivedOn: '2025-12-15', reason: 'date stamp' }), asOf: '2026-01-31', then: { sitrep: { startedOn: DAY_0, days: 26 } } },
    { example: 'an unknown start that is found', given: pathway('speech-and-language-therapy').received(null).event('received-on-corrected', '2026-03-01', { receivedOn: '2025-11-03', reason: 'letter found' }), asOf: '2026-03-01', then: { sitrep: { state: 'waiting', startedOn: '2025-11-03', days: 118 } } },
    { example: 'two corrections told for one day: the earlier start stands', given: received().event('received-on-corrected', '2026-02-01', { receivedOn: '2025-12-15', reason: 'a' }).event('received-on-corrected', '2026-02-01', { receivedOn: '2025-12-20', reason: 'b' }), asOf: '2026-02-01', then: { sitrep: { startedOn: '2025-12-15' } } },
  ]);
});

describe('what stops the SitRep clock', () => {
  const stops = { state: 'stopped', stoppedOn: '2026-02-02', stopKind: 'first-contact', days: 28, band: '>2-4', withinTarget: true } as const;
  const runs = { ...runsFromDay0, days: 55 };
  const asOf = '2026-03-01';
  check([
    { example: 'an assessment face to face', given: assessed(), asOf, then: { sitrep: stops, 'ahp-rtt': runs, experienced: runs } },
    { example: 'an assessment by telephone', given: received().contact('2026-02-02', 'assessment', { by: 'telephone' }), asOf, then: { sitrep: stops } },
    { example: 'an assessment by video', given: received().contact('2026-02-02', 'assessment', { by: 'video' }), asOf, then: { sitrep: stops } },
    { example: 'an assessment by talk-type', given: received().contact('2026-02-02', 'assessment', { by: 'talk-type' }), asOf, then: { sitrep: stops } },
    { example: 'an assessment the family came late to', given: received().contact('2026-02-02', 'assessment', { attendance: 'attended-late' }), asOf, then: { sitrep: stops } },
    { example: 'a first contact that is treatment stops both clocks', given: received().contact('2026-02-02', 'treatment'), asOf, then: { sitrep: stops, 'ahp-rtt': { stopCode: '30', stopKind: 'treatment', days: 28 } } },
    { example: 'treatment told on its own', given: received().event('treatment-started', '2026-02-02'), asOf, then: { sitrep: stops, 'ahp-rtt': { stopCode: '30' }, experienced: { stopKind: 'treatment', days: 28 } } },
    { example: 'not a text', given: received().contact('2026-02-02', 'assessment', { by: 'text' }), asOf, then: { sitrep: runs } },
    { example: 'not an email', given: received().contact('2026-02-02', 'assessment', { by: 'email' }), asOf, then: { sitrep: runs } },
    { example: 'not a chat', given: received().contact('2026-02-02', 'assessment', { by: 'chat' }), asOf, then: { sitrep: runs } },
    { example: 'not a triage call', given: received().contact('2026-02-02', 'triage', { by: 'telephone' }), asOf, then: { sitrep: runs } },
    { example: 'not a review', given: received().contact('2026-02-02', 'review'), asOf, then: { sitrep: runs } },
    { example: 'not a family that came too late to be seen', given: received().contact('2026-02-02', 'assessment', { attendance: 'late-not-seen' }), asOf, then: { sitrep: runs, 'ahp-rtt': runs } },
    { example: 'not indirect activity: that counts for mental health', given: received().event('indirect-activity', '2026-02-02'), asOf, then: { sitrep: runs, 'ahp-rtt': runs, experienced: runs } },
    { example: 'not support while waiting, of any kind', given: ['check-in-call', 'advice-line', 'strategies-sent', 'workshop', 'duty-call', 'setting-training'].reduce((p, kind) => p.event('waiting-support', '2026-02-02', { kind }), received()), asOf, then: { sitrep: runs, 'ahp-rtt': runs, experienced: runs }, referral: { state: 'waiting', stage: 'awaiting-triage' } },
    { example: 'not an informational event of the line', given: received().event('programme-given', '2026-02-02').event('block-started', '2026-02-02'), asOf, then: { sitrep: runs, 'ahp-rtt': runs } },
    { example: 'a service that counts to first treatment: not the assessment', given: assessed().choosing('P1', { stopRule: 'first-treatment' }), asOf, then: { sitrep: runs } },
    { example: 'a service that counts to first treatment: the treatment', given: assessed().contact('2026-02-23', 'treatment').choosing('P1', { stopRule: 'first-treatment' }), asOf, then: { sitrep: { state: 'stopped', stoppedOn: '2026-02-23', days: 49 } } },
    { example: 'and as of the day before it was seen the child was waiting', given: assessed(), asOf: '2026-02-01', then: { sitrep: { ...runsFromDay0, days: 27 } } },
  ]);
});

describe('nothing pauses or resets', () => {
  const asOf = '2026-05-12';
  const breached = { ...runsFromDay0, days: 127, withinTarget: false };
  const all = { sitrep: breached, 'ahp-rtt': breached, experienced: breached, 'ahp-rtt 2': 'absent', 'sitrep 2': 'absent' } as const;
  check([
    { example: '13: the provider cancels twice', given: received().event('appointment-booked', '2026-01-20').event('appointment-cancelled', '2026-02-01', { by: 'provider' }).event('rebooked', '2026-02-02').event('appointment-cancelled', '2026-02-15', { by: 'provider' }).contact('2026-02-15', 'assessment', { attendance: 'cancelled-by-provider' }), asOf, then: all },
    { example: 'the family cancels', given: received().contact('2026-02-15', 'assessment', { attendance: 'cancelled-by-family' }).event('rebooked', '2026-02-20'), asOf, then: all },
    { example: '15: the family asks to wait eight weeks', given: received().event('family-delay', '2026-02-01'), asOf, then: all },
    { example: '18: not brought to the follow-up', given: received().contact('2026-02-02', 'triage').notBrought('2026-02-20').event('rebooked', '2026-02-27'), asOf, then: all },
    { example: 'a decision to treat without monitoring before it', given: received().event('decision-to-treat', '2026-03-01'), asOf, then: all },
    { example: '55: a priority raised after an answer to a check-in', given: received().event('priority-changed', '2026-03-01', { priority: 'urgent' }), asOf, then: all },
  ]);
});

describe('not brought: code 33', () => {
  const asOf = '2026-03-01';
  const ended = { state: 'nullified', stoppedOn: '2026-02-10', stopCode: '33', stopKind: null, days: 36, withinTarget: null } as const;
  const again = { state: 'waiting', startedOn: '2026-02-17', days: 12, targetDays: 126, breachOn: '2026-06-24' } as const;
  check([
    { example: '16: first appointment, clearly told: nullified, and no clock until it is rebooked', given: nullified(), asOf, then: { 'ahp-rtt': ended, 'ahp-rtt 2': 'absent', sitrep: { ...runsFromDay0, days: 55 }, experienced: { ...runsFromDay0, days: 55 } } },
    { example: '16: rebooked: a new clock', given: nullified().event('rebooked', '2026-02-17'), asOf, then: { 'ahp-rtt': ended, 'ahp-rtt 2': again, sitrep: { ...runsFromDay0, days: 55 }, experienced: runsFromDay0 } },
    { example: 'a later booking is a rebooking', given: nullified().event('appointment-booked', '2026-02-17').event('rebooked', '2026-02-20'), asOf, then: { 'ahp-rtt 2': again, 'ahp-rtt 3': 'absent' } },
    { example: 'a later contact is a rebooking', given: nullified().contact('2026-02-17', 'assessment'), asOf, then: { 'ahp-rtt 2': again } },
    { example: 'a later contact that treats starts and stops the new clock', given: nullified().contact('2026-02-17', 'treatment'), asOf, then: { 'ahp-rtt': ended, 'ahp-rtt 2': { state: 'stopped', startedOn: '2026-02-17', stopCode: '30', days: 0 } } },
    { example: 'a later contact the provider cancelled had been booked too', given: nullified().contact('2026-02-17', 'assessment', { attendance: 'cancelled-by-provider' }), asOf, then: { 'ahp-rtt 2': again } },
    { example: 'rebooked by telephone on the very day', given: nullified().event('rebooked', '2026-02-10'), asOf, then: { 'ahp-rtt': ended, 'ahp-rtt 2': { startedOn: '2026-02-10', days: 19 } } },
    { example: 'not brought a second time: the new clock runs on', given: nullified().event('rebooked', '2026-02-17').notBrought('2026-02-24').event('rebooked', '2026-02-25'), asOf, then: { 'ahp-rtt 2': again, 'ahp-rtt 3': 'absent' } },
    { example: '19: not brought twice, removed after review: no success', given: nullified().event('rebooked', '2026-02-17').notBrought('2026-02-24').event('removed', '2026-02-28', { reason: 'not-brought-after-review' }), asOf, then: { 'ahp-rtt 2': { state: 'stopped', stopCode: '34', stopKind: 'removed', withinTarget: null }, sitrep: { stopCode: 'removed', stopKind: 'removed', withinTarget: null } }, referral: { state: 'removed' } },
    { example: 'not shown to have been told: the clock runs on', given: received().event('contact', '2026-02-10', { attendance: 'not-brought', mechanism: 'face-to-face', purpose: 'assessment' }), asOf, then: { 'ahp-rtt': { ...runsFromDay0, days: 55 } } },
    { example: 'told the second time only: that was not the first appointment', given: received().event('contact', '2026-02-10', { attendance: 'not-brought', purpose: 'assessment', appointmentCommunicated: false }).notBrought('2026-02-24'), asOf, then: { 'ahp-rtt': runsFromDay0 } },
    { example: 'an emergency is never nullified', given: pathway('speech-and-language-therapy').received(DAY_0, { priority: 'emergency' }).notBrought('2026-02-10'), asOf, then: { 'ahp-rtt': runsFromDay0 } },
    { example: 'an urgent one is', given: pathway('speech-and-language-therapy').received(DAY_0, { priority: 'urgent' }).notBrought('2026-02-10'), asOf, then: { 'ahp-rtt': ended } },
    { example: 'late and not seen never nullifies', given: received().event('contact', '2026-02-10', { attendance: 'late-not-seen', appointmentCommunicated: true, purpose: 'assessment' }), asOf, then: { 'ahp-rtt': runsFromDay0 } },
    { example: 'late and not seen was the first appointment: the next not brought changes nothing', given: received().contact('2026-02-10', 'assessment', { attendance: 'late-not-seen' }).notBrought('2026-02-17'), asOf, then: { 'ahp-rtt': runsFromDay0 } },
    { example: 'a cancelled appointment was no first appointment: the one not brought is', given: received().contact('2026-01-27', 'assessment', { attendance: 'cancelled-by-provider' }).notBrought('2026-02-10'), asOf, then: { 'ahp-rtt': ended } },
    { example: 'seen and not brought on one day: seen', given: received().notBrought('2026-02-10').contact('2026-02-10', 'assessment'), asOf, then: { 'ahp-rtt': runsFromDay0 } },
    { example: 'removed before it was rebooked: it stays nullified', given: nullified().event('removed', '2026-02-20', { reason: 'no-response' }), asOf, then: { 'ahp-rtt': ended, 'ahp-rtt 2': 'absent', sitrep: { stopKind: 'removed' } } },
  ]);
});
