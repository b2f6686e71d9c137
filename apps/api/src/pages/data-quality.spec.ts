import supertest from 'supertest';
import { putOnList } from '../../../../libs/reporting/src/list.fixture.js';
import { testApp, type TestApp } from '../../../../test/support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  await putOnList(app.database, [{ days: 10 }, { days: null }, { days: 10, provider: 'ZZ998' }]);
});
afterAll(() => app.close());

async function page(as: string): Promise<string> {
  const agent = supertest.agent(await app.server.getUrl());
  await agent.post('/sign-in').type('form').send({ as, next: '/' }).expect(303);
  const { text } = await agent.get('/data-quality').expect(200);
  expect(text).toContain('<strong>SYNTHETIC</strong>');
  expect(text).not.toMatch(/<script|https?:\/\//);
  return text.replace(/\s+/g, ' ');
}

test('a manager of the ICB sees every service', async () => {
  const text = await page('TEST.QZZ.icb-manager');
  expect(text).toContain('Start unknown: open referrals whose day of receipt is not known');
  expect(text).toMatch(/<span class="mw-small">Example Trust<\/span><\/th> <td>2<\/td> <td>1<\/td> <td>2<\/td> <td>2<\/td> <td>0<\/td>/);
  expect(text).toContain('Other Example Trust');
});

test('a provider its own, and the way there is on every page', async () => {
  const text = await page('TEST.ZZ999.clinician');
  expect(text).toContain('<span class="mw-small">Example Trust</span>');
  expect(text).not.toContain('Other Example Trust');
  expect(text).toContain('href="/data-quality" aria-current="page"');
});

test('nobody who is not signed in', () => app.http.get('/data-quality').expect(303).expect('location', '/sign-in?next=%2Fdata-quality'));
