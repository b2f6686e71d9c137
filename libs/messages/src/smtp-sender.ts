import { createTransport, type Transporter } from 'nodemailer';
import type MailMessage from 'nodemailer/lib/mailer/mail-message.js';
import { Readable } from 'node:stream';
import { MessageSender, type Channel, type OutgoingMessage, type SendOutcome } from './sender.js';

export interface SmtpOptions {
  /** smtp://user:password@host:port or smtps://… */
  url: string;
  /** `Name <address>`; the domain of message ids is that of the address. */
  from: string;
  /** How long to wait for the server, at every step. */
  timeoutMs?: number;
}

interface SmtpError {
  responseCode?: number;
  /** A step such as `RCPT TO`; `CONN` for anything that happens to the connection, whenever it happens. */
  command?: string;
}

/**
 * Email through an SMTP server: one connection and one attempt a message, so that what happened to it is known as well as SMTP allows.
 * Before the server asked for the message (354 to DATA) a failure is certain. After that only an answer is: without one the server may
 * have taken it, and SMTP has no way to ask.
 */
export class SmtpSender extends MessageSender {
  override readonly name = 'smtp';
  override readonly channels: readonly Channel[] = ['email'];
  override readonly concurrency = 5;
  override readonly canBeAsked = false;
  readonly #transport: Transporter;
  readonly #domain: string;

  constructor(private readonly options: SmtpOptions) {
    super();
    const timeout = options.timeoutMs ?? 30_000;
    this.#transport = createTransport({
      url: options.url,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    this.#transport.use('stream', noteWhenHandedOver);
    this.#domain = /@([^\s>]+)/.exec(options.from)?.[1] ?? 'localhost';
  }

  override async send(m: OutgoingMessage): Promise<SendOutcome> {
    const handover: Handover = { begun: false };
    try {
      await this.#transport.sendMail({
        from: this.options.from,
        to: m.recipient,
        subject: m.subject ?? '',
        text: m.body,
        messageId: `<${m.reference}@${this.#domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        // Read by noteWhenHandedOver; not a field of the mail.
        handover,
      } as Parameters<Transporter['sendMail']>[0]);
      return 'sent';
    } catch (error) {
      return outcomeOf(error as SmtpError, handover);
    }
  }

  override lookUp(): Promise<'sent' | 'unknown'> {
    return Promise.reject(new Error('SMTP cannot be asked what became of a message.'));
  }
}

interface Handover {
  begun: boolean;
}

/** 5xx about the recipient is about the address; any other refusal is about the server, us or the moment. */
function outcomeOf(error: SmtpError, handover: Handover): SendOutcome {
  const code = error.responseCode ?? 0;
  if (code >= 500 && error.command === 'RCPT TO') return 'refused';
  if (code >= 400 || !handover.begun) return 'unavailable';
  return 'uncertain';
}

/** Notes the moment the connection starts to read the message, which is when the server has said 354: an error alone does not tell. */
function noteWhenHandedOver(mail: MailMessage, done: (error?: Error | null) => void): void {
  const { handover } = mail.data as unknown as { handover: Handover };
  const create = mail.message.createReadStream.bind(mail.message);
  mail.message.createReadStream = (options) => {
    async function* body(): AsyncGenerator<Buffer> {
      handover.begun = true;
      for await (const chunk of create(options)) yield chunk as Buffer;
    }
    // Lazy: nothing of the generator runs before the first read.
    return Readable.from(body(), { objectMode: false }) as ReturnType<typeof create>;
  };
  done();
}
