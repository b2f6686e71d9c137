import { check, DAY_0, day, pathway } from '../../../../test/support/pathway.js';

/** How waits for speech and language therapy end, go on elsewhere, or are mended. Numbers: domain reference 11. */
const received = () => pathway('speech-and-language-therapy').received(DAY_0);
const monitored = (by: 'clinician' | 'family' = 'clinician') =>
  received().event('active-monitoring-started', '2026-04-01', { by, reviewOn: '2026-07-01' });
const runsFromDay0 = { state: 'waiting', startedOn: DAY_0, stoppedOn: null } as const;
