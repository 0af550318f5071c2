import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reportCapture } from '../../src/audit/report-capture.ts';
import { type ConsoleOptions, type RunningConsole, startConsole } from '../../src/console/console-server.ts';
import { EvidenceWriter } from '../../src/evidence/evidence-writer.ts';
import { maskValue } from '../../src/model/finding.ts';
import { aCapture, aDetection, anExchange, START } from '../evidence/samples.ts';

const imei = '867532051234569';
const md5 = createHash('md5').update(imei).digest('hex');
const json = JSON.stringify({ header: { os: '<script>alert(1)</script>', idmd5: md5 } });
const evil = '"><img src=x onerror=alert(1)>';

let console: RunningConsole;
let folder: string;
let db: string;
let defects: unknown[];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A request as any client may make it: every header can be chosen. */
function ask(
  target: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { Host: `127.0.0.1:${console.port}`, ...options.headers };
    const asked = httpRequest(
      { host: '127.0.0.1', port: console.port, path: target, method: options.method ?? 'GET', headers, setHost: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(options.body);
  });
}

/** Opens the link once, as a browser does; gives the cookie to send from then on. */
async function logIn(): Promise<Record<string, string>> {
  const { status, headers } = await ask(console.link.slice(console.link.indexOf('/?')));
  expect([status, headers['location']]).toEqual([303, '/']);
  return { Cookie: (headers['set-cookie']?.[0] ?? '').split(';')[0] as string };
}

/** As the command line wires it. */
const report: ConsoleOptions['report'] = (capture, language) =>
  [...reportCapture({ db, capture, policy: null, language }, 'html', '0').pieces].join('');

/** Written once; each test looks at a copy of its own. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-console-'));
  const db = join(folder, 'shared.db');
  const writer = EvidenceWriter.open(db);
  const capture = writer.beginCapture({ ...aCapture('night-1'), app: evil });
  const offset = json.indexOf(md5);
  writer.addExchange(
    anExchange(capture, {
      requestBody: writer.putBody(gzipSync(json)),
      request: {
        ...anExchange(capture).request,
        target: `/unify_logs?v=1&imei=${imei}`,
        headers: [
          ['Content-Type', 'application/json'],
          ['Content-Encoding', 'gzip'],
          ['X-Evil', evil],
        ],
      },
      responseBody: writer.putBody(Buffer.from([0x00, 0xff, 0x41])),
      findings: [
        aDetection({ offset, value: imei }),
        aDetection({
          place: 'url',
          field: 'imei',
          decodeChain: ['query:imei'],
          offset: `https://ulogs.umeng.com/unify_logs?v=1&imei=`.length,
          length: 15,
          transform: 'plain',
          value: imei,
        }),
      ],
      gaps: [{ kind: 'opaque-body', at: ['response', 'body'], bytesUnread: 3, detail: evil }],
    }),
  );
  for (let number = 0; number < 450; number++) {
    writer.addExchange(
      anExchange(capture, {
        startedAt: START + 2_000 + number,
        request: {
          ...anExchange(capture).request,
          method: 'GET',
          host: `h${number % 3}.example.com`,
          target: `/${number}`,
        },
        recipient: { kind: 'third-party', id: 'example.com', name: evil },
      }),
    );
  }
  writer.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  defects = [];
  db = join(mkdtempSync(join(folder, 'test-')), 'night.db');
  copyFileSync(join(folder, 'shared.db'), db);
  copyFileSync(join(folder, 'evidence.key'), join(dirname(db), 'evidence.key'));
  console = await startConsole({
    db,
    secret: null,
    signatureFolder: null,
    host: '127.0.0.1',
    port: 0,
    report,
    onDefect: (error) => defects.push(error),
  });
});
afterEach(async () => {
  await console.close();
  expect(defects).toEqual([]);
});

describe('Who may look at the console', () => {
  it.each(['/', '/exchanges', '/exchanges/1', '/api/findings', '/console.css', '/nothing'])(
    'nobody without the link: %s',
    async (path) => {
      expect((await ask(path)).status).toBe(401);
      expect((await ask(`${path}?token=guess`)).status).toBe(401);
      expect((await ask(path, { headers: { Cookie: `telltale-${console.port}=guess` } })).status).toBe(401);
    },
  );

  it('whoever opened the link, which works once', async () => {
    const cookie = await logIn();
    expect((await ask('/', { headers: cookie })).status).toBe(200);
    expect((await ask(console.link.slice(console.link.indexOf('/?')))).status).toBe(401);
    expect((await ask('/', { headers: cookie })).status).toBe(200);
  });

  it('with a cookie that scripts and other sites cannot use', async () => {
    const { headers } = await ask(console.link.slice(console.link.indexOf('/?')));
    expect(headers['set-cookie']?.[0]).toMatch(/^telltale-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.evil.example:80', ''])(
    'not under another host name, even with the link: %j',
    async (host) => {
      const target = console.link.slice(console.link.indexOf('/?'));
      expect((await ask(target, { headers: { Host: host } })).status).toBe(403);
      await logIn();
    },
  );

  it('under the names of loopback', async () => {
    const cookie = await logIn();
    for (const name of ['localhost', '[::1]'])
      expect((await ask('/', { headers: { ...cookie, Host: `${name}:${console.port}` } })).status).toBe(200);
  });

  it('on loopback only', async () => {
    const open = startConsole({
      db,
      secret: null,
      signatureFolder: null,
      host: '0.0.0.0',
      port: 0,
      report,
      onDefect: () => undefined,
    });
    await expect(open).rejects.toThrow(/loopback only/);
  });
});

describe('A page of the console', () => {
  const pages = [
    '/',
    '/exchanges',
    '/findings',
    '/gaps',
    '/marks',
    '/exchanges/1',
    '/exchanges/1?reveal=1',
    '/exchanges/2',
  ];

  it.each(pages)(
    '%s escapes what traffic says, loads nothing from elsewhere and runs no inline script',
    async (path) => {
      const cookie = await logIn();
      const { status, text, headers } = await ask(path, { headers: cookie });
      expect(status).toBe(200);
      expect(text).not.toContain('<img');
      expect(text).not.toMatch(/<script(?! src="\/console\.js")|<style|\sstyle=|javascript:/);
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self'/);
      expect(headers['cache-control']).toBe('no-store');
    },
  );

  it('speaks Chinese or English', async () => {
    const cookie = await logIn();
    expect((await ask('/exchanges', { headers: { ...cookie, 'Accept-Language': 'zh-CN' } })).text).toContain('接收方');
    expect((await ask('/exchanges?lang=en', { headers: { ...cookie, 'Accept-Language': 'zh-CN' } })).text).toContain(
      'Recipient',
    );
  });

  it('lists a page of rows with the way to the next, and leaves identifiers out of addresses', async () => {
    const cookie = await logIn();
    const first = (await ask('/exchanges', { headers: cookie })).text;
    expect(first.match(/<tr>/g)).toHaveLength(201);
    expect(first).toContain('href="/exchanges?capture=night-1&amp;lang=en&amp;skip=200"');
    expect(first).not.toContain(imei);
    const last = (await ask('/exchanges?skip=400', { headers: cookie })).text;
    expect(last.match(/<tr>/g)).toHaveLength(52);
    expect(last).not.toContain('skip=600');
  });

  it('marks each finding where it stands in the decoded bytes, masked until asked', async () => {
    const cookie = await logIn();
    const masked = (await ask('/exchanges/1', { headers: cookie })).text;
    expect(masked).toContain('title="imei (md5-hex)">');
    expect(masked).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(masked).not.toContain(md5);
    expect(masked).not.toContain(imei);
    const revealed = (await ask('/exchanges/1?reveal=1', { headers: cookie })).text;
    expect(revealed).toContain(`title="imei (md5-hex)">${md5}</mark>`);
    expect(revealed).toContain(`title="imei (plain)">${imei}</mark>`);
    expect(revealed).toContain('\nContent-Encoding: gzip\n');
  });

  it.each([
    '/exchanges/999999',
    '/exchanges/x',
    '/../console.css',
    '/assets/console.css',
    '/%2e%2e/etc/passwd',
    '/exchanges?capture=none',
  ])('%s is not there', async (path) => {
    expect((await ask(path, { headers: await logIn() })).status).toBe(404);
  });

  it('shows the report as it stands, in the language asked for, and runs nothing in it', async () => {
    const cookie = await logIn();
    const { status, text, headers } = await ask('/report?lang=zh', { headers: cookie });
    expect(status).toBe(200);
    expect(text).toContain('lang="zh');
    expect(text).not.toContain('<img src=x');
    expect(headers['content-security-policy']).not.toMatch(/script-src|'self'/);
  });

  it('has the files that it asks for', async () => {
    const cookie = await logIn();
    for (const [path, type] of [
      ['/console.css', 'text/css'],
      ['/console.js', 'text/javascript'],
      ['/icon.svg', 'image/svg+xml'],
    ] as const) {
      const { status, headers } = await ask(path, { headers: cookie });
      expect([status, headers['content-type']]).toEqual([200, expect.stringContaining(type)]);
    }
  });
});

describe('The JSON of the console', () => {
  it('has the shapes of the command line', async () => {
    const cookie = await logIn();
    const findings = JSON.parse((await ask('/api/findings', { headers: cookie })).text) as {
      rows: Record<string, unknown>[];
      more: boolean;
    };
    expect(findings.more).toBe(false);
    expect(findings.rows[0]).toMatchObject({
      exchange: 1,
      data_type: 'imei',
      transform: 'md5-hex',
      value_masked: maskValue(imei),
    });
    const exchanges = JSON.parse((await ask('/api/exchanges?filter=sdk:umeng', { headers: cookie })).text) as {
      rows: unknown[];
    };
    expect(exchanges.rows).toHaveLength(1);
    expect(JSON.parse((await ask('/api/gaps', { headers: cookie })).text)).toMatchObject({
      rows: [{ kind: 'opaque-body' }],
    });
    expect(JSON.parse((await ask('/api/captures', { headers: cookie })).text)).toMatchObject([{ name: 'night-1' }]);
    expect((await ask('/api/nothing', { headers: cookie })).status).toBe(404);
  });

  it('gives no more rows than its limit', async () => {
    const cookie = await logIn();
    const { rows, more } = JSON.parse((await ask('/api/exchanges?limit=999999', { headers: cookie })).text) as {
      rows: unknown[];
      more: boolean;
    };
    expect([rows.length, more]).toEqual([451, false]);
    expect(JSON.parse((await ask('/api/exchanges?limit=-1', { headers: cookie })).text)).toMatchObject({ more: true });
  });
});

describe('A mark set in the console', () => {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

  it('is kept and shown', async () => {
    const headers = { ...(await logIn()), ...form, Origin: `http://127.0.0.1:${console.port}` };
    expect((await ask('/marks?lang=en', { method: 'POST', headers, body: 'kind=consent&note=%3Cb%3E' })).status).toBe(
      303,
    );
    const { text } = await ask('/marks', { headers });
    expect(text).toContain('&lt;b&gt;');
    expect(JSON.parse((await ask('/api/marks', { headers })).text)).toMatchObject([{ kind: 'consent', note: '<b>' }]);
    const [{ id }] = JSON.parse((await ask('/api/marks', { headers })).text) as [{ id: number }];
    expect((await ask('/marks', { method: 'POST', headers, body: `kind=withdraw&number=${id}` })).status).toBe(303);
    expect(JSON.parse((await ask('/api/marks', { headers })).text)).toEqual([]);
    expect((await ask('/marks', { method: 'POST', headers, body: `kind=withdraw&number=${id}` })).status).toBe(404);
  });

  it.each([
    [{}, 403],
    [{ Origin: 'http://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'own', 'Sec-Fetch-Site': 'same-site' }, 403],
  ])('is refused from elsewhere: %j', async (given, status) => {
    const origin: Record<string, string> =
      'Origin' in given && given.Origin === 'own' ? { ...given, Origin: `http://127.0.0.1:${console.port}` } : given;
    const headers = { ...(await logIn()), ...form, ...origin };
    expect((await ask('/marks', { method: 'POST', headers, body: 'kind=consent' })).status).toBe(status);
    expect(JSON.parse((await ask('/api/marks', { headers })).text)).toEqual([]);
  });

  it.each([
    ['kind=party', 400],
    ['kind=note', 400],
    [`kind=note&note=${'x'.repeat(20_000)}`, 413],
  ])('must make sense: %.20s', async (body, status) => {
    const headers = { ...(await logIn()), ...form, Origin: `http://127.0.0.1:${console.port}` };
    expect((await ask('/marks', { method: 'POST', headers, body })).status).toBe(status);
  });
});
