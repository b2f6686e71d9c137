import { CheckInSuite, elsewhere, nurse } from './suite.fixture.js';
import { CheckIns } from './check-ins.js';
import { RecordCall } from './record-call.js';
import { Timeline } from './timeline.js';
import { goLive, MONDAY, PROVIDER, TODAY } from './waiting-child.fixture.js';

const suite = new CheckInSuite();

describe('a call', () => {
  const calls = () => new RecordCall(suite.t.database, suite.t.clock, suite.escalations);
  const answered = {
    reached: true,
    answers: { stillNeeded: 'yes', change: 'worse', concerns: ['pain'], message: 'Spoke with mother' },
  } as const;

  it('that reached the family closes the check-in, triages, and is support while waiting, never a contact', async () => {
    const { child } = await suite.asked();
    const id = (await suite.checkIn())?.id ?? '';
    expect(await calls().record(nurse, id, answered)).toMatchObject({
      state: 'recorded',
      level: 'amber',
      escalationIds: [expect.any(String)],
    });
    expect(await suite.opened()).toEqual(['amber pain']);
    const events = await suite.rows(
      `select seq, type, data, occurred_on, recorded_org from pathway_event where referral_id = $1 order by seq`,
      [child.referralId],
    );
    expect(events.slice(1)).toEqual([
      { seq: 2, type: 'waiting-support', data: { kind: 'check-in-call' }, occurred_on: TODAY, recorded_org: PROVIDER },
    ]);
    expect(await suite.rows('select changed, folded from pathway where id = $1', [child.pathwayId])).toEqual([{ changed: 2, folded: 1 }]);
    expect(await suite.rows('select last_check_in_on from referral_state where referral_id = $1', [child.referralId])).toEqual([
      { last_check_in_on: TODAY },
    ]);
    await expect(calls().record(nurse, id, answered)).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('that reached nobody writes no event, and the child is asked again in time', async () => {
    const { child } = await suite.asked();
    const id = (await suite.checkIn())?.id ?? '';
    expect(await calls().record(nurse, id, { reached: false, answers: {} })).toEqual({
      id,
      state: 'unanswered',
      level: null,
      escalationIds: [],
    });
    expect(await suite.rows('select 1 from pathway_event where referral_id = $1', [child.referralId])).toHaveLength(1);
    expect(await suite.rows('select next_check_in_on from referral_state where referral_id = $1', [child.referralId])).toEqual([
      { next_check_in_on: '2026-12-05' },
    ]);
  });

  it('is not there for another provider', async () => {
    await suite.asked();
    await expect(calls().record(elsewhere, (await suite.checkIn())?.id ?? '', answered)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(calls().record(nurse, 'nonsense', answered)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('what staff see', () => {
  it('lists what is open by state, the longest owed first, page by page, and nobody else’s', async () => {
    await suite.child({ contacts: [], nextCheckInOn: '2026-11-20' });
    await suite.child({ nextCheckInOn: '2026-11-19' });
    await suite.sweep();
    await goLive(suite.t.database, { cap: 0 });
    await suite.child({ nextCheckInOn: '2026-11-18' });
    await suite.child({ nextCheckInOn: TODAY });
    await suite.sweep();
    const list = new CheckIns(suite.t.database, suite.t.clock);
    const days = async (state?: 'due' | 'overdue' | 'sent' | 'unanswered') =>
      (await list.list(nurse, { ...(state && { state }), limit: 10 })).map((c) => c.dueOn);
    expect(await days('due')).toEqual(['2026-11-18', TODAY]);
    expect(await days('overdue')).toEqual(['2026-11-18']);
    expect(await days('sent')).toEqual(['2026-11-19']);
    expect(await days('unanswered')).toEqual(['2026-11-20']);
    expect(await days()).toEqual(['2026-11-18', '2026-11-19', '2026-11-20', TODAY]);
    const first = await list.list(nurse, { limit: 2 });
    expect(await list.list(nurse, { limit: 2, after: [first[1]?.dueOn ?? '', first[1]?.id ?? ''] })).toHaveLength(2);
    expect(await list.list(elsewhere, { limit: 10 })).toEqual([]);
    expect(await list.counts(nurse)).toEqual({ due: 2, overdue: 1, sent: 1, unanswered: 1, oldestDueOn: '2026-11-18' });
  });

  it('tells all of one child in order, and nothing to others', async () => {
    const { child, token, pass } = await suite.entered();
    suite.t.clock.moveTo(new Date(MONDAY.getTime() + 60_000));
    await suite.replies.submit(token, pass, { change: 'worse' });
    const timeline = new Timeline(suite.t.database, suite.t.clock);
    const entries = await timeline.of(nurse, child.personId, { limit: 50 });
    expect(new Set(entries.map((e) => e.kind))).toEqual(
      new Set(['event', 'check-in-owed', 'message', 'reply', 'escalation-opened', 'check-in-closed']),
    );
    expect(entries.find((e) => e.kind === 'reply')?.detail).toMatchObject({ level: 'yellow', change: 'worse', complete: true });
    const [first] = await timeline.of(nurse, child.personId, { limit: 1 });
    const rest = await timeline.of(nurse, child.personId, { limit: 50, after: [first?.at.toISOString() ?? '', first?.key ?? ''] });
    expect([first, ...rest]).toEqual(entries);
    await expect(timeline.of(elsewhere, child.personId, { limit: 5 })).rejects.toMatchObject({ kind: 'not-found' });
  });
});
