import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readHar } from '../../../src/audit/import/har.ts';
import type { CaptureEvent } from '../../../src/model/exchange.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-har-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Uint8Array): Promise<CaptureEvent[]> {
  const path = join(folder, 'sample.har');
  writeFileSync(path, content);
  const events: CaptureEvent[] = [];
  for await (const event of readHar(path)) events.push(event);
  return events;
}

const har = (entries: readonly unknown[], more: object = {}) =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries, ...more } });

const entry = (request: object, response: object = {}, more: object = {}) => ({
  startedDateTime: '2026-11-21T20:00:00.000Z',
  time: 50,
  timings: { blocked: -1, dns: 1, connect: 2, send: 3, wait: 4, receive: 40 },
  request: {
    method: 'POST',
    url: 'https://ulogs.umeng.com/unify_logs?a=%31#top',
    httpVersion: 'HTTP/1.1',
    headers: [
      { name: 'Content-Type', value: 'application/json' },
      { name: ':authority', value: 'ulogs.umeng.com' },
    ],
    ...request,
  },
  response: {
    status: 200,
    statusText: 'OK',
    httpVersion: 'h2',
    headers: [{ name: 'X', value: 'é–' }],
    content: { text: 'ok' },
    ...response,
  },
  ...more,
});

/** Bodies and gaps, short. */
function told(events: readonly CaptureEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'request-bytes' || event.type === 'response-bytes')
      return [`${event.type} ${Buffer.from(event.bytes).toString('latin1')}`];
    if (event.type === 'gap') return [`gap ${event.gap.kind} ${event.gap.at.join('.')} ${event.gap.detail}`];
    if (event.type === 'message')
      return [`${event.direction} ${event.kind} ${Buffer.from(event.bytes).toString('latin1')} ${event.at % 100_000}`];
    return [];
  });
}

describe('readHar', () => {
  it('gives the events that a capture of the same traffic would have given', async () => {
    const at = Date.UTC(2026, 10, 21, 20);
    expect(await read(har([entry({ postData: { text: '{}' } }, {}, { serverIPAddress: '192.0.2.1' })]))).toEqual([
      {
        type: 'connection-opened',
        connection: 1,
        at,
        phoneAddress: '',
        phonePort: 0,
        via: 'import',
        device: null,
      },
      {
        type: 'request-started',
        exchange: 1,
        connection: 1,
        at,
        head: {
          method: 'POST',
          scheme: 'https',
          host: 'ulogs.umeng.com',
          port: 443,
          target: '/unify_logs?a=%31',
          httpVersion: '1.1',
          headers: [['Content-Type', 'application/json']],
        },
      },
      { type: 'request-bytes', exchange: 1, bytes: Buffer.from('{}') },
      { type: 'request-ended', exchange: 1, at, trailers: [], cut: null },
      {
        type: 'response-started',
        exchange: 1,
        at: at + 10,
        head: { status: 200, reason: 'OK', httpVersion: '2', headers: [['X', '\u00c3\u00a9\u00e2\u0080\u0093']] },
        serverAddress: '192.0.2.1',
      },
      { type: 'response-bytes', exchange: 1, bytes: Buffer.from('ok') },
      { type: 'response-ended', exchange: 1, at: at + 50, trailers: [], cut: null },
      { type: 'exchange-ended', exchange: 1, at: at + 50, error: null },
      { type: 'connection-closed', connection: 1, at },
    ]);
  });

  it.each([
    ['base64 in content', entry({}, { content: { text: 'AP8=', encoding: 'base64' } }), ['response-bytes \u0000ÿ']],
    ['base64 in postData', entry({ postData: { text: 'AP8=', encoding: 'base64' } }), ['request-bytes \u0000ÿ']],
    ['_content of HTTP Toolkit', entry({ _content: { text: '//4=', encoding: 'base64' } }), ['request-bytes ÿþ']],
    [
      'lone surrogates of mitmproxy',
      entry({ postData: { text: 'é\udc8b\udcff😀' } }),
      ['request-bytes Ã©\u008bÿð\u009f\u0098\u0080'],
    ],
    [
      'raw gzip in a string',
      entry({ postData: { text: '\u001f\u008b\u0008é' } }),
      ['request-bytes \u001f\u008b\u0008é'],
    ],
    [
      'parameters of a form',
      entry({
        postData: {
          mimeType: 'application/x-www-form-urlencoded',
          params: [
            { name: 'a', value: '1 &2' },
            { name: 'b', value: '%20' },
          ],
        },
      }),
      ['request-bytes a=1%20%262&b=%20'],
    ],
    [
      'parameters of a multipart form',
      entry({
        postData: {
          mimeType: 'multipart/form-data; boundary=xx',
          params: [{ name: 'f', fileName: 'n.txt', contentType: 'text/plain', value: 'v' }],
        },
      }),
      [
        'request-bytes --xx\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nv\r\n--xx--\r\n',
      ],
    ],
    [
      'a body that was discarded',
      entry({ bodySize: 7_000_000, _requestBodyStatus: 'discarded:too-large' }),
      ['gap body-missing request.body discarded:too-large'],
    ],
    [
      'a response without its text',
      entry({}, { content: { size: 12 } }),
      ['gap body-missing response.body no text in the file'],
    ],
    ['a response that has none', entry({}, { status: 304, content: { size: 12 } }), []],
    [
      'WebSocket messages',
      entry(
        { url: 'wss://push.example/ws' },
        { status: 101 },
        {
          _webSocketMessages: [
            { type: 'send', time: 1_795_291_200.25, opcode: 1, data: 'hé' },
            { type: 'receive', time: 1_795_291_201, opcode: 2, data: 'AP8=' },
          ],
        },
      ),
      ['request text hÃ© 250', 'response binary \u0000ÿ 1000'],
    ],
  ])('reads %s', async (_, one, lines) => {
    const found = told(await read(har([one]))).filter((line) => line !== 'response-bytes ok');
    expect(found).toEqual(lines);
  });

  it.each([
    ['http://a.example:8080?x=1', { scheme: 'http', host: 'a.example', port: 8080, target: '/?x=1' }],
    ['https://user:pw@[2001:db8::1]:444/p', { scheme: 'https', host: '2001:db8::1', port: 444, target: '/p' }],
    ['https://A.example', { host: 'a.example', port: 443, target: '/' }],
    ['https://a.example/路', { target: '/\u00e8\u00b7\u00af' }],
  ])('takes %s apart', async (url, head) => {
    const events = await read(har([entry({ url })]));
    expect(events.find(({ type }) => type === 'request-started')).toMatchObject({ head });
  });

  it.each(['data:text/plain,x', 'blob:https://a.example/1', 'chrome-extension://x/y.js', 'file:///etc/passwd'])(
    'leaves out %s, which never went over a network',
    async (url) => {
      expect(await read(har([entry({ url })]))).toEqual([]);
    },
  );

  it('says why there is no response', async () => {
    const events = await read(har([entry({}, { status: 0, _error: 'net::ERR_FAILED' }), entry({}, { status: 0 })]));
    const ends = events.flatMap((event) => (event.type === 'exchange-ended' ? [event.error] : []));
    expect(ends).toEqual(['net::ERR_FAILED', 'no response in the file']);
    expect(events.some(({ type }) => type === 'response-started')).toBe(false);
  });

  it('makes gaps of the handshakes that HTTP Toolkit saw fail', async () => {
    const errors = [
      { startedDateTime: '2026-11-21T20:00:01.000Z', hostname: 'Pinned.example', cause: 'cert-rejected' },
      { hostname: 'old.example', cause: 'no-shared-cipher' },
    ];
    const gaps = (await read(har([], { _tlsErrors: errors }))).filter(({ type }) => type === 'gap');
    expect(gaps).toMatchObject([
      { host: 'pinned.example', gap: { kind: 'tls-rejected', detail: 'cert-rejected' } },
      { host: 'old.example', gap: { kind: 'tls-failed' } },
    ]);
  });

  it('makes a gap of a host of which the file has the CONNECT only', async () => {
    const connect = (url: string) => entry({ method: 'CONNECT', url });
    const tunnels = [
      connect('https://Pinned.example'),
      connect('http://other.example:8443'),
      connect('https://read.example:443'),
    ];
    const events = await read(har([...tunnels, entry({ url: 'https://read.example/a' })]));
    expect(events.filter(({ type }) => type === 'request-started')).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'gap')).toMatchObject([
      { host: 'pinned.example', port: 443, gap: { kind: 'tls-passthrough' } },
      { host: 'other.example', port: 8443, gap: { kind: 'tls-passthrough' } },
    ]);
  });

  it('keeps connections apart, and goes on with the numbers given', async () => {
    const path = join(folder, 'numbers.har');
    writeFileSync(
      path,
      har([entry({}, {}, { connection: '7' }), entry({}, {}, { connection: '8' }), entry({}, {}, { connection: '7' })]),
    );
    const numbering = { nextExchange: 10, nextConnection: 5 };
    const seen: number[][] = [];
    for await (const event of readHar(path, numbering))
      if (event.type === 'request-started') seen.push([event.exchange, event.connection]);
    expect(seen).toEqual([
      [10, 5],
      [11, 6],
      [12, 5],
    ]);
    expect(numbering).toEqual({ nextExchange: 13, nextConnection: 7 });
  });

  it.each([
    ['a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    [
      'control characters in strings',
      (text: string) => Buffer.from(text.replace('unify', 'uni\tfy').replace('OK', 'O\nK')),
    ],
    ['indentation', (text: string) => Buffer.from(JSON.stringify(JSON.parse(text), null, 4))],
  ])('reads a file with %s', async (_, change) => {
    expect(told(await read(change(har([entry({ postData: { text: 'é{"[' } })]))))).toEqual([
      'request-bytes Ã©{"[',
      'response-bytes ok',
    ]);
  });

  it.each([
    ['no HAR', '{"a": 1}'],
    ['no JSON', 'hello'],
    ['empty', ''],
    ['cut before its entries', '{"log": {"version": "1.2", "ent'],
  ])('refuses a file that is %s with one line', async (_, content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('gives what could be read of a file that breaks off anywhere, and says where', async () => {
    const text = har([entry({ postData: { text: 'one \\ " \u00e9' } }), entry({ postData: { text: 'two' } })]);
    const bytes = Buffer.from(text);
    const begin = text.indexOf('"entries":[') + '"entries":['.length;
    const firstEnd = Buffer.byteLength(text.slice(0, text.indexOf('},{"startedDateTime"') + 1));
    for (let at = begin; at < bytes.length; at++) {
      const events = await read(bytes.subarray(0, at));
      const lines = told(events);
      expect(lines.at(-1), `cut at ${at}`).toMatch(new RegExp(`^gap import-cut  entry [123], byte ${at}: `));
      if (at >= firstEnd)
        expect(lines.slice(0, 2), `cut at ${at}`).toEqual(['request-bytes one \\ " Ã©', 'response-bytes ok']);
      for (const line of lines.filter((one) => one.startsWith('request-bytes')))
        expect('request-bytes one \\ " Ã©request-bytes two', `cut at ${at}`).toContain(line);
      const started = events.filter(({ type }) => type === 'request-started').length;
      expect(events.filter(({ type }) => type === 'exchange-ended')).toHaveLength(started);
    }
  });

  it('keeps the request of an entry whose response was cut', async () => {
    const text = har([entry({ postData: { text: 'sent' } }, { content: { text: 'a long answer' } })]);
    const lines = told(await read(text.slice(0, text.indexOf('long'))));
    expect(lines).toEqual(['request-bytes sent', 'response-bytes a ', expect.stringContaining('import-cut')]);
  });

  it('goes on after an entry that is damaged inside', async () => {
    const text = har([entry({ postData: { text: 'one' } }), entry({}), entry({ postData: { text: 'three' } })]);
    const second = text.indexOf('},{"startedDateTime"') + 2;
    const damaged = `${text.slice(0, second)}{"startedDateTime": oops,${text.slice(second + 1)}`;
    const lines = told(await read(damaged)).filter((line) => !line.startsWith('response'));
    expect(lines).toEqual([
      'request-bytes one',
      expect.stringMatching(/^gap import-cut {2}entry 2, byte \d+: not well-formed JSON$/),
      'request-bytes three',
    ]);
  });

  it('reads the same however the file falls into chunks', async () => {
    const big = 'x"\\'.repeat(500_000);
    const entries = Array.from({ length: 5 }, (_, index) => entry({ postData: { text: `${index}${big}` } }));
    const bodies = (await read(har(entries))).flatMap((event) => (event.type === 'request-bytes' ? [event.bytes] : []));
    expect(bodies.map((bytes) => Buffer.from(bytes).toString())).toEqual(entries.map((_, index) => `${index}${big}`));
  });
});
