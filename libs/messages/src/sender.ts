export type Channel = 'sms' | 'email';

/** One message on its way out. Its reference is unique, ours, and known before it is sent. */
export interface OutgoingMessage {
  tenant: string;
  /** `{tenant}-{message id}`. */
  reference: string;
  channel: Channel;
  /** A telephone number or an email address. */
  recipient: string;
  subject: string | null;
  body: string;
}

/**
 * What became of an attempt.
 * sent: the provider has it. refused: it never will, this address is dead. unavailable: it has not got it, another time may do.
 * uncertain: it may have it or not, and only the provider could know.
 */
export type SendOutcome = 'sent' | 'refused' | 'unavailable' | 'uncertain';

/** The way out. Chosen at start; each is one class with the same promise: one call is one attempt and never throws for what a provider said. */
export abstract class MessageSender {
  abstract readonly name: string;
  abstract readonly channels: readonly Channel[];
  /** How many at a time. */
  abstract readonly concurrency: number;
  /** It can be asked by reference what became of a message. One that cannot is never given the same message twice by the machine. */
  abstract readonly canBeAsked: boolean;

  abstract send(message: OutgoingMessage): Promise<SendOutcome>;

  /** Whether it knows this reference. Called only where canBeAsked. @throws when it does not answer: then nothing is known, ask again later */
  abstract lookUp(tenant: string, reference: string): Promise<'sent' | 'unknown'>;
}
