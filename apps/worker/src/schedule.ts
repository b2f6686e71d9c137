import type { ScheduledWakeUp } from '#queues';

/**
 * When the workers look by themselves, in London time (seconds, minutes, hours, day of month, month, day of week).
 * Everything also happens on a wake-up the moment there is cause; these lines find what a lost wake-up forgot.
 */
export const schedule: readonly ScheduledWakeUp[] = [
  // Waits whose pathway changed and nobody came.
  { id: 'sweep-waits', queue: 'waits', pattern: '30 * * * * *' },
  // Which waits became longer than a threshold or their target. Late nights are caught up by the next one.
  { id: 'thresholds', queue: 'passes', pass: 'thresholds', pattern: '0 10 0 * * *' },
  // Check-ins that have come due, reminders, messages without an outcome. What may be sent when is the line's own plan.
  { id: 'sweep-check-ins', queue: 'check-ins', pattern: '0 */5 * * * *' },
  // Files that were received or left half taken in, and nobody came.
  { id: 'sweep-imports', queue: 'imports', pattern: '45 * * * * *' },
  // Children known under two records: looks only at records nobody has looked at.
  { id: 'duplicates', queue: 'passes', pass: 'duplicates', pattern: '15 */10 * * * *' },
  // Idempotency keys a day old; files whose upload stopped, or that nobody confirmed within 30 days.
  { id: 'tidy', queue: 'passes', pass: 'tidy', pattern: '0 40 3 * * *' },
];
