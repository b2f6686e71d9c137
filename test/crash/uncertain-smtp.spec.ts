import { CheckIns } from '#check-ins';
import type { Principal } from '#kernel';
import { PROVIDERS, TENANT } from './support/children.js';
import type { RunningApp } from './support/processes.js';
import { MailServer } from './support/smtp.js';
import { stage, type Stage } from './support/stage.js';
import { query } from './support/truths.js';
import { until, untilNothingLeft } from './support/until.js';

/** SMTP cannot be asked what became of a mail. One nobody answered for is marked, shown to a person, and never sent again by the machine. */
const CHILDREN = 60;

let s: Stage;
let server: MailServer;

beforeEach(async () => {
  s = await stage(20261127);
  await s.children.goLive();
}, 60_000);
afterEach(async () => {
  await s?.close();
  await server?.goDown();
});

const startWorker = (): RunningApp => s.processes.start('worker', { MESSAGE_SENDER: 'smtp', SMTP_URL: server.url });

interface Settled {
  reference: string;
  recipient: string;
  state: string;
  attempt: number;
  checkIn: string;
  checkInState: string;
  callWhy: string | null;
}

const settled = (): Promise<Settled[]> =>
  query<Settled>(
    s.t,
    `select m.reference, k.email as recipient, m.state, m.attempt, c.id as "checkIn", c.state as "checkInState", c.call_why as "callWhy"
     from message m join check_in c on c.tenant = m.tenant and c.id = m.check_in_id join contact k on k.tenant = m.tenant and k.id = m.contact_id
     where m.tenant = $1 order by m.reference`,
  );

/** Nothing to compute, nothing on its way, nothing due. */
const untilIdle = (): Promise<number> =>
  untilNothingLeft(
    'every message is settled',
    async () => {
      const [row] = await query<Record<string, number>>(
        s.t,
        `select (select count(*) from pathway where tenant = $1 and folded < changed) as computing,
           (select count(*) from message where tenant = $1 and state = 'claimed') as claimed,
           (select count(*) from referral_state r where r.tenant = $1 and not exists (
             select from check_in c where c.tenant = $1 and c.referral_id = r.referral_id and c.state <> 'due')) as due`,
      );
      return row ?? {};
    },
    60,
  );

/** A worker that started after all of this has looked and sent what was new; then nothing else went out. */
async function restartAndProveALook(): Promise<void> {
  await s.children.arrive(1, 'email');
  startWorker();
  await untilIdle();
}

/** What is shown to the people of the providers: check-ins somebody must make. */
async function shownToPeople(): Promise<string[]> {
  const checkIns = new CheckIns(s.t.database, s.t.clock);
  const shown = await Promise.all(
    PROVIDERS.map((org) => {
      const asking: Principal = { subject: 'a', name: 'A Clinician', tenant: TENANT, org, roles: ['clinician'] };
      return checkIns.list(asking, { state: 'unanswered', limit: 100 });
    }),
  );
  return shown
    .flat()
    .filter((c) => c.callWhy === 'uncertain-send')
    .map((c) => c.id)
    .sort();
}

test('a server that reads a mail and drops the connection: uncertain, shown, not sent again', async () => {
  // Every third family's.
  server = await MailServer.listen((recipient) => (Number(/\d+/.exec(recipient)?.[0]) % 3 === 0 ? 'drops' : 'takes'));
  await s.children.arrive(CHILDREN, 'email');
  const worker = startWorker();
  await untilIdle();
  const before = await settled();
  expect(before).toHaveLength(CHILDREN);
  for (const m of before) {
    const isDropped = server.mails.find(({ reference }) => reference === m.reference)?.manner === 'drops';
    expect(m).toMatchObject(
      isDropped
        ? { state: 'uncertain', checkInState: 'unanswered', callWhy: 'uncertain-send' }
        : { state: 'sent', checkInState: 'sent', callWhy: null },
    );
  }
  const uncertain = before.filter((m) => m.state === 'uncertain');
  expect(uncertain).toHaveLength(CHILDREN / 3);
  expect(await shownToPeople()).toEqual(uncertain.map((m) => m.checkIn).sort());

  await worker.kill();
  await restartAndProveALook();
  expect(server.mails).toHaveLength(CHILDREN + 1);
  expect(new Set(server.mails.map((m) => m.reference)).size).toBe(CHILDREN + 1);
  const after = await settled();
  expect(after.filter((m) => before.some((b) => b.reference === m.reference))).toEqual(before);
}, 120_000);

test('a worker and a server that go down in the midst of sending: what was claimed is uncertain, shown, not sent again', async () => {
  server = await MailServer.listen(() => 'holds');
  await s.children.arrive(CHILDREN, 'email');
  const worker = startWorker();
  await until('mails are on their way', () => Promise.resolve(server.held >= 1), 60);
  await worker.kill();
  const { port, mails } = server;
  await server.goDown();
  const claimed = await settled();
  // Some were with the server, some were not yet; from outside nobody can tell.
  expect(claimed.length).toBeGreaterThan(mails.length);
  expect(new Set(claimed.map((m) => m.state))).toEqual(new Set(['claimed']));

  server = await MailServer.listen(() => 'takes', port);
  await restartAndProveALook();
  const after = await settled();
  const lost = after.filter((m) => claimed.some((c) => c.reference === m.reference));
  for (const m of lost) expect(m).toMatchObject({ state: 'uncertain', attempt: 1, checkInState: 'unanswered', callWhy: 'uncertain-send' });
  expect(lost).toHaveLength(claimed.length);
  expect(await shownToPeople()).toEqual(lost.map((m) => m.checkIn).sort());
  // The server that came up has got the others, and none of these.
  expect(server.mails.map((m) => m.reference).sort()).toEqual(after.filter((m) => m.state === 'sent').map((m) => m.reference));
  expect(after).toHaveLength(CHILDREN + 1);
}, 120_000);
