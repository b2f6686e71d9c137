import { SmtpSender } from '#messages';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { CheckInSuite } from './suite.fixture.js';

const suite = new CheckInSuite();

/** A real SMTP server. It refuses one address, and hangs up on another after it was given the whole message. */
async function mailServer(): Promise<{ sender: SmtpSender; mails: string[]; stop: () => Promise<void> }> {
  const mails: string[] = [];
  const openSockets: Socket[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      done(address === 'gone@family.example' ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : null),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map((r) => r.address).join();
        if (to === 'cut@family.example') return void openSockets.forEach((socket) => socket.destroy());
        mails.push(Buffer.concat(chunks).toString('utf8'));
        done();
      });
    },
  });
  server.server.on('connection', (socket) => openSockets.push(socket));
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const sender = new SmtpSender({ url: `smtp://127.0.0.1:${port}`, from: 'Meanwhile <no-reply@meanwhile.example>', timeoutMs: 5_000 });
  return { sender, mails, stop: () => new Promise((done) => server.close(done)) };
}

it('a check-in goes out as an email, once, and its link lets the family answer', async () => {
  const { sender, mails, stop } = await mailServer();
  await suite.child({ contacts: [{ email: 'sam@family.example' }] });
  expect(await suite.sweep(sender)).toMatchObject({ sent: 1 });
  expect(await suite.sweep(sender)).toMatchObject({ sent: 0 });
  await stop();
  expect(mails).toHaveLength(1);
  const token = /\/c\/([A-Z0-9]+\.[A-Za-z0-9_-]{43})/.exec((mails[0] ?? '').replace(/=\r\n/g, ''))?.[1] ?? '';
  expect(await suite.replies.open(token)).toEqual({ kind: 'birth-date', wrong: false });
});

it('a mailbox that is gone means a person calls; an uncertain send is marked, shown, and never sent again', async () => {
  const { sender, mails, stop } = await mailServer();
  await suite.child({ contacts: [{ phone: null, email: 'gone@family.example' }] });
  await suite.child({ contacts: [{ phone: null, email: 'cut@family.example' }] });
  expect(await suite.sweep(sender)).toMatchObject({ sent: 0, failed: 1, uncertain: 1 });
  expect(await suite.sweep(sender)).toMatchObject({ sent: 0, failed: 0, uncertain: 0 });
  await stop();
  expect(mails).toEqual([]);
  expect((await suite.states()).split(',').sort()).toEqual(['unanswered no-route', 'unanswered uncertain-send']);
});

it('a family with a mobile only is a person’s to call, where only email goes out', async () => {
  const { sender, stop } = await mailServer();
  await suite.child();
  expect(await suite.sweep(sender)).toMatchObject({ sent: 0, handedOver: 1 });
  await stop();
});
