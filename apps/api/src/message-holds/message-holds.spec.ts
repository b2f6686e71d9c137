import { CheckInSweep } from '#check-ins';
import { goLive, MONDAY, rows, waitingChild } from '../../../../libs/check-ins/src/waiting-child.fixture.js';
import { testApp, type TestApp } from '../../../../test/support/app.js';
import { referral } from '../../../../test/support/referrals.js';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  app.clock.moveTo(MONDAY);
  await goLive(app.database);
});
afterAll(() => app.close());

const elsewhere = () => app.as({ org: 'ZZ998' });
const list = async (query = '', who = app.as()) => app.http.get(`/v1/message-holds${query}`).set(await who);
const post = async (personId: string, act: 'hold' | 'release', body: object = { reason: 'Rang the mother' }, who = app.as()) =>
  app.http
    .post(`/v1/message-holds/${personId}/${act}`)
    .set(await who)
    .send(body);

/** A child of this household, whose death was told. */
async function died(phone: string): Promise<{ id: string; personId: string }> {
  const who = await app.as();
  const contacts = [{ name: 'Sam Example', relationship: 'mother', phone, preferredChannel: 'sms', mayContact: true }];
  const { body } = await app.http.post('/v1/referrals').set(who).send(referral({ contacts })).expect(201);
  const event = { type: 'died', occurredOn: '2026-11-20', data: {} };
  await app.http.post(`/v1/referrals/${body.id}/events`).set(who).send(event).expect(201);
  return body as { id: string; personId: string };
}

const sweep = () => app.server.get(CheckInSweep).run('TEST');

const writtenTo = async (): Promise<string[]> =>
  (await rows<{ recipient: string }>(app.database, 'select recipient from sandbox_message')).map((m) => m.recipient);

const callWhy = async (personId: string) =>
  (await rows<{ call_why: string }>(app.database, `select call_why from check_in where person_id = $1`, [personId]))[0]?.call_why;

describe('messages that are held', () => {
  it('go to nobody in the household until a person who says why releases them', async () => {
    const phone = '+447700900777';
    // By whichever address, and whoever is written to: her father is not on the dead child's record.
    const sister = await waitingChild(app.database, { contacts: [{ phone, email: 'sam@example.org' }, { name: 'Alex Example' }] });
    const dead = await died(phone);
    await sweep();
    expect(await writtenTo()).toEqual([]);
    expect(await callWhy(sister.personId)).toBe('held');
    expect((await list()).body).toEqual({
      items: [
        {
          personId: dead.personId,
          since: MONDAY.toISOString(),
          why: ['death in the household'],
          diedOn: '2026-11-20',
          referralIds: [dead.id],
        },
      ],
      nextCursor: null,
    });

    expect((await post(dead.personId, 'release', {})).status).toBe(400);
    expect((await post(dead.personId, 'release')).body).toMatchObject({ personId: dead.personId, why: ['death in the household'] });
    expect((await post(dead.personId, 'release')).status).toBe(409);
    expect((await list()).body.items).toEqual([]);
    await waitingChild(app.database, { contacts: [{ phone }] });
    await sweep();
    expect(await writtenTo()).toEqual([phone]);
    const audit = await rows(app.database, `select action, purpose from audit_entry where action like 'messages-%'`);
    expect(audit).toEqual([{ action: 'messages-released', purpose: 'Rang the mother' }]);
  });

  it('are held by staff, and a release can be taken back', async () => {
    const child = await waitingChild(app.database);
    expect((await post(child.personId, 'hold', { reason: 'A teacher says that she died' })).body).toMatchObject({
      why: ['held by staff'],
      diedOn: null,
    });
    expect((await post(child.personId, 'hold', { reason: 'Again' })).body.why).toEqual(['held by staff']);
    await sweep();
    expect(await callWhy(child.personId)).toBe('held');
    expect((await post(child.personId, 'release')).status).toBe(200);
    expect((await post(child.personId, 'hold', { reason: 'The wrong child' })).status).toBe(200);

    const { body } = await app.http.get(`/v1/children/${child.personId}/timeline`).set(await app.as());
    const messages = (of: unknown) =>
      (of as { items: { kind: string; detail: object }[] }).items.filter(({ kind }) => kind.startsWith('messages-'));
    const told = messages(body);
    expect(told.map(({ kind, detail }) => [kind, detail])).toEqual(
      expect.arrayContaining([
        ['messages-held', { why: 'held by staff', note: 'A teacher says that she died' }],
        ['messages-released', { by: 'A Clinician', note: 'Rang the mother' }],
        ['messages-held', { why: 'held by staff', note: 'The wrong child' }],
      ]),
    );
    expect(told).toHaveLength(3);
    // Another provider of the child sees that, and no word of what was said.
    await rows(app.database, `insert into referral_party (tenant, referral_id, provider, since) values ('TEST', $1, 'ZZ998', now())`, [
      child.referralId,
    ]);
    const theirs = messages((await app.http.get(`/v1/children/${child.personId}/timeline`).set(await elsewhere())).body);
    expect(theirs).toHaveLength(3);
    expect(JSON.stringify(theirs)).not.toMatch(/teacher|Nurse|Clinician|mother|wrong child/);
    // Being offered a child is not having it: who does not may not release.
    expect((await post(child.personId, 'release', { reason: 'Curious' }, elsewhere())).status).toBe(404);
  });

  it('are paged, and a cursor of another list is refused', async () => {
    for (const day of [1, 2, 3]) {
      app.clock.moveTo(new Date(MONDAY.getTime() + day * 86_400_000));
      await post((await waitingChild(app.database)).personId, 'hold');
    }
    const all = (await list()).body.items as { personId: string }[];
    expect(all.length).toBeGreaterThanOrEqual(4);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await list(`?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...(body.items as { personId: string }[]).map(({ personId }) => personId));
      cursor = body.nextCursor as string | null;
    }
    expect(seen).toEqual(all.map(({ personId }) => personId));
    expect((await list('?cursor=W10')).status).toBe(400);
  });

  it('are nothing to a provider that does not know the child, nor to who sees no child', async () => {
    const child = await waitingChild(app.database);
    await post(child.personId, 'hold');
    expect((await list('', elsewhere())).body.items).toEqual([]);
    for (const act of ['hold', 'release'] as const) {
      expect((await post(child.personId, act, { reason: 'Curious' }, elsewhere())).status).toBe(404);
      expect((await post('1', act)).status).toBe(404);
      expect((await post(child.personId, act, { reason: 'Curious' }, app.as({ org: 'QZZ', roles: ['commissioner'] }))).status).toBe(403);
    }
  });
});
