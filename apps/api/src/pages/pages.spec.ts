import { newId, systemPrincipal } from '#kernel';
import supertest from 'supertest';
import { putOnList, type Ids } from '../../../../libs/reporting/src/list.fixture.js';
import { asOwner } from '../../../../test/support/database.js';
import { testApp, type TestApp } from '../../../../test/support/app.js';
import { referral } from '../../../../test/support/referrals.js';
import { isFromHere } from './page.guard.js';

let app: TestApp;
beforeAll(async () => void (app = await testApp()));
afterAll(() => app.close());
afterEach(() => asOwner(app.ownerUrl, (client) => client.query('truncate person, audit_entry cascade')));

/** Somebody's browser: signed in as one of the choices, keeping the cookie. */
async function browser(as: string): Promise<ReturnType<typeof supertest.agent>> {
  const agent = supertest.agent(await app.server.getUrl());
  await agent.post('/sign-in').type('form').send({ as, next: '/' }).expect(303).expect('location', '/');
  return agent;
}
const clinician = 'TEST.ZZ999.clinician';
const manager = 'TEST.QZZ.icb-manager';

const put = async (...child: Parameters<typeof putOnList>[1]): Promise<Ids> => {
  const [ids] = await putOnList(app.database, child);
  if (!ids) throw new Error('not put');
  return ids;
};

async function worry({ personId, referralId }: Ids): Promise<string> {
  const id = newId(app.clock.now());
  await app.database.inTenant(systemPrincipal('TEST', 'test'), (tx) =>
    tx.execute(
      `insert into escalation (tenant, id, person_id, referral_id, line, provider, level, reason, state, opened_at, due_at)
       select $1, $2, $3, $4, line, provider, 'red', 'pain', 'open', $5, $6 from referral where tenant = $1 and id = $4`,
      [tx.tenant, id, personId, referralId, app.clock.now(), '2026-11-22T09:00:00Z'],
    ),
  );
  return id;
}

describe('signing in', () => {
  test('is asked for, and leads back', async () => {
    await app.http.get('/').expect(303).expect('location', '/sign-in?next=%2F');
    await app.http.get('/today').expect(303).expect('location', '/sign-in?next=%2Ftoday');
    const { text } = await app.http.get('/sign-in?next=/today').expect(200);
    expect(text).toContain('Clinician and administrator at Example Trust');
    expect(text).toContain(`value="${clinician}"`);
    expect(text).toContain('name="next" value="/today"');
  });

  test('gives a cookie no script can read and no other site can send', async () => {
    const { headers } = await app.http.post('/sign-in').type('form').send({ as: clinician }).expect(303);
    expect(headers['set-cookie']?.[0]).toMatch(
      /^meanwhile_session=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/,
    );
  });

  test('as nobody on the list, or on to somewhere else, is refused', async () => {
    await app.http.post('/sign-in').type('form').send({ as: 'TEST.ZZ000.clinician' }).expect(400);
    await app.http
      .post('/sign-in')
      .type('form')
      .send({ as: clinician, next: 'https://elsewhere.example' })
      .expect(303)
      .expect('location', '/');
    await app.http.post('/sign-in').set('origin', 'https://elsewhere.example').type('form').send({ as: clinician }).expect(403);
    await app.http.get('/').set('cookie', 'meanwhile_session=a.b.c').expect(303);
  });

  test('a bearer token is no cookie, and a cookie no bearer token', async () => {
    const token = (await app.as())['authorization']?.slice('Bearer '.length) ?? '';
    await app.http.get('/').set('cookie', `meanwhile_session=${token}`).expect(303);
    const { headers } = await app.http.post('/sign-in').type('form').send({ as: clinician });
    const cookie = /meanwhile_session=([^;]+)/.exec(headers['set-cookie']?.[0] ?? '')?.[1] ?? '';
    await app.http.get('/v1/referrals').set('authorization', `Bearer ${cookie}`).expect(401);
  });

  test('ends by signing out', async () => {
    const agent = await browser(manager);
    await agent.get('/').expect(200);
    await agent.post('/sign-out').expect(303).expect('location', '/sign-in');
    await agent.get('/').expect(303);
  });

  test('is not there in production, nor is any page', async () => {
    const agent = await browser(manager);
    app.platform.settings.production = true;
    try {
      for (const path of ['/', '/today', '/sign-in', '/referrals/019a9b00-0000-7000-8000-000000000000']) await agent.get(path).expect(404);
      await agent.post('/sign-in').type('form').send({ as: manager }).expect(404);
    } finally {
      app.platform.settings.production = false;
    }
  });
});

describe('every page', () => {
  test('carries the synthetic mark, how fresh it is, and loads and runs nothing from elsewhere', async () => {
    await putOnList(app.database, [{ days: 10, stale: true }]);
    const agent = await browser(clinician);
    for (const path of ['/', '/today']) {
      const { text, headers } = await agent.get(path).expect(200);
      expect(text).toContain('<strong>SYNTHETIC</strong> No real child is in these figures. Invented for tests');
      expect(text).toContain('1 pathway is not yet computed');
      expect(text).toContain('Sunday 22 November 2026, 10:30');
      expect(text).toContain('Last night’s pass did not run');
      expect(text).not.toMatch(/<script|https?:\/\/|\son[a-z]+="/);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self'/);
      expect(headers['cache-control']).toBe('no-store');
      expect(text).toMatch(/<html lang="en">/);
      expect(text.match(/<h1/g)).toHaveLength(1);
    }
  });

  test('finds its style sheets here, to be kept for ever', async () => {
    const { text } = await app.http.get('/sign-in');
    const sheets = [...text.matchAll(/(?:stylesheet|icon)" href="([^"]+)"/g)].map((m) => m[1] ?? '');
    expect(sheets).toHaveLength(3);
    for (const sheet of sheets) {
      const { headers, text: css } = await app.http.get(sheet).expect(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(css ?? '').not.toContain('@font-face');
    }
    await app.http.get('/assets/images/nhsuk-icon-cross.svg').expect(200);
    await app.http.get('/assets/..%2f..%2fpackage.json').expect(404);
  });
});

test('every list on one page, for the manager of the ICB', async () => {
  await putOnList(app.database, [{ days: 10 }, { days: 400, council: 'E06000062' }]);
  const { text } = await (await browser(manager)).get('/').expect(200);
  for (const words of [
    'Speech and language therapy',
    'Mental health',
    'Specialist equipment',
    'West Northamptonshire',
    'RED',
    'Removed, not treated',
  ])
    expect(text).toContain(words);
  expect(text.replace(/\s+/g, ' ')).toMatch(/Whole list<\/th> <td>2<\/td> <td>1<\/td> <td>50<\/td> <td>1<\/td> <td>205<\/td>/);
  expect(text).not.toContain('/today');
});

test('a commissioner sees stars for small figures', async () => {
  await putOnList(app.database, [{ days: 10 }]);
  const { text } = await (await browser('TEST.QZZ.commissioner')).get('/').expect(200);
  expect(text).toContain('not shown, too few');
  expect(text.replace(/\s+/g, ' ')).not.toMatch(/Whole list<\/th> <td>1<\/td>/);
});

describe('today', () => {
  test('is for providers', async () => {
    const { text } = await (await browser(manager)).get('/today').expect(403);
    expect(text).toContain('This page is for providers');
  });

  test('an empty one says so', async () => {
    expect((await (await browser(clinician)).get('/today')).text).toContain('Nothing is owed today');
  });

  test('a worry is acknowledged and resolved, and never without what the family was told', async () => {
    const id = await worry(await put({ days: 10, name: ['Asha <i>', 'Example'] }));
    const agent = await browser(clinician);
    const page = (await agent.get('/today').expect(200)).text;
    expect(page).toContain('Asha &lt;i&gt; Example');
    expect(page).toContain('past the deadline');

    await agent
      .post(`/today/escalations/${id}/acknowledge`)
      .type('form')
      .send({ owner: 'Jo Lead' })
      .expect(303)
      .expect('location', '/today');
    expect((await agent.get('/today')).text).toContain('Jo Lead');

    const refused = await agent
      .post(`/today/escalations/${id}/resolve`)
      .type('form')
      .send({ outcome: 'Rang the family', familyTold: ' ' })
      .expect(422);
    expect(refused.text).toContain('Error: Today');
    expect(refused.text).toContain('href="#familyTold-');
    expect(refused.text).toContain('Rang the family</textarea>');

    await agent.post(`/today/escalations/${id}/resolve`).type('form').send({ outcome: 'Rang', familyTold: 'Seen on Monday' }).expect(303);
    expect((await agent.get('/today')).text).not.toContain('Jo Lead');
    expect(
      (await agent.post(`/today/escalations/${id}/resolve`).type('form').send({ outcome: 'x', familyTold: 'y' }).expect(422)).text,
    ).toContain('There is a problem');
  });

  test('a worry of another provider is not there, nor one sent from another site', async () => {
    const id = await worry(await put({ days: 10 }));
    await (
      await browser('TEST.ZZ998.clinician')
    )
      .post(`/today/escalations/${id}/acknowledge`)
      .type('form')
      .send({ owner: 'x' })
      .expect(404);
    await (
      await browser(clinician)
    )
      .post(`/today/escalations/${id}/acknowledge`)
      .set('origin', 'https://elsewhere.example')
      .type('form')
      .send({ owner: 'x' })
      .expect(403);
  });
});

describe('one child’s line', () => {
  test('shows every clock with its working, what was told, and whom one may ring', async () => {
    const { body } = await app.http
      .post('/v1/referrals')
      .set(await app.as())
      .send(referral({ receivedOn: '2026-01-05' }))
      .expect(201);
    const agent = await browser(clinician);
    const { text } = await agent.get(`/referrals/${body.id}`).expect(200);
    for (const words of [
      'Asha Example',
      'born 4 May 2016',
      'Community waiting list (SitRep): speech and language therapy',
      'Allied health professional referral to treatment',
      '321 days (&gt;18-52 weeks), waiting',
      'over it from 12 May 2026',
      'clock starts',
      'Referral received',
      'Sam Example',
      '+447700900123',
      'SYNTHETIC',
    ])
      expect(text).toContain(words);
    expect((await agent.get(`/referrals/${body.id}?asOf=2026-01-15`)).text).toContain('10 days (&gt;1-2 weeks), waiting');
  });

  test('holds and releases messages to the household, for somebody who says why', async () => {
    const { body } = await app.http
      .post('/v1/referrals')
      .set(await app.as())
      .send(referral())
      .expect(201);
    const sibling = await app.http
      .post('/v1/referrals')
      .set(await app.as({ org: 'ZZ998' }))
      .send(referral({ provider: 'ZZ998' }))
      .expect(201);
    const agent = await browser(clinician);
    const at = `/referrals/${body.id}`;
    const send = (act: string, reason: string, who = agent) => who.post(`${at}/messages/${act}`).type('form').send({ reason });
    expect((await agent.get(at)).text).toContain('Messages go out when they are due.');
    const empty = await send('hold', ' ').expect(422);
    expect(empty.text).toContain('<a href="#reason-hold">Enter what must be found out first</a>');
    await send('hold', 'A teacher rang').expect(303).expect('location', at);
    expect((await agent.get('/today')).text).toMatch(
      new RegExp(`1 child is held until somebody has found out[^]*href="/referrals/${body.id}#messages"[^]*held by staff`),
    );
    expect((await agent.get(at)).text).toMatch(/Before you ring or write[^]*Held: held by staff\.[^]*Release messages/);
    // Of the same household, known to another provider: that something is held, and why, not of whom.
    const other = await browser('TEST.ZZ998.clinician');
    expect((await other.get(`/referrals/${sibling.body.id}`)).text).toContain('Held: held by staff (for another child of this household');
    await send('release', 'x', other).expect(404);
    await send('release', 'She is well').expect(303);
    const again = await send('release', 'She is well').expect(422);
    expect(again.text).toContain('Nothing is held for this child, or somebody has released it.');
    expect((await other.get(`/referrals/${sibling.body.id}`)).text).toContain('Messages go out when they are due.');
  });

  test('is nobody else’s to see', async () => {
    const { referralId } = await put({ days: 10 });
    await (await browser(manager)).get(`/referrals/${referralId}`).expect(404);
    await (await browser('TEST.ZZ998.clinician')).get(`/referrals/${referralId}`).expect(404);
    const { text } = await (await browser(clinician)).get('/referrals/not-one').expect(404);
    expect(text).toContain('No such referral.');
  });
});

test.each([
  [{}, true],
  [{ origin: 'http://localhost:3000', host: 'localhost:3000' }, true],
  [{ origin: 'https://meanwhile.example', host: 'inside:3000' }, true],
  [{ origin: 'https://elsewhere.example', host: 'localhost:3000' }, false],
  [{ origin: 'null', host: 'localhost:3000' }, false],
  [{ 'sec-fetch-site': 'cross-site' }, false],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000', host: 'localhost:3000' }, true],
])('a form with %j is from here: %s', (headers, is) => expect(isFromHere(headers, 'https://meanwhile.example')).toBe(is));
