import { addDays, londonInstant } from '#kernel';
import {
  emptyLists,
  goLive,
  MENTAL_HEALTH,
  MONDAY,
  rows,
  TODAY,
  waitingChild,
  type WaitingChildOf,
} from '../../../../libs/check-ins/src/waiting-child.fixture.js';
import { waitingWellApp, type WaitingWellApp } from './waiting-well-app.fixture.js';

let app: WaitingWellApp;

beforeAll(async () => void (app = await waitingWellApp()));
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.moveTo(MONDAY);
  await emptyLists(app.database);
  await goLive(app.database);
  await goLive(app.database, { line: MENTAL_HEALTH });
});

const BIRTH_DATE = { day: '4', month: '5', year: '2019' };

/** A family that was written to; the path of its link as the sandbox shows it. */
async function linkOf(of: WaitingChildOf = {}): Promise<string> {
  await waitingChild(app.database, of);
  await app.sweep();
  const { body } = await app.http.get('/sandbox?tenant=TEST').set('accept', 'application/json').expect(200);
  return new URL((body as { items: { link: string }[] }).items[0]?.link ?? '').pathname;
}

const get = (path: string) => app.http.get(path).set('accept', 'text/html');
const post = (path: string, form: object) => app.http.post(path).set('accept', 'text/html').type('form').send(form);
const json = (path: string, body: object) => app.http.post(path).set('accept', 'application/json').send(body);

async function entered(path: string): Promise<string> {
  const { text } = await post(path, { step: 'birth-date', ...BIRTH_DATE }).expect(200);
  return /name="pass" value="([^"]+)"/.exec(text)?.[1] ?? '';
}
const opened = () => rows(app.database, 'select level, reason from escalation order by reason');
const bodyText = (html: string): string => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('the page behind a link', () => {
  it('asks for a birth date, names no service and nobody, and tells nobody of the visit', async () => {
    const path = await linkOf({ line: MENTAL_HEALTH });
    const { text, headers } = await get(path).expect(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex, nofollow' });
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    const said = bodyText(text.replace(/<div class="nhsuk-card nhsuk-card--care.*?<\/ul>/s, ''));
    for (const word of ['Asha', 'Example', 'mental', 'Sam']) expect(said).not.toContain(word);
    expect(text).not.toMatch(/<script/);
    expect(text).not.toMatch(/https?:\/\//);
    expect(bodyText(text)).toContain('999');
  });

  it('is served with its own styles, which load nothing from elsewhere', async () => {
    const { text } = await app.http.get('/family-page/nhsuk-frontend.css').expect(200);
    expect(text).toContain('.nhsuk-button');
    expect(text).not.toContain('https://');
  });

  it('shows a wrong birth date as a form to mend', async () => {
    const path = await linkOf();
    const { text } = await post(path, { step: 'birth-date', day: '5', month: '5', year: '2019' }).expect(422);
    expect(text).toContain('<title>Error: ');
    expect(text).toContain('This is not the date of birth we have');
  });

  it('shows a date that is none as a form to mend, and does not count it', async () => {
    const path = await linkOf();
    for (let i = 0; i < 6; i++) {
      const { text } = await post(path, { step: 'birth-date', day: '31', month: '2', year: '2019' }).expect(422);
      expect(text).toContain('Enter a real date of birth');
      expect(text).toContain('value="31"');
    }
    await entered(path);
  });

  it('asks, and acts on the answers', async () => {
    const path = await linkOf();
    const { text } = await post(path, { step: 'birth-date', ...BIRTH_DATE }).expect(200);
    expect(bodyText(text)).toContain('while you wait for speech and language therapy?');
    expect(text).toMatch(/<button[^>]*name="concern" value="choking"/);
    expect(text).toMatch(/<input[^>]*name="concerns"[^>]*value="not-attending"/);
    const pass = await entered(path);
    const thanks = await post(path, {
      step: 'answer',
      pass,
      change: 'worse',
      stillNeeded: 'yes',
      concerns: ['not-attending', 'carer-not-coping'],
      answeredBy: 'parent',
      message: '',
    }).expect(200);
    expect(bodyText(thanks.text)).toContain('will look at what you told us by 10:30 on Tuesday 24 November at the latest.');
    expect(await opened()).toEqual([
      { level: 'amber', reason: 'carer-not-coping' },
      { level: 'amber', reason: 'not-attending' },
    ]);
    // Refreshed, or sent by an impatient finger.
    await post(path, { step: 'answer', pass, change: 'worse', stillNeeded: 'yes', concerns: ['not-attending', 'carer-not-coping'] }).expect(
      200,
    );
    expect(await opened()).toHaveLength(2);
  });

  it('keeps what was typed when something is missing', async () => {
    const path = await linkOf();
    const pass = await entered(path);
    const { text } = await post(path, { step: 'answer', pass, stillNeeded: 'yes', answeredBy: 'carer' }).expect(422);
    expect(bodyText(text)).toContain('Say whether things are better, the same or worse');
    expect(text).toMatch(/value="carer"\s+checked/);
    expect(text).toContain(`value="${pass}"`);
  });

  it('escapes what a family types', async () => {
    const path = await linkOf();
    const pass = await entered(path);
    const { text } = await post(path, { step: 'answer', pass, message: `<script>alert(1)</script>${'x'.repeat(5_000)}` }).expect(422);
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
  });

  it('takes words of any kind', async () => {
    const path = await linkOf();
    const pass = await entered(path);
    await post(path, { step: 'answer', pass, change: 'same', message: 'Zażółć \u0000 gęślą 🙂\r\njaźń' }).expect(200);
    expect(await rows(app.database, 'select message from reply')).toEqual([{ message: 'Zażółć  gęślą 🙂\njaźń' }]);
  });
});

describe('a red answer', () => {
  it('acts when it is pressed, and shows help first', async () => {
    const path = await linkOf({ line: MENTAL_HEALTH });
    const pass = await entered(path);
    const { text } = await post(path, { step: 'choose', pass, concern: 'suicidal' }).expect(200);
    expect(await opened()).toEqual([{ level: 'red', reason: 'suicidal' }]);
    const said = bodyText(text);
    for (const help of ['Call 999', 'NHS 111, and choose option 2', 'Text SHOUT to 85258']) expect(said).toContain(help);
    expect(said.indexOf('Call 999')).toBeLessThan(said.indexOf('What happens next'));
    expect(said).toContain('The mental-health team must look at it by 11:30 on Monday 23 November');
    expect(said).not.toContain('Nobody reads this');
  });

  it('followed by the rest of the form is still looked at first, and says so', async () => {
    const path = await linkOf();
    const pass = await entered(path);
    const { text } = await post(path, { step: 'choose', pass, concern: 'choking' }).expect(200);
    expect(text).toContain('name="after" value="urgent"');
    const rest = await post(path, { step: 'answer', pass, after: 'urgent', change: 'same' }).expect(200);
    expect(bodyText(rest.text)).toContain('What you pressed before is with us already.');
    expect(rest.text).toContain('nhsuk-card--care--emergency');
    // Somebody else with the link learns nothing from the same answer.
    const other = await post(path, { step: 'answer', pass, change: 'same' }).expect(200);
    expect(bodyText(other.text)).not.toContain('pressed before');
    expect(other.text).not.toContain('nhsuk-card--care--emergency');
  });

  it('at night says that nobody reads it before the morning', async () => {
    const path = await linkOf();
    app.clock.moveTo(londonInstant(addDays(TODAY, 4), '22:15'));
    const pass = await entered(path);
    const { text } = await post(path, { step: 'choose', pass, concern: 'choking' }).expect(200);
    expect(bodyText(text)).toContain('Nobody reads this before 08:00 on Monday 30 November.');
  });

  it('of abuse is shown to nobody who opens the link later', async () => {
    const path = await linkOf();
    const pass = await entered(path);
    await post(path, { step: 'choose', pass, concern: 'abuse' }).expect(200);
    const later = await get(path).expect(200);
    const again = await post(path, { step: 'birth-date', ...BIRTH_DATE }).expect(200);
    for (const { text } of [later, again]) {
      expect(text).not.toMatch(/safeguard|keep children safe|checked/);
      expect(bodyText(text)).not.toContain('Thank you');
    }
  });
});

describe('who it is not for', () => {
  it('says so without a birth date, and is asked nothing more', async () => {
    const path = await linkOf();
    expect((await post(path, { step: 'not-me' }).expect(200)).text).toContain('We send nothing more to you');
    await get(path).expect(410);
    expect(await rows(app.database, 'select stopped_why from contact where stopped_at is not null')).toEqual([{ stopped_why: 'not-me' }]);
  });

  it.each(['/c/x', `/c/TEST.${'A'.repeat(43)}`, '/c/TEST.%00', `/c/NOBODY.${'A'.repeat(43)}`])(
    'finds nothing behind %s, kindly',
    async (path) => {
      const { text } = await get(path).expect(404);
      expect(bodyText(text)).toContain('999');
      await post(path, { step: 'birth-date', ...BIRTH_DATE }).expect(404);
    },
  );

  it('finds an old link gone', async () => {
    const path = await linkOf();
    app.clock.moveTo(londonInstant(addDays(TODAY, 29), '12:00'));
    expect(bodyText((await get(path).expect(410)).text)).toContain('This link is too old');
  });

  it('closes after five wrong birth dates', async () => {
    const path = await linkOf();
    for (let i = 0; i < 4; i++) await post(path, { step: 'birth-date', day: '1', month: '1', year: '2019' }).expect(422);
    await post(path, { step: 'birth-date', day: '1', month: '1', year: '2019' }).expect(410);
    await post(path, { step: 'birth-date', ...BIRTH_DATE }).expect(410);
  });
});

describe('as JSON', () => {
  it('asks and hears in the words of the API', async () => {
    const path = await linkOf();
    expect((await app.http.get(path).set('accept', 'application/json').expect(200)).body).toMatchObject({ ask: 'birth-date' });
    const { body } = await json(path, { birthDate: '2019-05-04' }).expect(200);
    expect(body).toMatchObject({ ask: 'answers', service: 'speech and language therapy' });
    expect((body as { concerns: object[] }).concerns).toContainEqual(expect.objectContaining({ concern: 'choking', urgent: true }));
    const heard = await json(path, {
      birthDate: '2019-05-04',
      stillNeeded: 'yes',
      change: 'worse',
      concerns: [],
      answeredBy: 'parent',
      message: null,
    }).expect(200);
    expect(heard.body).toMatchObject({ received: true, complete: true, urgent: false, lookedAtBy: '2026-12-07T10:30:00.000Z' });
    expect(await opened()).toEqual([{ level: 'yellow', reason: 'worse' }]);
  });

  it('refuses what it cannot read, by field and never by content', async () => {
    const path = await linkOf();
    const { body, headers } = await json(path, { birthDate: '2019-02-30', change: 'awful', concerns: ['murder'], message: 7 }).expect(400);
    expect(headers['content-type']).toContain('application/problem+json');
    expect((body as { errors: { path: string }[] }).errors.map((e) => e.path).sort()).toEqual([
      'birthDate',
      'change',
      'concerns',
      'message',
    ]);
    expect(JSON.stringify(body)).not.toMatch(/murder|awful/);
    await json(path, { birthDate: '2019-05-04', stillNeeded: 'yes' }).expect(422);
    await json(path, { change: 'worse' }).expect(422);
    await json(path, { birthDate: '2019-05-05', change: 'worse' }).expect(422);
    expect(await opened()).toEqual([]);
    await json(`/c/TEST.${'A'.repeat(43)}`, { birthDate: '2019-05-04' }).expect(404);
  });
});

describe('the sandbox', () => {
  it('shows what was sent, with links that lead to this server', async () => {
    const path = await linkOf();
    const { text } = await get('/sandbox').expect(200);
    expect(text).toContain(`href="${path}"`);
    expect(text).toContain('2019-05-04');
  });
});

it('the sandbox is not there in production', async () => {
  const key = Buffer.alloc(32, 1).toString('base64');
  const production = await waitingWellApp({
    NODE_ENV: 'production',
    OIDC_ISSUER: 'https://issuer.example',
    NHS_NUMBER_KEY: key,
    LINK_KEY: key,
    MESSAGE_SENDER: 'smtp',
    SMTP_URL: 'smtp://localhost:1',
  });
  await production.http.get('/sandbox').expect(404);
  await production.close();
});
