import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readHar } from '../../../src/audit/import/har.ts';
import type { CaptureEvent } from '../../../src/model/exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-dialects-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(har: unknown): Promise<{ events: CaptureEvent[]; notices: string[] }> {
  const path = join(folder, 'sample.har');
  writeFileSync(path, typeof har === 'string' ? har : JSON.stringify(har));
  const [events, notices]: [CaptureEvent[], string[]] = [[], []];
  for await (const event of readHar(path, undefined, (notice) => notices.push(notice))) events.push(event);
  return { events, notices };
}

const log = (...entries: readonly unknown[]) => ({ log: { version: '1.2', entries } });

const entry = (request: object, response: object | null = {}, more: object = {}) => ({
  startedDateTime: '2026-11-21T20:00:00.000Z',
  time: 50,
  request: { method: 'POST', url: 'https://a.example/p', headers: [], ...request },
  response: response === null ? null : { status: 200, headers: [], content: {}, ...response },
  ...more,
});

const named = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

/** Everything of an entry that findings can be in, and everything that was not read, in short. */
function told(events: readonly CaptureEvent[]): string[] {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  return events.flatMap((event) => {
    switch (event.type) {
      case 'request-started': {
        const { method, scheme, host, port, target, headers } = event.head;
        const rest = headers.map(([name, value]) => ` ${name}: ${value}`).join('');
        return [`${method} ${scheme}://${host}:${port}${target}${rest}`];
      }
      case 'response-started':
        return [`${event.head.status}${event.head.headers.map(([name, value]) => ` ${name}: ${value}`).join('')}`];
      case 'request-bytes':
        return [`> ${text(event.bytes)}`];
      case 'response-bytes':
        return [`< ${text(event.bytes)}`];
      case 'request-ended':
      case 'response-ended':
        return event.cut === null ? [] : [`cut: ${event.cut}`];
      case 'message':
        return [
          `${event.direction === 'request' ? '>' : '<'} ${event.kind} ${text(event.bytes)} ${event.at % 100_000}`,
        ];
      case 'exchange-ended':
        return event.error === null ? [] : [`error: ${event.error}`];
      case 'gap':
        return [`gap ${event.gap.kind} ${event.host ?? ''} ${event.gap.detail}`];
      default:
        return [];
    }
  });
}

const utf8AsBytes = (text: string) => Buffer.from(text).toString('latin1');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const packed = gzipSync('{"imei":"x"}');
const HEAD = 'POST https://a.example:443/p';

describe('readHar of bodies', () => {
  it.each<[string, object, string[]]>([
    [
      'Charles, whose postData is base64 and does not say so',
      { bodySize: 12, postData: { mimeType: 'application/json', text: base64('{"imei":"1"}') } },
      ['> {"imei":"1"}'],
    ],
    [
      'text that only looks like base64',
      { bodySize: 16, postData: { text: 'QUJDREVGR0hJSktM' } },
      ['> QUJDREVGR0hJSktM'],
    ],
    ['base64 of which no size is known', { postData: { text: 'QUJDREVGR0hJSktM' } }, ['> QUJDREVGR0hJSktM']],
    [
      'Charles, whose JSON sent as a form is one name without a value',
      {
        bodySize: 33,
        postData: {
          mimeType: 'application/x-www-form-urlencoded',
          params: [{ name: '{"class":"a & b","list":["=", 1]}', value: '' }],
        },
      },
      ['> {"class":"a & b","list":["=", 1]}'],
    ],
    [
      'Charles, whose parameters are decoded',
      {
        bodySize: 16,
        postData: {
          mimeType: 'application/x-www-form-urlencoded',
          params: [
            { name: 'q', value: 'a b' },
            { name: '路', value: '' },
          ],
        },
      },
      ['> q=a+b&%E8%B7%AF='],
    ],
    [
      'ProxyPin, which writes a byte as a character',
      { bodySize: 18, postData: { text: utf8AsBytes('{"名":"小明"}') } },
      [`> ${utf8AsBytes('{"名":"小明"}')}`],
    ],
    [
      'mitmproxy, which guesses Latin-1 of a body that was packed',
      {
        bodySize: 1_000,
        headers: named({ 'content-encoding': 'gzip' }),
        postData: { text: utf8AsBytes('n=小明的手机') },
      },
      [`> ${utf8AsBytes('n=小明的手机')}`],
    ],
    [
      'a packed body as characters',
      { bodySize: packed.length, postData: { text: packed.toString('latin1') } },
      [`> ${packed.toString('latin1')}`],
    ],
    ['Latin-1 text that is text', { postData: { text: 'prénom=Zoë' } }, [`> ${utf8AsBytes('prénom=Zoë')}`]],
    [
      'text that would be UTF-8 a second time, by its size',
      { bodySize: 4, postData: { text: 'Ã©' } },
      [`> ${utf8AsBytes('Ã©')}`],
    ],
    [
      'a writer that lost bytes',
      { bodySize: 4, postData: { text: 'a\ufffd\ufffdb' } },
      [
        `> ${utf8AsBytes('a\ufffd\ufffdb')}`,
        'gap body-missing  the file has U+FFFD in place of bytes that are no UTF-8',
      ],
    ],
    ['U+FFFD that was sent', { bodySize: 4, postData: { text: '\ufffdx' } }, [`> ${utf8AsBytes('\ufffdx')}`]],
    [
      'Firefox, which cuts long bodies',
      { headers: named({ 'Content-Length': '2000' }), postData: { text: 'x'.repeat(20) } },
      [`> ${'x'.repeat(20)}`, 'cut: the file holds 20 of 2000 bytes'],
    ],
    [
      'Firefox, which counts headers into bodySize',
      { bodySize: 90, headers: named({ 'Content-Length': '3' }), postData: { text: 'a=1' } },
      ['> a=1'],
    ],
    [
      'a small body that grew when it was packed',
      { bodySize: 40, headers: named({ 'content-encoding': 'gzip' }), postData: { text: 'a=1' } },
      ['> a=1'],
    ],
    ['a size that counts the base64', { bodySize: 8, postData: { text: 'QUJDRA==', encoding: 'base64' } }, ['> ABCD']],
    ['base64 in lines', { postData: { text: 'QUJD\r\nREVG\r\n', encoding: 'base64' } }, ['> ABCDEF']],
    ['base64 for URLs', { postData: { text: '__79', encoding: 'Base64' } }, ['> \u00ff\u00fe\u00fd']],
    ['base64 that is none', { postData: { text: '{"a":1}', encoding: 'base64' } }, ['> {"a":1}']],
    ['a text that is parsed JSON', { postData: { text: { a: [1] } } }, ['> {"a":[1]}']],
    ['postData that is its text', { postData: 'a=1' }, ['> a=1']],
    [
      'PCAPdroid, which had no room for the body',
      { bodySize: 7, postData: { mimeType: '', params: [] } },
      ['gap body-missing  no text in the file'],
    ],
  ])('reads %s', async (_, request, lines) => {
    const { events } = await read(log(entry(request)));
    const head = told(events)[0] as string;
    expect(head.startsWith(HEAD)).toBe(true);
    expect(told(events).slice(1, -1)).toEqual(lines);
  });

  it.each<[string, object, string[]]>([
    [
      'Charles: nulls, base64, compression',
      {
        statusText: null,
        bodySize: 9,
        content: { size: 2, compression: -7, mimeType: null, text: 'b2s=', encoding: 'base64' },
      },
      ['< ok'],
    ],
    [
      'a 304, which brings what a cache had',
      { status: 304, content: { size: 4, text: 'b2s=', encoding: 'base64' } },
      [],
    ],
    [
      'Firefox: a body it left out',
      { content: { comment: 'Response bodies are not included.' } },
      ['gap body-missing  Response bodies are not included.'],
    ],
    [
      'Firefox: a body it cut',
      { content: { size: 2_000_000, text: 'ok' } },
      ['< ok', 'cut: the file holds 2 of 2000000 bytes'],
    ],
    [
      'mitmproxy: the size of the packed body',
      {
        bodySize: 40,
        headers: named({ 'Content-Encoding': 'gzip' }),
        content: { size: 40, compression: -38, text: 'ok' },
      },
      ['< ok'],
    ],
    ['Safari: a size of zero', { bodySize: -1, content: { size: 0, text: 'ok' } }, ['< ok']],
    ['a status in quotes', { status: '200', content: { text: 'ok' } }, ['< ok']],
  ])('reads answers of %s', async (_, response, lines) => {
    const { events } = await read(log(entry({}, response)));
    expect(told(events).filter((line) => !/^(POST|200|304)/.test(line))).toEqual(lines);
  });

  it('expects no body of an answer to HEAD', async () => {
    expect(told((await read(log(entry({ method: 'HEAD' }, { content: { size: 900 } })))).events)).toHaveLength(2);
  });
});

describe('readHar of heads', () => {
  it.each<[string, object, string]>([
    [
      'pairs (Slack)',
      {
        headers: [
          ['X-A', '1'],
          ['X-A', '2'],
        ],
      },
      `${HEAD} X-A: 1 X-A: 2`,
    ],
    ['an object', { headers: { 'X-A': ['1', '2'], b: 'c' } }, `${HEAD} X-A: 1 X-A: 2 b: c`],
    ['cookies in their own list only', { cookies: named({ id: '1', n: 'é' }) }, `${HEAD} cookie: id=1; n=é`],
    [
      'cookies in both places',
      { headers: named({ Cookie: 'id=1' }), cookies: named({ id: '1' }) },
      `${HEAD} Cookie: id=1`,
    ],
    ['a query in its own list only (clients for APIs)', { queryString: named({ a: 'b c' }) }, `${HEAD}?a=b%20c`],
    ['a query in both places', { url: 'https://a.example/p?a=b', queryString: named({ a: 'b' }) }, `${HEAD}?a=b`],
    ['a name that is not ASCII', { url: 'https://bücher.example/p' }, 'POST https://xn--bcher-kva.example:443/p'],
    [
      'a path, with HTTP/2 pseudo headers',
      { url: '/p', headers: named({ ':scheme': 'https', ':authority': 'a.example' }) },
      HEAD,
    ],
  ])('reads %s', async (_, request, head) => {
    expect(told((await read(log(entry(request)))).events)[0]).toBe(head);
  });

  it.each<[string, object, object, string]>([
    ['Proxyman says whether it was TLS', { url: 'a.example/p' }, { _isHTTPS: true }, HEAD],
    [
      'nobody does',
      { url: '/p', headers: named({ Host: 'a.example' }) },
      {},
      'gap import-cut  entry 1, byte 35: its url names no host, or no scheme that is read',
    ],
    [
      'it is another protocol',
      { url: 'ftp://a.example/p' },
      {},
      'gap import-cut  entry 1, byte 35: its url names no host, or no scheme that is read',
    ],
  ])('takes a url without a scheme when %s', async (_, request, more, line) => {
    expect(told((await read(log(entry(request, {}, more)))).events)[0]).toBe(line);
  });

  it.each([
    ['a.example', 'a.example 443'],
    ['a.example:8443', 'a.example 8443'],
    ['https://a.example:443/', 'a.example 443'],
    ['http://a.example', 'a.example 443'],
    ['https://[2001:db8::1]:444//', '2001:db8::1 444'],
  ])('makes a gap of a tunnel to %s that nothing was read of', async (url, target) => {
    const { events } = await read(
      log(
        entry({ method: 'connect', url }),
        entry({ method: 'CONNECT', url: 'read.example:443' }),
        entry({ url: 'https://read.example/' }),
      ),
    );
    const gaps = events.flatMap((event) =>
      event.type === 'gap' ? [`${event.gap.kind} ${event.host} ${event.port}`] : [],
    );
    expect(gaps).toEqual([`tls-passthrough ${target}`]);
  });

  it.each<[string, unknown, number]>([
    ['an offset', '2026-11-22T04:00:00.0000000+08:00', 0],
    ['no offset', '2026-11-21T20:00:00.5', 500],
    ['milliseconds', Date.UTC(2026, 10, 21, 20) + 7, 7],
    ['seconds', Date.UTC(2026, 10, 21, 20) / 1_000, 0],
  ])('reads a time with %s, wherever the machine is', async (_, startedDateTime, ms) => {
    const { events } = await read(log(entry({}, {}, { startedDateTime })));
    expect(events[0]).toMatchObject({ type: 'connection-opened', at: Date.UTC(2026, 10, 21, 20) + ms });
  });

  it.each<[string, object, string]>([
    ['Chrome', entry({}, { status: 0, _error: 'net::ERR_FAILED' }), 'error: net::ERR_FAILED'],
    ['Charles', entry({}, { status: 0, _charlesStatus: 'EXCEPTION' }), 'error: Charles: EXCEPTION'],
    ['BrowserMob', entry({}, { status: 0, _errorMessage: 'Unable to resolve host' }), 'error: Unable to resolve host'],
    ['ProxyPin', entry({}, null), 'error: no response in the file'],
    [
      'PCAPdroid',
      entry({}, { status: 0 }, { time: -1, timings: { send: -1, wait: -1, receive: -1 } }),
      'error: no response in the file',
    ],
  ])('says with %s why there is no answer', async (_, one, line) => {
    expect(told((await read(log(one))).events).slice(1)).toEqual([line]);
  });
});

describe('readHar of what is more', () => {
  it('reads WebSocket messages in all their writings', async () => {
    const at = Date.UTC(2026, 10, 21, 20) / 1_000;
    const messages = [
      { type: 'send', time: at, opcode: 1, data: 'é' },
      { type: 'receive', time: at + 1, opcode: 2, data: 'AAECqg==' },
      { type: 'receive', time: at * 1_000 + 2_000, opcode: 2, data: '{"not":"base64"}' },
      { type: 'send', time: '2026-11-21T20:00:03.000Z', opcode: 1, data: utf8AsBytes('小') },
      { type: 'error', time: at + 4, opcode: -1, data: 'Invalid frame header' },
    ];
    const one = entry({ method: 'GET', url: 'wss://a.example/ws' }, { status: 101 }, { _webSocketMessages: messages });
    expect(told((await read(log(one))).events).slice(2)).toEqual([
      '> text Ã© 0',
      '< binary \u0000\u0001\u0002ª 1000',
      '< binary {"not":"base64"} 2000',
      `> text ${utf8AsBytes('小')} 3000`,
      'error: Invalid frame header',
    ]);
  });

  it('counts what never went over a network, and leaves it out', async () => {
    const { events, notices } = await read(
      log(entry({ url: 'data:,x' }), entry({}, {}, { _fromCache: 'disk' }), entry({ url: 'capacitor://localhost/x' })),
    );
    expect(events).toEqual([]);
    expect(notices).toEqual([expect.stringMatching(/sample\.har: 3 entries left out that never went over a network/)]);
  });

  it.each([
    ['NaN and Infinity', '"time":50', '"time":NaN,"_x":-Infinity'],
    ['commas at the end', '"headers":[]', '"headers":[{"name":"a","value":",}NaN,]"},]'],
    ['control characters in strings', '"method"', '"_x":"a\u0001\n\tb","method"'],
    ['text after the end', '}}]}}', '}}]}} trailing garbage'],
    ['a key twice', '"time":50', '"time":1,"time":50'],
  ])('reads a file with %s', async (_, what, instead) => {
    const text = JSON.stringify(log(entry({ postData: { text: ',}NaN,] "q\\' } })));
    const { events } = await read(text.replace(what, instead));
    const lines = told(events);
    expect(lines[0]).toMatch(/^POST https:\/\/a\.example:443\/p( a: ,\}NaN,\])?$/);
    expect(lines[1]).toBe('> ,}NaN,] "q\\');
    expect(lines.filter((line) => line.startsWith('gap'))).toEqual([]);
  });

  it('keeps requests apart that are the same', async () => {
    expect(told((await read(log(entry({}), entry({})))).events)).toEqual([HEAD, '200', HEAD, '200']);
  });
});

describe('readHar of hostile entries', () => {
  const WHOLE = {
    timings: { wait: 1 },
    connection: '1',
    clientPort: 7,
    ...entry({
      headers: named({ 'Content-Type': 'text/plain' }),
      cookies: named({ a: 'b' }),
      queryString: named({ a: 'b' }),
      bodySize: 3,
      postData: { mimeType: 'x', text: 'QUJD', encoding: 'base64', params: named({ a: 'b' }) },
    }),
    _webSocketMessages: [{ type: 'send', time: 1, opcode: 1, data: 'x' }],
    _isHTTPS: true,
  };
  const ODD = [
    null,
    true,
    '',
    0,
    -1,
    1.5,
    1e300,
    '1e400',
    '\ud800',
    '\u0000',
    [],
    {},
    [[]],
    { a: 1 },
    [null],
    '__proto__',
  ];
  const ODDER = [
    'http://[::1',
    'https://\u0000/',
    'https://xn--/',
    'ws://a:99999/',
    'CONNECT',
    '9999999-01-01',
    '\ufffd',
    '\udc80',
  ];

  function* places(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
    if (path.length > 0) yield path;
    if (typeof value === 'object' && value !== null)
      for (const key of Object.keys(value)) yield* places((value as Record<string, unknown>)[key], [...path, key]);
  }

  it('reads around any value in any place', async () => {
    const entries = [...places(WHOLE)].flatMap((path) =>
      [...ODD, ...ODDER].map((value) => {
        const one = structuredClone(WHOLE) as Record<string, unknown>;
        const holder = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, one);
        holder[path.at(-1) as string] = value;
        return one;
      }),
    );
    const { events } = await read(log(...entries));
    const started = events.filter(({ type }) => type === 'request-started').length;
    expect(events.filter(({ type }) => type === 'exchange-ended')).toHaveLength(started);
    expect(started).toBeGreaterThan(entries.length * 0.9);
    for (const event of events) if ('at' in event) expect(Number.isSafeInteger(event.at)).toBe(true);
  });
});
