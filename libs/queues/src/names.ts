/** The queues, by what is looked at when they ring. */
export const QUEUE_NAMES = ['waits', 'check-ins', 'passes', 'imports'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** What a wake-up carries: whose rows to look at. Without a tenant: everybody's. `pass` names one of the passes of the schedule. */
export interface WakeUp {
  tenant?: string;
  pass?: string;
}
