import { Logger } from '@nestjs/common';
import { connect, type AddressInfo } from 'node:net';
import supertest from 'supertest';
import { asOwner } from '../../../../test/support/database.js';
import { testApp, type TestApp } from '../../../../test/support/app.js';
import { createServer } from '../server.js';

let app: TestApp;
beforeAll(async () => void (app = await testApp()));
afterAll(() => app.close());

const HEAD = 'service,source_system,source_id,received_on,priority,source_of_referral,given_name,family_name,birth_date,need';
const FILE = `${HEAD}\nspeech-and-language-therapy,systmone,R-1,2026-01-05,routine,gp,Asha,Example,2021-05-04,stammering\n`;
const MAPPING = 'columns: {Ref: source_id}';

/** A part of a form: the name, what is in it, and the name of the file it is, if it is one. */
type Part = readonly [name: string, content: string, fileName?: string];
const LIST: Part = ['file', FILE, 'list.csv'];

const BOUNDARY = 'x-boundary-x';
const formOf = (parts: readonly Part[]): string =>
  parts
    .map(([name, content, fileName]) => {
      const file = fileName === undefined ? '' : `; filename="${fileName}"`;
      return `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
    })
    .join('') + `--${BOUNDARY}--\r\n`;

interface Answer {
  status: number;
  body: { id?: string; detail?: string; errors?: { path: string; message: string }[] };
}

/** Sends a body as it is. */
async function post(body: string, type = `multipart/form-data; boundary=${BOUNDARY}`, query = '', http = app.http): Promise<Answer> {
  const { status, body: said } = await http
    .post(`/v1/imports${query}`)
    .set(await app.as())
    .set('content-type', type)
    .send(body);
  return { status, body: said as Answer['body'] };
}
const send = (...parts: Part[]): Promise<Answer> => post(formOf(parts));

const rows = (sql: string, ...params: unknown[]): Promise<Record<string, unknown>[]> =>
  asOwner(app.ownerUrl, async (client) => (await client.query<Record<string, unknown>>(sql, params)).rows);

/** Pieces of files that are held, and imports that a worker would take up. */
const held = (): Promise<unknown> =>
  rows(
    `select (select count(*) from import_chunk) as chunks, (select count(*) from import where state in ('uploading', 'waiting')) as waiting`,
  );

const importOf = async ({ body }: Answer): Promise<unknown> =>
  (await rows('select *, extracted_on::text as extracted from import where id = $1', body.id))[0];

describe('options', () => {
  it.each([
    ['before the file', (options: Part[]): Part[] => [...options, LIST]],
    ['after the file', (options: Part[]): Part[] => [LIST, ...options]],
  ])('%s are heard', async (_, place) => {
    const answer = await send(
      ...place([
        ['mode', 'check'],
        ['extractedOn', '2026-01-31'],
        ['complete', 'true'],
        ['badShare', '0.5'],
        ['mapping', MAPPING, 'mapping.yaml'],
      ]),
    );
    expect(answer.status).toBe(202);
    expect(await importOf(answer)).toMatchObject({
      state: 'waiting',
      mode: 'check',
      extracted: '2026-01-31',
      complete: true,
      bad_share: 0.5,
      mapping: MAPPING,
    });
  });

  it.each<[string, Part[], string, RegExp]>([
    ['a second file', [LIST, ['file', FILE, 'more.csv']], 'file', /one file/],
    ['a third file', [LIST, LIST, LIST], 'file', /one file/],
    ['a file under another name', [['list', FILE, 'list.csv']], 'list', /not a file of this request/],
    ['a file under the name of an option', [['mode', FILE, 'list.csv']], 'mode', /not a file of this request/],
    ['another file behind the file', [LIST, ['extra', 'x', 'x.csv']], 'extra', /not a file of this request/],
    ['a file as text', [['file', FILE]], 'file', /must be a file/],
    ['two mappings', [['mapping', MAPPING], ['mapping', MAPPING, 'm.yaml'], LIST], 'mapping', /there twice/],
    ['two mapping files', [['mapping', MAPPING, 'm.yaml'], ['mapping', MAPPING, 'm.yaml'], LIST], 'mapping', /there twice/],
    ['a bad option after the file', [LIST, ['mode', 'try']], 'mode', /must be one of/],
    ['a bad mapping after the file', [LIST, ['mapping', 'colums: {}']], 'mapping', /colums/],
    ['a day to come after the file', [LIST, ['extractedOn', '2199-01-01']], 'extractedOn', /after today/],
    ['an option nobody knows', [LIST, ['colour', 'red']], 'colour', /not a field/],
    ['constructor', [['constructor', 'x'], LIST], 'constructor', /not a field/],
    ['__proto__', [['__proto__', 'x'], LIST], '__proto__', /not a field/],
    ['__proto__ after the file', [LIST, ['__proto__', 'x']], '__proto__', /not a field/],
    ['an empty share', [['badShare', ''], LIST], 'badShare', /share from 0 to 1/],
    ['a mapping longer than can be used', [['mapping', `# ${'x'.repeat(100_000)}`], LIST], 'mapping', /at most 100000/],
    ['a mapping file longer than can be used', [['mapping', `# ${'x'.repeat(100_000)}`, 'm.yaml'], LIST], 'mapping', /at most 100000/],
    ['a name that cannot be kept', [['file', FILE, 'a\0b.csv']], 'file', /name/],
  ])('%s: refused, and nothing is kept', async (_, parts, path, message) => {
    const before = await held();
    const answer = await send(...parts);
    expect(answer).toMatchObject({ body: { errors: [{ path, message: expect.stringMatching(message) as string }] } });
    expect([400, 422]).toContain(answer.status);
    expect(await held()).toEqual(before);
  });

  it.each([
    ['constructor=x', 'constructor'],
    ['__proto__=x', '__proto__'],
    ['colour=red', 'colour'],
    ['badShare=', 'badShare'],
    ['mode=check&mode=apply', 'mode'],
  ])('of the query, %s is refused by its name', async (query, path) => {
    expect(await post(formOf([LIST]), undefined, `?${query}`)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  it('told in the query and in the form are told twice', async () => {
    expect(await post(formOf([['mode', 'check'], LIST]), undefined, '?mode=check')).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'mode', message: 'is there twice' }] },
    });
  });
});

describe('a form that did not come whole', () => {
  const whole = formOf([LIST]);
  it.each([
    ['no boundary is named', whole, 'multipart/form-data'],
    ['its boundary is not in it', FILE, undefined],
    ['it is cut off in the file', whole.slice(0, -120), undefined],
    ['it is cut off before its end', whole.slice(0, -(BOUNDARY.length + 6)), undefined],
    ['it is empty', '', undefined],
    [
      'a field is said to be JSON and is none',
      whole.replace('\r\n\r\n', '\r\ncontent-type: application/json\r\n\r\n').replace('; filename="list.csv"', ''),
      undefined,
    ],
  ])('%s: 400, and nothing is kept', async (_, body, type) => {
    const before = await held();
    const answer = await post(body, type);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'file' }] } });
    expect(await held()).toEqual(before);
  });

  it('has a file larger than is taken: 413, nothing is kept, and the client hears it', async () => {
    const small = await createServer(app.platform, { fileLimit: 200 });
    await small.listen(0, '127.0.0.1');
    try {
      const http = supertest(await small.getUrl());
      const before = await held();
      const long = FILE.repeat(40_000);
      for (const list of [FILE, long]) {
        const answer = await post(formOf([['file', list, 'list.csv']]), undefined, '', http);
        expect(answer).toMatchObject({ status: 413, body: { detail: expect.stringMatching(/file is larger than 200 bytes/) as string } });
      }
      expect(await held()).toEqual(before);
    } finally {
      await small.close();
    }
  });

  it('because the client went away, is no error of ours, and nothing of it is kept', async () => {
    const logged: unknown[] = [];
    const keep = (line: unknown): void => void logged.push(line);
    const before = await held();
    Logger.overrideLogger({ error: keep, fatal: keep, warn: keep, log: () => undefined });
    try {
      const { authorization } = await app.as();
      const { port } = app.server.getHttpServer().address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      const head = `POST /v1/imports HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: multipart/form-data; boundary=${BOUNDARY}\r\ncontent-length: 999999\r\n\r\n`;
      socket.write(head + whole.slice(0, -60));
      await comesTrue(async () => (await rows(`select from import where state = 'uploading'`)).length === 1);
      socket.destroy();
      await comesTrue(async () => (await rows(`select from import where state = 'uploading'`)).length === 0);
    } finally {
      Logger.overrideLogger(false);
    }
    expect(await held()).toEqual(before);
    expect(logged).toEqual([]);
  });
});

/** Asks again until it is so; each time is a trip to the database. */
async function comesTrue(test: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) if (await test()) return;
  throw new Error('It did not come true.');
}

describe('a cursor of the list', () => {
  it.each([['["nowaday","0190a0b0-0000-7000-8000-000000000000"]'], ['["x","y"]'], ['["2026-01-05T00:00:00.000Z","y"]'], ['[1,2]']])(
    '%s is not ours',
    async (key) => {
      const cursor = Buffer.from(key).toString('base64url');
      await app.http
        .get(`/v1/imports?cursor=${cursor}`)
        .set(await app.as())
        .expect(400);
    },
  );
});

describe('a tenant or an organisation nobody knows', () => {
  it('is named in words, and no constraint of the database is', async () => {
    const as = await app.as({ tenant: 'NOWHERE' });
    const { body } = await app.http.post('/v1/imports').set(as).attach('file', Buffer.from(FILE), 'x.csv').expect(422);
    expect(body).toMatchObject({ detail: 'The tenant NOWHERE is not known here.' });
    const elsewhere = await app.as({ org: 'ZZ111' });
    const other = await app.http.post('/v1/imports').set(elsewhere).attach('file', Buffer.from(FILE), 'x.csv').expect(422);
    expect(other.body).toMatchObject({ detail: 'The organisation ZZ111 is not known here.' });
  });
});

describe('a file sent under an Idempotency-Key', () => {
  const sendUnder = async (key: string, ...parts: Part[]): Promise<Answer> => {
    const { status, body } = await app.http
      .post('/v1/imports')
      .set(await app.as())
      .set('content-type', `multipart/form-data; boundary=${BOUNDARY}`)
      .set('idempotency-key', key)
      .send(formOf(parts));
    return { status, body: body as Answer['body'] };
  };

  it('is the same import when it is sent again, and nothing is kept twice', async () => {
    const first = await sendUnder('k-1', LIST);
    expect(first.status).toBe(202);
    const before = await held();
    expect(await sendUnder('k-1', LIST)).toEqual(first);
    expect(await held()).toEqual(before);
    expect((await sendUnder('k-2', LIST)).body.id).not.toBe(first.body.id);
  });

  it.each([
    ['another file', ['file', `${FILE}x`, 'list.csv'] as Part, []],
    ['the same file, only to be checked', LIST, [['mode', 'check'] as Part]],
  ])('is refused with %s', async (_, file, more) => {
    await sendUnder('k-3', LIST);
    const { status, body } = await sendUnder('k-3', ...more, file);
    expect([status, body.errors?.[0]?.path]).toEqual([422, 'Idempotency-Key']);
  });
});
