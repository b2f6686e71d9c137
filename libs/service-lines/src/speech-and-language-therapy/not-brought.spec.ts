import { asOf, DAY_0, pathway, type Pathway } from '../../../../test/support/pathway.js';

/**
 * The first appointment of a child that was not brought to it: AHP RTT code 33, a nullified period, and a new one on rebooking.
 * Every other measure runs on. Example 16 of the domain reference, and everything around it.
 */
const received = (priority: 'routine' | 'urgent' | 'emergency' = 'routine'): Pathway =>
  pathway('speech-and-language-therapy').received(DAY_0, { priority });
const notBrought = () => received().event('appointment-booked', '2026-01-20').notBrought('2026-02-10');
const rebooked = () => notBrought().event('rebooked', '2026-02-17');

const runs = { state: 'waiting', startedOn: DAY_0, days: 55, stopCode: null } as const;
const nullified = { state: 'nullified', stoppedOn: '2026-02-10', stopCode: '33', stopKind: null, days: 36, withinTarget: null } as const;
const again = { state: 'waiting', startedOn: '2026-02-17', days: 12, targetDays: 126, breachOn: '2026-06-24' } as const;
const runsOn = { 'ahp-rtt': runs, 'ahp-rtt 2': 'absent' } as const;

asOf('2026-03-01', {
  '16: clearly told: nullified, and no clock until it is rebooked': [
    notBrought(),
    { 'ahp-rtt': nullified, 'ahp-rtt 2': 'absent', sitrep: runs, experienced: runs, referral: { state: 'waiting' } },
  ],
  '16: rebooked: a new clock': [
    rebooked(),
    { 'ahp-rtt': nullified, 'ahp-rtt 2': again, sitrep: runs, 'sitrep 2': 'absent', experienced: runs },
  ],
  'a later booking starts it, once': [
    notBrought().event('appointment-booked', '2026-02-17').event('rebooked', '2026-02-20'),
    { 'ahp-rtt 2': again, 'ahp-rtt 3': 'absent' },
  ],
  'a later contact starts it': [notBrought().contact('2026-02-17', 'assessment'), { 'ahp-rtt 2': again }],
  'a later contact that treats starts and stops it': [
    notBrought().contact('2026-02-17', 'treatment'),
    { 'ahp-rtt': nullified, 'ahp-rtt 2': { state: 'stopped', startedOn: '2026-02-17', stopCode: '30', days: 0 } },
  ],
  'a later contact, cancelled by the provider, had been booked all the same': [
    notBrought().contact('2026-02-17', 'assessment', { attendance: 'cancelled-by-provider' }),
    { 'ahp-rtt 2': again },
  ],
  'rebooked by telephone on the very day': [
    notBrought().event('rebooked', '2026-02-10'),
    { 'ahp-rtt': nullified, 'ahp-rtt 2': { state: 'waiting', startedOn: '2026-02-10', days: 19 } },
  ],
  'a call to see how they are does not start it': [
    notBrought().event('waiting-support', '2026-02-17', { kind: 'check-in-call' }),
    { 'ahp-rtt 2': 'absent' },
  ],
  'not brought a second time: the new clock runs on': [
    rebooked().notBrought('2026-02-24').event('rebooked', '2026-02-25'),
    { 'ahp-rtt 2': again, 'ahp-rtt 3': 'absent' },
  ],
  'not brought a second time, and the rebooking never told: that appointment was it': [
    notBrought().notBrought('2026-02-17'),
    { 'ahp-rtt 2': again, 'ahp-rtt 3': 'absent' },
  ],
  '19: not brought twice, removed after review: no success of anyone': [
    rebooked().notBrought('2026-02-24').event('removed', '2026-02-28', { reason: 'not-brought-after-review' }),
    {
      'ahp-rtt': nullified,
      'ahp-rtt 2': { state: 'stopped', stopCode: '34', stopKind: 'removed', withinTarget: null },
      sitrep: { state: 'stopped', stopCode: 'removed', stopKind: 'removed', withinTarget: null },
      referral: { state: 'removed', stage: null },
    },
  ],
  'removed before it was rebooked: it stays nullified': [
    notBrought().event('removed', '2026-02-20', { reason: 'no-response' }),
    { 'ahp-rtt': nullified, 'ahp-rtt 2': 'absent', sitrep: { stopKind: 'removed' } },
  ],
  'not shown to have been told: the clock runs on': [
    received().event('contact', '2026-02-10', { attendance: 'not-brought', mechanism: 'face-to-face', purpose: 'assessment' }),
    runsOn,
  ],
  'told of the second appointment only: that was not the first': [
    received().contact('2026-02-10', 'assessment', { attendance: 'not-brought' }).notBrought('2026-02-24').event('rebooked', '2026-02-25'),
    runsOn,
  ],
  'an emergency is never nullified': [received('emergency').notBrought('2026-02-10').event('rebooked', '2026-02-11'), runsOn],
  'one that became an emergency before it is not either': [
    received().event('priority-changed', '2026-02-01', { priority: 'emergency' }).notBrought('2026-02-10'),
    runsOn,
  ],
  'an urgent one is': [received('urgent').notBrought('2026-02-10'), { 'ahp-rtt': nullified }],
  'late and not seen never nullifies': [
    received().event('contact', '2026-02-10', { attendance: 'late-not-seen', appointmentCommunicated: true, purpose: 'assessment' }),
    runsOn,
  ],
  'late and not seen was the first appointment: the next one changes nothing': [
    received().contact('2026-02-03', 'assessment', { attendance: 'late-not-seen' }).notBrought('2026-02-10'),
    runsOn,
  ],
  'cancelled by the family never nullifies': [
    received().event('contact', '2026-02-10', { attendance: 'cancelled-by-family', appointmentCommunicated: true }),
    runsOn,
  ],
  'a cancelled appointment was no first one: the one not brought is': [
    received().contact('2026-01-27', 'assessment', { attendance: 'cancelled-by-provider' }).notBrought('2026-02-10'),
    { 'ahp-rtt': nullified },
  ],
  'seen and not brought on one day counts as seen': [received().notBrought('2026-02-10').contact('2026-02-10', 'triage'), runsOn],
  'told by mistake and voided: the first clock runs again': [rebooked().about('a').event('event-voided', '2026-02-20', { seq: 3 }), runsOn],
});
asOf('2026-02-09', { 'the day before it happened': [rebooked(), { 'ahp-rtt': { state: 'waiting', days: 35 }, 'ahp-rtt 2': 'absent' }] });
asOf('2026-02-16', { 'between not brought and rebooked': [rebooked(), { 'ahp-rtt': nullified, 'ahp-rtt 2': 'absent' }] });
