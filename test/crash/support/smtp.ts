import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What the server does with a mail it has read to the end. */
export type Manner = 'takes' | 'drops' | 'holds';

export interface Mail {
  reference: string;
  recipient: string;
  manner: Manner;
}

/** A real SMTP server on loopback, whose manners can be chosen mail by mail. Remembers every mail that reached it whole. */
export class MailServer {
  readonly mails: Mail[] = [];
  readonly #sockets = new Map<number, Socket>();
  readonly #held: (() => void)[] = [];
  readonly #server: SMTPServer;

  private constructor(manner: (recipient: string) => Manner) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, session, done) => {
        let text = '';
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        stream.on('end', () => {
          const [recipient] = session.envelope.rcptTo.map((to) => to.address);
          const mail = {
            reference: /^Message-ID: <(.+)@/im.exec(text)?.[1] ?? '',
            recipient: recipient ?? '',
            manner: manner(recipient ?? ''),
          };
          this.mails.push(mail);
          if (mail.manner === 'takes') done();
          else if (mail.manner === 'drops') this.#drop(session);
          else this.#held.push(done);
        });
      },
    });
    this.#server.on('error', () => undefined);
    this.#server.server.on('connection', (socket: Socket) => this.#sockets.set(socket.remotePort ?? 0, socket));
  }

  static async listen(manner: (recipient: string) => Manner, port = 0): Promise<MailServer> {
    const server = new MailServer(manner);
    server.#server.listen(port, '127.0.0.1');
    await once(server.#server.server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Mails read to the end and not answered. */
  get held(): number {
    return this.#held.length;
  }

  /** Answers the one that has been held longest: taken. */
  answerOne(): void {
    this.#held.shift()?.();
  }

  /** As when the machine goes down: nobody hears a word more. */
  async goDown(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.destroy();
    await new Promise<void>((done) => this.#server.close(done));
  }

  /** The connection ends without an answer: whoever sent cannot know. */
  #drop({ remotePort }: SMTPServerSession & { remotePort?: number }): void {
    this.#sockets.get(remotePort ?? 0)?.destroy();
  }
}
