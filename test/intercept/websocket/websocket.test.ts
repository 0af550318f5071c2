import type { Server } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from 'ws';
import {
  cleanup,
  listen,
  openTlsSocket,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
} from '../harness.ts';

async function startEcho(secure: boolean, perMessageDeflate: boolean | PerMessageDeflateOptions): Promise<number> {
  const http: Server = secure
    ? createHttpsServer({ SNICallback: (_, done) => done(null, serverAuthority().secureContextFor('ws.example')) })
    : createHttpServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate });
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  cleanup(() => server.close());
  return listen(http);
}

async function openWebSocket(
  proxy: RunningProxy,
  port: number,
  secure: boolean,
  perMessageDeflate: boolean | PerMessageDeflateOptions,
): Promise<WebSocket> {
  const socket = secure
    ? await openTlsSocket(proxy, 'ws.example:443', { ALPNProtocols: ['http/1.1'] })
    : await plainTunnel(proxy, port);
  const client = new WebSocket(secure ? 'wss://ws.example/chat' : `ws://127.0.0.1:${port}/chat`, {
    perMessageDeflate,
    createConnection: () => socket as never,
  });
  client.on('error', () => {});
  await new Promise((done, fail) => client.once('open', done).once('error', fail));
  cleanup(() => client.terminate());
  return client;
}

async function plainTunnel(proxy: RunningProxy, port: number) {
  const tunnel = await RawClient.open(proxy.port);
  tunnel.send(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await tunnel.until('\r\n\r\n');
  tunnel.socket.removeAllListeners('data');
  return tunnel.socket;
}

const next = (client: WebSocket) =>
  new Promise<string>((done) => client.once('message', (data) => done(data.toString())));

describe('a WebSocket', () => {
  it.each([
    ['wss', true, false],
    ['wss with permessage-deflate', true, { threshold: 0 }],
    [
      'wss with deflate but no context takeover',
      true,
      { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
    ['ws', false, { threshold: 0 }],
  ] as const)('over %s passes, and the audit hears every message in the clear', async (_, secure, deflate) => {
    const port = await startEcho(secure, deflate);
    const proxy = await startProxy({ resolve: new Map([['ws.example', { host: '127.0.0.1', port }]]) });
    const client = await openWebSocket(proxy, port, secure, deflate);
    expect(client.extensions.includes('permessage-deflate')).toBe(deflate !== false);
    const sent = ['{"imei":"867532051234567"}', '{"imei":"867532051234567","again":true}', 'é'.repeat(70_000)];
    for (const text of sent) {
      client.send(text);
      expect(await next(client)).toBe(text);
    }
    client.ping('p');
    await new Promise((done) => client.once('pong', done));
    client.close(4001, 'done');
    const ended = await proxy.event('exchange-ended');
    expect(ended.error).toBeNull();
    const messages = proxy
      .all('message')
      .map(({ direction, kind, bytes }) => [direction, kind, Buffer.from(bytes).toString()]);
    const texts = messages.filter(([, kind]) => kind === 'text');
    expect(texts.filter(([direction]) => direction === 'request').map(([, , text]) => text)).toEqual(sent);
    expect(texts.filter(([direction]) => direction === 'response').map(([, , text]) => text)).toEqual(sent);
    expect(messages).toContainEqual(['request', 'ping', 'p']);
    expect(messages).toContainEqual(['response', 'pong', 'p']);
    expect(messages).toContainEqual(['request', 'close', '\x0f\ufffddone']);
    expect(proxy.all('request-started')[0]?.head).toMatchObject({ scheme: secure ? 'wss' : 'ws', target: '/chat' });
    expect(proxy.all('response-started')[0]?.head.status).toBe(101);
    expect(proxy.gaps()).toEqual([]);
  });

  it('that is refused is an ordinary answer', async () => {
    const http = createHttpServer((_, response) => response.writeHead(403).end('no'));
    const port = await listen(http);
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(
      `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    await phone.until('403 Forbidden');
    expect((await proxy.event('exchange-ended')).error).toBeNull();
  });

  it('whose frames make no sense passes untouched, with a gap', async () => {
    const http = createHttpServer();
    http.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\xff\xff\xff');
      socket.on('data', (bytes: Buffer) => socket.end(bytes));
    });
    const port = await listen(http);
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send(
      `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    await phone.until('\r\n\r\n\xc3\xbf');
    phone.send('anything');
    expect(await phone.untilEnd()).toMatch(/anything$/);
    phone.socket.end();
    await proxy.event('exchange-ended');
    expect(proxy.gaps()).toContain('websocket-opaque');
  });

  /** What a server says after its 101, through a proxy that gathers 1,000 bytes of a message. */
  async function hear(extensions: string, frames: Buffer): Promise<RunningProxy> {
    const http = createHttpServer();
    http.on('upgrade', (_, socket) => {
      const agreed = extensions === '' ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${agreed}\r\n`);
      socket.end(frames);
    });
    const port = await listen(http);
    const proxy = await startProxy({ limits: { messageBytesMax: 1000 } });
    const phone = await RawClient.open(proxy.port);
    phone.send(
      `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    await phone.untilEnd();
    phone.socket.end();
    await proxy.event('exchange-ended');
    return proxy;
  }

  const packed = (text: string) => {
    const bytes = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    return Buffer.concat([Buffer.from([0xc1, bytes.length]), bytes]);
  };
  const rest = ' The rest of this direction was not read.';
  const deflate = 'permessage-deflate';
  const alone = `${deflate}; server_no_context_takeover`;

  it.each([
    [
      'unpacks to too much',
      deflate,
      packed('x'.repeat(1001)),
      `A message is larger than what is gathered for the audit.${rest}`,
      [],
    ],
    [
      'unpacks to too much, each for itself',
      alone,
      packed('x'.repeat(1001)),
      'A message is larger than what is gathered for the audit.',
      ['after'],
    ],
    ['is no deflate', deflate, Buffer.from([0xc1, 3, 255, 255, 255]), `A message could not be inflated.${rest}`, []],
    [
      'is no deflate, each for itself',
      alone,
      Buffer.from([0xc1, 3, 255, 255, 255]),
      'A message could not be inflated.',
      ['after'],
    ],
    [
      'is compressed, which was not agreed',
      '',
      packed('x'),
      `A message is compressed, which was not agreed.${rest}`,
      [],
    ],
  ])(
    'in which a message %s says so, and what follows is read where it can be',
    async (_, extensions, frame, detail, heard) => {
      const after = extensions === '' ? Buffer.from('\x81\x05after', 'latin1') : packed('after');
      const proxy = await hear(extensions, Buffer.concat([frame, after]));
      expect(proxy.all('gap').map(({ gap }) => gap)).toEqual([
        { kind: 'websocket-opaque', at: [], bytesUnread: frame.length - 2, detail },
      ]);
      expect(proxy.all('message').map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(heard);
    },
  );
});
