import { CheckInSweep } from '#check-ins';
import { systemPrincipal } from '#kernel';
import { ThresholdPass, WaitFold } from '#waits';
import { testApp, type TestApp } from '../support/app.js';
import { referral } from '../support/referrals.js';

let app: TestApp;
let childId: string;
let link: string;

beforeAll(async () => {
  app = await testApp();
  // A Wednesday, mid-morning: every line may ask.
  app.clock.moveTo(new Date('2026-11-25T10:30:00Z'));
});
afterAll(() => app.close());

const clinician = () => app.as();
const manager = () => app.as({ roles: ['icb-manager'], org: 'QZZ' });
const get = async (path: string, who = clinician()) =>
  (
    await app.http
      .get(path)
      .set(await who)
      .set('accept', 'application/json')
  ).body;
const workersLook = async () => {
  await app.server.get(WaitFold).run('TEST');
  await app.server.get(ThresholdPass).run('TEST');
  return app.server.get(CheckInSweep).run('TEST');
};

describe('one child, from referral to report', () => {
  it('a health visitor refers; the child waits, and every clock says why', async () => {
    const answer = await app.http
      .post('/v1/referrals')
      .set(await clinician())
      .send(referral({ receivedOn: '2026-01-05' }));
    expect(answer.status).toBe(201);
    childId = answer.body.id;
    const { waits } = await get(`/v1/referrals/${childId}/waits`);
    expect(waits.map((w: { measure: string; days: number }) => [w.measure, w.days])).toEqual([
      ['sitrep', 324],
      ['ahp-rtt', 324],
      ['experienced', 324],
    ]);
  });

  it('lists say that they are behind until a worker has looked', async () => {
    expect(await get('/v1/referrals')).toMatchObject({ items: [], notYetComputed: 1 });
    await workersLook();
    const list = await get('/v1/referrals?sort=-days');
    expect(list).toMatchObject({ notYetComputed: 0, items: [{ id: childId, days: 324, state: 'waiting', stage: 'awaiting-triage' }] });
  });

  it('nothing is sent before the service goes live', async () => {
    expect((await app.http.get('/sandbox').set('accept', 'application/json')).body.items).toEqual([]);
    await app.database.inTenant(systemPrincipal('TEST', 'go-live'), (tx) =>
      tx.execute(`update service set live_from = '2026-11-25', daily_cap = 10 where tenant = $1 and provider = 'ZZ999'`, [tx.tenant]),
    );
    expect(await workersLook()).toMatchObject({ opened: 1, sent: 1 });
  });

  it('the family gets a message that names nobody and no service', async () => {
    const { items } = (await app.http.get('/sandbox?tenant=TEST').set('accept', 'application/json')).body;
    expect(items).toHaveLength(1);
    expect(items[0].recipient).toBe('+447700900123');
    expect(items[0].body).not.toMatch(/Asha|Example|speech|language/i);
    link = items[0].link.slice(items[0].link.indexOf('/c/'));
    expect(await workersLook()).toMatchObject({ sent: 0 });
  });

  it('chooses an urgent worry, which acts before any form is sent', async () => {
    const page = await app.http.get(link);
    expect(page.text).toContain('birth');
    expect(page.text).not.toMatch(/speech/i);
    const heard = await app.http.post(link).set('accept', 'application/json').send({ birthDate: '2016-05-04', concern: 'choking' });
    expect(heard.body).toMatchObject({ received: true, urgent: true });
    expect(JSON.stringify(heard.body.help)).toContain('999');
    const { items } = await get('/v1/escalations?state=open&level=red');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ level: 'red', owner: null, referralId: childId });
  });

  it('has an owner and an end, and the family is told', async () => {
    const [{ id }] = (await get('/v1/escalations?state=open')).items;
    const send = async (what: string, body: object) =>
      (
        await app.http
          .post(`/v1/escalations/${id}/${what}`)
          .set(await clinician())
          .send(body)
      ).status;
    expect(await send('acknowledge', { owner: 'A Clinician' })).toBeLessThan(300);
    expect(await send('resolve', { outcome: 'seen today' })).toBeGreaterThanOrEqual(400);
    expect(await send('resolve', { outcome: 'Seen today; safe to eat', familyTold: 'By telephone, 25 November' })).toBeLessThan(300);
    expect((await get('/v1/escalations?state=open')).items).toEqual([]);
  });

  it('a check-in moved no clock', async () => {
    const { waits } = await get(`/v1/referrals/${childId}/waits`);
    expect(waits[0]).toMatchObject({ measure: 'sitrep', state: 'waiting', startedOn: '2026-01-05', days: 324 });
  });

  it('the ICB sees the list and not the child', async () => {
    const report = await get('/v1/reports/waits?measure=sitrep&service=speech-and-language-therapy', manager());
    expect(report).toMatchObject({ disclosure: 'none', synthetic: true, notYetComputed: 0 });
    expect(report.rows[0]).toMatchObject({ waiting: 1, medianDays: 324, withinTarget: { count: 0, percent: 0 } });
    expect((await app.http.get(`/v1/referrals/${childId}`).set(await manager())).status).toBe(403);
    const safe = await get('/v1/reports/waits?measure=sitrep', app.as({ roles: ['commissioner'], org: 'QZZ' }));
    expect(safe.rows[0].waiting).toEqual({ value: null, suppressed: true, display: '*' });
  });

  it('what happened to the family is one line of evidence', async () => {
    const { personId } = await get(`/v1/referrals/${childId}`);
    const timeline = await get(`/v1/children/${personId}/timeline`);
    expect(timeline.items.length).toBeGreaterThanOrEqual(3);
  });
});
