import { asOf, DAY_0, day, pathway, type Pathway } from '../../../../test/support/pathway.js';

/** Worked examples of wheelchairs and other equipment: the wait ends when every prescribed item can be used. Numbers: domain reference 11. */
const received = (): Pathway => pathway('specialist-equipment').received(DAY_0);
const prescribed = (items?: string[]) =>
  received()
    .event('assessed', '2026-02-02')
    .event('prescription-decided', '2026-02-10', items ? { items } : {});
const runs = { state: 'waiting', startedOn: DAY_0, stoppedOn: null, stopCode: null, stopKind: null } as const;
const handedOver = (code: string | null, days: number, withinTarget: boolean) =>
  ({ state: 'stopped', startedOn: DAY_0, stopCode: code, stopKind: 'handover', days, withinTarget }) as const;

describe('the day of handover: 3a, 3b, and the days that fit neither', () => {
  test.each([
    ['on the day of receipt', 0, '3a', true],
    ['on day 125', 125, '3a', true],
    ['39: on day 126: within 18 weeks', 126, '3a', true],
    ['on day 127: no label, and not within 18 weeks', 127, null, false],
    ['on day 128', 128, null, false],
    ['on day 131', 131, null, false],
    ['on day 132', 132, null, false],
    ['on day 133: 19 weeks or more', 133, '3b', false],
    ['on day 400', 400, '3b', false],
  ])('%s', (_, n, code, withinTarget) => {
    const shown = received().event('handed-over', day(n), { usable: true }).waits('a', day(500));
    expect(shown['equipment-handover']).toMatchObject({ ...handedOver(code, n, withinTarget), targetDays: 126, breachOn: day(127) });
    expect(shown['sitrep']).toMatchObject({ ...handedOver('handover', n, withinTarget) });
    expect(shown['experienced']).toMatchObject({ ...handedOver('handover', n, withinTarget) });
  });
});

describe('every prescribed item, and usable', () => {
  const none = { 'equipment-handover': runs, sitrep: runs, experienced: runs };
  const partDelivered = { ...none, referral: { state: 'waiting', stage: 'part-delivered' } };
  const whole = (n: number) => ({
    'equipment-handover': { ...handedOver('3a', n, true), stoppedOn: day(n) },
    sitrep: handedOver('handover', n, true),
    experienced: handedOver('handover', n, true),
    referral: { state: 'in-treatment', stage: 'awaiting-review' },
  });
  const chairAndSeat = () => prescribed(['chair', 'seat']);
  const over = (p: Pathway, n: number, item: string | undefined, usable: boolean) =>
    p.event('handed-over', day(n), { ...(item ? { item } : {}), usable });

  asOf('2026-06-01', {
    '41: chair delivered, prescribed seat missing': [over(chairAndSeat(), 60, 'chair', true), partDelivered],
    '41: the seat comes': [over(over(chairAndSeat(), 60, 'chair', true), 98, 'seat', true), whole(98)],
    'the seat came first': [over(over(chairAndSeat(), 60, 'seat', true), 98, 'chair', true), whole(98)],
    'delivered and not usable': [over(prescribed(), 60, undefined, false), partDelivered],
    'not usable, then mended': [over(over(prescribed(), 60, undefined, false), 70, undefined, true), whole(70)],
    'one item not usable': [over(over(chairAndSeat(), 60, 'chair', true), 70, 'seat', false), partDelivered],
    'an item that was usable and is no longer': [
      over(over(over(chairAndSeat(), 60, 'chair', true), 65, 'chair', false), 70, 'seat', true),
      partDelivered,
    ],
    'an item twice is not two items': [over(over(chairAndSeat(), 60, 'chair', true), 70, 'chair', true), partDelivered],
    'the chair handed over on the day chair and seat were prescribed, told first': [
      over(received(), 36, 'chair', true).event('prescription-decided', day(36), { items: ['seat', 'chair'] }),
      partDelivered,
    ],
    'an item nobody prescribed': [over(chairAndSeat(), 60, 'tray', true), partDelivered],
    'no items named in the prescription: the chair is the whole of it': [over(prescribed(), 60, 'chair', true), whole(60)],
    'no prescription told at all: the handover says it': [over(received(), 60, undefined, true), whole(60)],
    'a funding band told later does not forget the items': [
      over(chairAndSeat().event('prescription-decided', '2026-02-12', {}), 60, 'chair', true),
      partDelivered,
    ],
    'an item more, prescribed before handover': [
      over(chairAndSeat().event('prescription-decided', day(50), { items: ['chair', 'seat', 'tray'] }), 60, 'chair', true),
      partDelivered,
    ],
    'delivered to the door is not handed over': [prescribed().event('delivered', day(60)).event('interim-equipment-issued', day(61)), none],
    'nor is an attended fitting that was not recorded as a handover': [prescribed().contact(day(60), 'treatment'), none],
    'funding refused or deferred: the clock runs': [
      prescribed().event('funding-refused', day(50)).event('funding-deferred', day(55)),
      none,
    ],
    'outgrown while waiting: the first start is kept': [
      prescribed().event('ordered', day(46)).event('outgrown-while-waiting', day(116)),
      none,
    ],
    'outgrown with the chair in use and the seat missing: all of it is needed again': [
      over(over(chairAndSeat(), 60, 'chair', true).event('outgrown-while-waiting', day(80)), 98, 'seat', true),
      partDelivered,
    ],
    'outgrown, then all of it handed over: one wait from the first start': [
      over(over(chairAndSeat().event('outgrown-while-waiting', day(80)), 98, 'seat', true), 99, 'chair', true),
      whole(99),
    ],
    'found unusable after the handover: the stop stands, the repair is another matter': [
      over(over(prescribed(), 60, undefined, true), 70, undefined, false),
      whole(60),
    ],
  });
  asOf(day(97), { '41: the day before the seat came': [over(over(chairAndSeat(), 60, 'chair', true), 98, 'seat', true), partDelivered] });
});

describe('nothing handed over', () => {
  const noSuccess = { state: 'stopped', stopKind: 'no-treatment', stoppedOn: '2026-02-10', withinTarget: null } as const;
  const neverAWait = { state: 'excluded', withinTarget: null } as const;
  asOf('2026-06-01', {
    '43: no equipment needed: 3c': [
      received().event('assessed', '2026-02-02').event('prescription-decided', '2026-02-10', { none: true }),
      {
        'equipment-handover': { ...noSuccess, stopCode: '3c', days: 36 },
        sitrep: noSuccess,
        experienced: noSuccess,
        referral: { state: 'removed', stage: null },
      },
    ],
    'discharged before handover': [
      prescribed().event('discharged', '2026-02-10'),
      { 'equipment-handover': noSuccess, sitrep: noSuccess, experienced: noSuccess, referral: { state: 'removed' } },
    ],
    declined: [received().event('treatment-declined', '2026-02-10'), { 'equipment-handover': noSuccess, sitrep: noSuccess }],
    'decision not to treat': [
      received().event('decision-not-to-treat', '2026-02-10'),
      { 'equipment-handover': noSuccess, sitrep: noSuccess },
    ],
    removed: [
      received().event('removed', '2026-02-10'),
      { 'equipment-handover': { ...noSuccess, stopCode: 'removed', stopKind: 'removed' }, sitrep: { stopCode: 'removed' } },
    ],
    'the child dies': [
      received().event('died', '2026-02-10'),
      { 'equipment-handover': { ...noSuccess, stopKind: 'died' }, referral: { state: 'closed' } },
    ],
    rejected: [
      received().event('referral-rejected', '2026-02-10'),
      { 'equipment-handover': neverAWait, sitrep: neverAWait, experienced: neverAWait },
    ],
    'not brought to the fitting: the clock runs': [
      received().notBrought('2026-02-10'),
      { 'equipment-handover': runs, sitrep: runs, experienced: runs },
    ],
    'unknown start, handed over: no days, no code': [
      pathway('specialist-equipment').received(null).event('handed-over', '2026-02-10', { usable: true }),
      { 'equipment-handover': { state: 'stopped', stopCode: null, stopKind: 'handover', days: null, withinTarget: null } },
    ],
  });
});

describe('active monitoring', () => {
  const monitored = () =>
    prescribed(['chair']).event('active-monitoring-started', '2026-04-01', { by: 'clinician', reviewOn: '2026-07-01' });
  asOf('2026-08-01', {
    'stops the SitRep, not the handover': [
      monitored(),
      {
        sitrep: { state: 'stopped', stopKind: 'no-treatment', days: 86, withinTarget: null },
        'equipment-handover': runs,
        experienced: runs,
      },
    ],
    'a decision to treat starts the SitRep again': [
      monitored().event('decision-to-treat', '2026-07-01'),
      {
        'sitrep 2': { state: 'waiting', startedOn: '2026-07-01', days: 31 },
        'equipment-handover': runs,
        referral: { state: 'waiting', stage: 'awaiting-decision' },
      },
    ],
    'after a first handover, an unusable second one stops nothing': [
      prescribed()
        .event('handed-over', day(60), { usable: true })
        .event('active-monitoring-started', '2026-04-01', { by: 'clinician', reviewOn: '2026-07-01' })
        .event('decision-to-treat', '2026-07-01')
        .event('prescription-decided', '2026-07-02', { items: ['chair'] })
        .event('handed-over', '2026-07-20', { item: 'chair', usable: false }),
      {
        sitrep: { stopKind: 'handover', days: 60 },
        'sitrep 2': { state: 'waiting', days: 31 },
        referral: { state: 'waiting', stage: 'part-delivered' },
      },
    ],
  });
});
