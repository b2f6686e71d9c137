import { addDays } from '#kernel';
import { SandboxSender } from '#messages';
import { asOwner } from '../../../test/support/database.js';
import { CheckInSuite } from './suite.fixture.js';
import { goLive, TODAY } from './waiting-child.fixture.js';

const suite = new CheckInSuite();

describe('when sending fails', () => {
  it('a dead address is never tried again, another way is', async () => {
    suite.sender.answer = (m) => (m.channel === 'sms' ? 'refused' : 'sent');
    await suite.child({ contacts: [{ email: 'sam@family.example' }] });
    expect(await suite.sweep()).toMatchObject({ failed: 1, sent: 1 });
    expect((await suite.messages()).map((m) => `${m.attempt} ${m.state} ${m.outcome}`)).toEqual(['1 failed refused', '2 sent sent']);
  });

  it('no other way: a person calls', async () => {
    suite.sender.answer = () => 'refused';
    await suite.child();
    await suite.sweep();
    await suite.sweep();
    expect(await suite.states()).toBe('unanswered no-route');
  });

  it('a sender that takes nothing is left alone until later, and nothing is lost or counted', async () => {
    await goLive(suite.t.database, { cap: 1 });
    suite.sender.answer = () => 'unavailable';
    await suite.child();
    expect(await suite.sweep()).toMatchObject({ failed: 1, sent: 0 });
    expect(await suite.sweep()).toMatchObject({ failed: 0, sent: 0 });
    suite.sender.answer = () => 'sent';
    suite.at(TODAY, '10:46');
    expect(await suite.sweep()).toMatchObject({ sent: 1 });
  });

  it('an uncertain send is shown to a person and never sent again by the machine', async () => {
    suite.sender.answer = () => 'uncertain';
    await suite.child();
    expect(await suite.sweep()).toMatchObject({ uncertain: 1 });
    suite.sender.answer = () => 'sent';
    suite.at(addDays(TODAY, 1));
    expect(await suite.sweep()).toMatchObject({ sent: 0 });
    expect(await suite.states()).toBe('unanswered uncertain-send');
  });
});

describe('any number of sweeps', () => {
  it('at once send nothing twice and keep the cap', async () => {
    await goLive(suite.t.database, { cap: 50 });
    for (let i = 0; i < 80; i++) await suite.child();
    const sandbox = new SandboxSender(suite.t.database, suite.t.clock);
    const results = await Promise.all([suite.sweep(sandbox), suite.sweep(sandbox), suite.sweep(sandbox)]);
    expect(results.reduce((n, r) => n + r.sent, 0)).toBe(50);
    expect(await suite.rows('select count(*) as n, count(distinct recipient) as people from sandbox_message')).toEqual([
      { n: 50, people: 50 },
    ]);
    expect(await suite.rows('select check_in_id from message group by 1 having count(*) > 1')).toEqual([]);
  });

  /** A sweep that dies: what it claimed is there, its mark is not. */
  const dies = async (reaching: 'nobody' | 'everybody'): Promise<void> => {
    suite.sender.answer = (m) => {
      if (reaching === 'everybody') suite.sender.received.push(m);
      throw new Error('killed');
    };
    // Left claimed, as after kill -9: a sweep that ends without knowing releases its mark.
    const canBeAsked = suite.sender.canBeAsked;
    suite.sender.canBeAsked = true;
    await suite.sweep();
    suite.sender.canBeAsked = canBeAsked;
    suite.sender.answer = () => 'sent';
    expect((await suite.messages()).map((m) => m.state)).toEqual(['claimed', 'claimed']);
  };

  it('asks about what a dead one sent, and sends nothing again', async () => {
    await suite.child();
    await suite.child();
    suite.sender.canBeAsked = true;
    await dies('everybody');
    expect(await suite.sweep()).toMatchObject({ settled: 2, sent: 2 });
    expect(suite.sender.received).toHaveLength(2);
    expect(await suite.states()).toBe('sent,sent');
  });

  it('sends what a dead one did not, under the same reference', async () => {
    await suite.child();
    await suite.child();
    suite.sender.canBeAsked = true;
    await dies('nobody');
    const before = await suite.rows<{ reference: string }>('select reference from message order by reference');
    expect(await suite.sweep()).toMatchObject({ settled: 2, sent: 2 });
    expect(suite.sender.received.map((m) => m.reference).sort()).toEqual(before.map((m) => m.reference));
    expect(await suite.messages()).toHaveLength(2);
  });

  it('calls off what must no longer be sent', async () => {
    const [stopped] = [await suite.child(), await suite.child()];
    suite.sender.canBeAsked = true;
    await dies('nobody');
    await suite.rows(`update contact set stopped_at = now() where id = $1`, [stopped.contactIds[0]]);
    expect(await suite.sweep()).toMatchObject({ settled: 2, sent: 1 });
    expect((await suite.messages()).map((m) => m.state).sort()).toEqual(['called-off', 'sent']);
  });

  it('out of hours calls off and sends anew when the hour comes', async () => {
    await suite.child();
    await suite.child();
    suite.sender.canBeAsked = true;
    await dies('nobody');
    suite.at(TODAY, '19:00');
    expect(await suite.sweep()).toMatchObject({ settled: 2, sent: 0 });
    suite.at(addDays(TODAY, 1), '08:00');
    expect(await suite.sweep()).toMatchObject({ sent: 2 });
  });

  it('marks what cannot be asked about uncertain', async () => {
    await suite.child();
    await suite.child();
    await dies('everybody');
    expect(await suite.sweep()).toMatchObject({ settled: 2, uncertain: 2, sent: 0 });
    expect(suite.sender.received).toHaveLength(2);
    expect(await suite.states()).toBe('unanswered uncertain-send,unanswered uncertain-send');
  });

  it('leaves alone what a living one is sending', async () => {
    await suite.child();
    suite.sender.canBeAsked = true;
    let arrive = (): void => undefined;
    let go = (): void => undefined;
    const arrived = new Promise<void>((done) => (arrive = done));
    const mayGo = new Promise<void>((done) => (go = done));
    suite.sender.answer = async (): Promise<'sent'> => {
      arrive();
      await mayGo;
      return 'sent';
    };
    const first = suite.sweep();
    await arrived;
    expect(await suite.sweep()).toMatchObject({ settled: 0, sent: 0, opened: 0 });
    go();
    expect(await first).toMatchObject({ sent: 1 });
    expect(suite.sender.received).toHaveLength(1);
  });

  it('who lost its mark has no say in what another took over, unless it did send', async () => {
    await suite.child();
    suite.sender.canBeAsked = true;
    const turns: ((outcome: 'unavailable' | 'sent') => void)[] = [];
    let arrive: () => void = () => undefined;
    const nextArrival = (): Promise<void> => new Promise((done) => (arrive = done));
    suite.sender.answer = () =>
      new Promise((end) => {
        turns.push(end);
        arrive();
      });
    let arrival = nextArrival();
    const first = suite.sweep();
    await arrival;
    await asOwner(suite.t.ownerUrl, (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like '%-sweep'`,
      ),
    );
    arrival = nextArrival();
    const second = suite.sweep();
    await arrival;
    turns[0]?.('unavailable');
    await first;
    expect((await suite.messages()).map((m) => m.state)).toEqual(['claimed']);
    turns[1]?.('sent');
    await second;
    expect((await suite.messages()).map((m) => `${m.attempt} ${m.state}`)).toEqual(['1 sent']);
  });
});

describe('connections cut at random while sending', () => {
  const FAMILIES = 160;
  /** As hard as kill -9 for the database, and harder for us: who was cut off goes on, beside who takes over. */
  const cutEverything = () =>
    asOwner(suite.t.ownerUrl, (client) =>
      client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'),
    );

  it('every owed check-in is sent, none twice', async () => {
    await goLive(suite.t.database, { cap: 1_000 });
    // Enough that cuts come again and again, however many messages one of them leaves on their way.
    for (let i = 0; i < FAMILIES; i++) await suite.child();
    // As the server does by itself within a minute: without, its plans are those of empty tables.
    await asOwner(suite.t.ownerUrl, (client) => client.query('analyze'));
    let sends = 0;
    let cutAt = 5;
    class Cut extends SandboxSender {
      override async send(...message: Parameters<SandboxSender['send']>): ReturnType<SandboxSender['send']> {
        if (++sends === cutAt) await cutEverything();
        return super.send(...message);
      }
    }
    const sender = new Cut(suite.t.database, suite.t.clock);
    let cuts = 0;
    for (; cutAt > sends; cutAt = sends + 9) {
      const ended = await Promise.allSettled([suite.sweep(sender), suite.sweep(sender)]);
      for (const sweep of ended) if (sweep.status === 'rejected') expect(String(sweep.reason)).toMatch(/terminat|closed|connection error/);
      if (sends < cutAt) break;
      cuts++;
    }
    expect(cuts).toBeGreaterThan(2);
    await suite.sweep(sender);
    expect(await suite.rows('select count(*) as sent, count(distinct recipient) as families from sandbox_message')).toEqual([
      { sent: FAMILIES, families: FAMILIES },
    ]);
    expect(await suite.rows('select state, count(*) as n from check_in group by 1')).toEqual([{ state: 'sent', n: FAMILIES }]);
    expect(await suite.rows(`select check_in_id from message where state <> 'called-off' group by 1 having count(*) > 1`)).toEqual([]);
  });
});
