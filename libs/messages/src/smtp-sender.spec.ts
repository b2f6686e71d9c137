import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { OutgoingMessage } from './sender.js';
import { SmtpSender } from './smtp-sender.js';
import { wording } from './templates.js';

const message = (recipient = 'sam@family.example'): OutgoingMessage => ({
  tenant: 'TEST',
  reference: 'TEST-0194a1c2-0000-7000-8000-000000000001',
  channel: 'email',
  recipient,
  ...wording('check-in', 'email', 'family', 'https://meanwhile.example/c/TEST.aaaa'),
});

const senderTo = (port: number): SmtpSender =>
  new SmtpSender({ url: `smtp://127.0.0.1:${port}`, from: 'Meanwhile <no-reply@meanwhile.example>', timeoutMs: 2_000 });

describe('a real SMTP server', () => {
  let server: SMTPServer;
  let mails: string[];
  let port: number;

  const serve = async (options: SMTPServerOptions = {}): Promise<void> => {
    mails = [];
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          mails.push(Buffer.concat(chunks).toString('utf8'));
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    port = (server.server.address() as AddressInfo).port;
  };
  const refusal = (responseCode: number): Error => Object.assign(new Error('no'), { responseCode });

  afterEach(() => new Promise<void>((done) => server.close(done)));

  it('takes a message once, under a message id made of our reference', async () => {
    await serve();
    expect(await senderTo(port).send(message())).toBe('sent');
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain('Message-ID: <TEST-0194a1c2-0000-7000-8000-000000000001@meanwhile.example>');
    expect(mails[0]).toContain('To: sam@family.example');
    expect(mails[0]).toContain('https://meanwhile.example/c/TEST.aaaa');
    expect(mails[0]).toContain('Auto-Submitted: auto-generated');
  });

  it.each([
    [550, 'refused'],
    [553, 'refused'],
    [450, 'unavailable'],
  ])('refusing the recipient with %d means %s', async (code, outcome) => {
    await serve({ onRcptTo: (_address, _session, done) => done(refusal(code)) });
    expect(await senderTo(port).send(message())).toBe(outcome);
    expect(mails).toHaveLength(0);
  });

  it.each([451, 552])('refusing the message itself with %d means unavailable: it has said that it did not take it', async (code) => {
    await serve({
      onData(stream, _session, done) {
        stream.resume();
        stream.on('end', () => done(refusal(code)));
      },
    });
    expect(await senderTo(port).send(message())).toBe('unavailable');
  });

  it('turning us away at the door means unavailable', async () => {
    await serve({ onConnect: (_session, done) => done(refusal(421)) });
    expect(await senderTo(port).send(message())).toBe('unavailable');
  });
});

describe('a server that breaks off', () => {
  let server: Server;
  let received: string;
  const sockets = new Set<Socket>();

  /** Answers as it should until the client has said `until`, then ends the connection without a word. */
  const breaksOff = async (until: 'greeting' | 'RCPT' | 'DATA' | 'the dot' | 'silence after the dot'): Promise<number> => {
    received = '';
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      if (until === 'greeting') return void socket.destroy();
      socket.write('220 breaks.example\r\n');
      let inMail = false;
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        received += text;
        if (inMail) {
          if (!received.includes('\r\n.\r\n')) return;
          if (until === 'the dot') socket.destroy();
          return;
        }
        if (text.startsWith('EHLO')) socket.write('250 breaks.example\r\n');
        else if (text.startsWith('MAIL')) socket.write('250 ok\r\n');
        else if (text.startsWith('RCPT')) {
          if (until === 'RCPT') socket.destroy();
          else socket.write('250 ok\r\n');
        } else if (text.startsWith('DATA')) {
          inMail = true;
          if (until === 'DATA') socket.destroy();
          else socket.write('354 go on\r\n');
        }
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((done) => server.close(() => done()));
  });

  it.each([
    ['greeting', 'unavailable'],
    ['RCPT', 'unavailable'],
    ['DATA', 'unavailable'],
    ['the dot', 'uncertain'],
    ['silence after the dot', 'uncertain'],
  ] as const)('at %s leaves it %s', async (until, outcome) => {
    const port = await breaksOff(until);
    expect(await senderTo(port).send(message())).toBe(outcome);
  });
});

it('nobody listening means unavailable', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  expect(await senderTo(port).send(message())).toBe('unavailable');
});

it('cannot be asked', async () => {
  expect(senderTo(1).canBeAsked).toBe(false);
  await expect(senderTo(1).lookUp()).rejects.toThrow();
});
