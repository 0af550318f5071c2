import { constants, createSecureServer } from 'node:http2';
import type { Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  answering,
  listen,
  openTlsSocket,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
  startTlsServer,
} from '../harness.ts';

/** HTTP/2 as frames, from a phone that may be hostile: RFC 9113 §5, §6, §10.5, and the attacks that were named after it. */

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const TYPE = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a frame's head: length, type 7, no flags, stream 0, then a code that is not 0
const GOAWAY = /\x00..\x07\x00\x00\x00\x00\x00....\x00\x00\x00[^\x00]/s;
const END_STREAM = 1;
const END_HEADERS = 4;

function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** GET https://a.example/ in HPACK: indexed :method, :scheme and :path, :authority as a literal. */
const GET = Buffer.concat([Buffer.from([0x82, 0x87, 0x84, 0x41, 9]), Buffer.from('a.example')]);

async function open(
  options: Parameters<typeof startProxy>[0] = {},
  answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
): Promise<{ proxy: RunningProxy; phone: RawClient }> {
  const port = await startTlsServer(
    'a.example',
    answering(() => answer),
  );
  const proxy = await startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]), ...options });
  const phone = new RawClient(await openTlsSocket(proxy, 'a.example:443', { ALPNProtocols: ['h2'] }));
  phone.send(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0)]));
  return { proxy, phone };
}

/** The proxy still serves somebody else, and no exchange is left open. */
async function stillServes(proxy: RunningProxy): Promise<void> {
  const phone = new RawClient(await openTlsSocket(proxy, 'a.example:443', { ALPNProtocols: ['h2'] }));
  phone.send(
    Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0), frame(TYPE.headers, END_STREAM | END_HEADERS, 1, GET)]),
  );
  await phone.until('ok');
  phone.socket.destroy();
  while (proxy.proxy.counts().running > 0) await new Promise((go) => setTimeout(go, 10));
  const started = proxy.all('request-started').map(({ exchange }) => exchange);
  const ended = proxy.all('exchange-ended').map(({ exchange }) => exchange);
  expect(ended.toSorted((a, b) => a - b)).toEqual(started);
}

describe('HTTP/2 with', () => {
  it('a rapid reset of thousands of streams ends the connection, not the proxy', async () => {
    const { proxy, phone } = await open();
    for (let stream = 1; stream < 6_000 && !phone.ended; stream += 2) {
      phone.send(
        Buffer.concat([
          frame(TYPE.headers, END_STREAM | END_HEADERS, stream, GET),
          frame(TYPE.reset, 0, stream, Buffer.from([0, 0, 0, 8])),
        ]),
      );
      if (stream % 200 === 1) await new Promise((go) => setImmediate(go));
    }
    await stillServes(proxy);
  });

  it.each([
    [
      'a flood of CONTINUATION frames',
      () => [
        frame(TYPE.headers, 0, 1, GET),
        ...Array.from({ length: 500 }, () => frame(TYPE.continuation, 0, 1, Buffer.alloc(10_000))),
      ],
    ],
    [
      'a huge list of headers',
      () => [
        frame(TYPE.headers, 0, 1, GET),
        ...Array.from({ length: 40 }, () => frame(TYPE.continuation, 0, 1, literal(12_000))),
      ],
    ],
    ['a frame larger than allowed', () => [frame(TYPE.data, 0, 1, Buffer.alloc(40_000))]],
    ['data on a stream that was not opened', () => [frame(TYPE.data, 0, 7, Buffer.alloc(10))]],
    ['a window that overflows', () => [frame(TYPE.windowUpdate, 0, 0, Buffer.from([0x7f, 255, 255, 255]))]],
    ['headers that are no HPACK', () => [frame(TYPE.headers, 5, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))]],
    ['a flood of settings', () => Array.from({ length: 5_000 }, () => frame(TYPE.settings, 0, 0))],
  ])('%s is refused and the proxy goes on', async (_, frames) => {
    const { proxy, phone } = await open();
    for (const bytes of frames()) phone.send(bytes);
    // GOAWAY with an error; Node leaves it to the phone to hang up then, and the idle time-out sees to those that do not.
    await phone.until(GOAWAY).catch(() => expect(phone.ended).toBe(true));
    await stillServes(proxy);
  });

  it.each([
    ['a frame larger than allowed', frame(TYPE.data, 0, 1, Buffer.alloc(40_000))],
    ['headers that are no HPACK', frame(TYPE.headers, 5, 1, Buffer.from([255, 255, 255, 255, 255, 255]))],
    ['no frames at all', Buffer.alloc(100, 255)],
  ])('%s stands in the ledger when the connection is closed', async (_, bytes) => {
    const { proxy, phone } = await open({ limits: { headMsMax: 300, lingerMsMax: 300 } });
    phone.send(bytes);
    await phone.untilEnd();
    expect(proxy.all('gap')).toMatchObject([
      {
        host: 'a.example',
        gap: { kind: 'request-refused', detail: expect.stringContaining('breaks the rules of HTTP/2') },
      },
    ]);
  });

  it.each([
    ['in a stream that is running', ''],
    ['in a stream that is answered', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ])('bad frames %s stands in the ledger when the proxy ends before its time-outs', async (_, answer) => {
    const { proxy, phone } = await open({ limits: { shutdownMsMax: 100 } }, answer);
    phone.send(frame(TYPE.headers, END_STREAM | END_HEADERS, 1, GET));
    await (answer === '' ? proxy.event('request-ended') : phone.until('ok'));
    phone.send(frame(TYPE.data, 0, 1, Buffer.alloc(40_000)));
    await phone.until(GOAWAY);
    await proxy.proxy.shutDown();
    expect(proxy.all('gap').filter(({ exchange }) => exchange === null)).toMatchObject([
      { host: 'a.example', gap: { detail: expect.stringContaining('breaks the rules of HTTP/2') } },
    ]);
  });

  it('nothing wrong with it leaves no gap when the proxy ends', async () => {
    const { proxy, phone } = await open({ limits: { shutdownMsMax: 100 } });
    phone.send(frame(TYPE.headers, END_STREAM | END_HEADERS, 1, GET));
    await phone.until('ok');
    await proxy.proxy.shutDown();
    expect(proxy.gaps()).toEqual([]);
  });

  it('a phone that hangs up in the middle of a frame leaves no gap', async () => {
    const { proxy, phone } = await open();
    phone.send(frame(TYPE.headers, END_STREAM | END_HEADERS, 1, GET));
    await phone.until('ok');
    phone.send(frame(TYPE.headers, END_STREAM | END_HEADERS, 3, GET).subarray(0, 12));
    phone.socket.end();
    await phone.untilEnd();
    await proxy.event('connection-closed');
    expect(proxy.gaps()).toEqual([]);
  });

  it('of a phone that says nothing more leaves no gap', async () => {
    const { proxy, phone } = await open({ limits: { headMsMax: 300, lingerMsMax: 300 } });
    await phone.untilEnd();
    expect(proxy.gaps()).toEqual([]);
  });

  it('a phone that opens no window holds the server back, not memory', async () => {
    let written = 0;
    const port = await startTlsServer('a.example', (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
        const piece = Buffer.alloc(65_536);
        const go = () => {
          do written += piece.length;
          while (socket.write(piece));
          socket.once('drain', go);
        };
        go();
      });
    });
    const proxy = await startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });
    const phone = new RawClient(await openTlsSocket(proxy, 'a.example:443', { ALPNProtocols: ['h2'] }));
    phone.send(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0), frame(TYPE.headers, 5, 1, GET)]));
    for (let last = -1; last !== written || written === 0; ) {
      last = written;
      await new Promise((go) => setTimeout(go, 300));
    }
    expect(written).toBeLessThan(24 * 1024 * 1024);
  });

  it('connection fields that it forbids keeps them out of what is passed on', async () => {
    const heads: string[] = [];
    const server = createSecureServer({
      SNICallback: (_, done) => done(null, serverAuthority().secureContextFor('a.example')),
    });
    server.on('stream', (stream, headers) => {
      heads.push(JSON.stringify(headers));
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
    const port = await listen(server as unknown as Server);
    const proxy = await startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });
    const phone = new RawClient(await openTlsSocket(proxy, 'a.example:443', { ALPNProtocols: ['http/1.1'] }));
    const plain = new RawClient(await openTlsSocket(proxy, 'a.example:443', { ALPNProtocols: ['h2'] }));
    plain.send(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0), frame(TYPE.headers, 5, 1, GET)]));
    await plain.until('ok');
    phone.send(
      'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: 1\r\nX-Hop: 1\r\nX-End: 1\r\n\r\n',
    );
    await phone.until('ok');
    expect(heads.at(-1)).toContain('x-end');
    expect(heads.at(-1)).not.toMatch(/x-hop|keep-alive|connection/);
    expect(constants.HTTP2_HEADER_CONNECTION).toBe('connection');
  });
});

/** One literal header without indexing, its value this long. */
function literal(length: number): Buffer {
  const size: number[] = [0x7f];
  for (let rest = length - 127; ; rest >>= 7) {
    size.push(rest >= 128 ? (rest & 127) | 128 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([0, 1]), Buffer.from('x'), Buffer.from(size), Buffer.alloc(length, 'a')]);
}
