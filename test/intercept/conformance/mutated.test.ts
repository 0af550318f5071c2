import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { answering, RawClient, startProxy, startServer } from '../harness.ts';

/** What phones send, each in its own protocol; the rest is made of it by a generator with a fixed seed. */
const OPENINGS = [
  'GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'POST http://a.example/x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello',
  'POST http://a.example/x HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: 1\r\n\r\n',
  'CONNECT a.example:80 HTTP/1.1\r\nHost: a.example:80\r\n\r\nGET / HTTP/1.1\r\nHost: a.example\r\n\r\n',
  'GET http://a.example/ws HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n\x81\x85abcd12345',
  // The preface, empty SETTINGS, and HEADERS with GET / of RFC 7541 §C.4.1.
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x11\x01\x05\0\0\0\x01\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff',
  '\x05\x01\0\x05\x01\0\x03\x09a.example\0\x50GET / HTTP/1.1\r\nHost: a.example\r\n\r\n',
  `\x16\x03\x01\0\xa5\x01\0\0\xa1\x03\x03${'r'.repeat(160)}`,
];
const INSERTED = [
  '\r\n',
  '\n',
  '\0',
  ' ',
  '\t',
  '99999999999999999999',
  '-1',
  'chunked',
  ':',
  'HTTP/1.1',
  '\r\n\r\n',
  '%00',
];
const PHONES = 600;
const AT_A_TIME = 24;

let seed = 20_260_101;
/** An integer below `end`. */
function below(end: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * end);
}

function mutated(text: string): Buffer {
  let bytes = Buffer.from(text, 'latin1');
  for (let turns = 1 + below(3); turns > 0; turns--) {
    const at = below(bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const changed = [
      [before, Buffer.from([below(256)]), after.subarray(1)],
      [before, after.subarray(below(8))],
      [before, Buffer.from(INSERTED[below(INSERTED.length)] as string), after],
      [bytes, after],
      [before],
      [before, Buffer.alloc(below(3_000), bytes[at] ?? 65), after],
    ];
    bytes = Buffer.concat(changed[below(changed.length)] as Buffer[]);
  }
  return bytes;
}

/** Sends bytes in two pieces and leaves, politely or not. */
function visit(port: number, bytes: Buffer, cut: number, politely: boolean): Promise<void> {
  return new Promise((gone) => {
    const socket = connect(port, '127.0.0.1');
    const leave = () => (politely ? socket.end() : socket.resetAndDestroy());
    socket.on('error', () => {});
    socket.on('close', () => gone());
    socket.once('data', leave).resume();
    socket.write(bytes.subarray(0, cut), () => socket.write(bytes.subarray(cut), () => setImmediate(leave)));
  });
}

it(`what ${PHONES} phones send in bytes that are nearly right is over when they have gone, each exchange once`, async () => {
  const port = await startServer(answering(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  const soon = {
    headMsMax: 300,
    handshakeMsMax: 300,
    answerMsMax: 300,
    bodyIdleMsMax: 300,
    answerIdleMsMax: 300,
    phoneIdleMsMax: 300,
  };
  const proxy = await startProxy({
    resolve: new Map([['a.example', { host: '127.0.0.1', port }]]),
    lookup: ((_name: string, _options: unknown, done: (error: Error) => void) =>
      done(new Error('no such name'))) as never,
    limits: { ...soon, silentTunnelMsMax: 300, tunnelIdleMsMax: 300, lingerMsMax: 300 },
  });
  let left = PHONES;
  const phones = Array.from({ length: AT_A_TIME }, async () => {
    while (left-- > 0) {
      const bytes = mutated(OPENINGS[below(OPENINGS.length)] as string);
      await visit(proxy.port, bytes, below(bytes.length + 1), below(2) === 0);
    }
  });
  await Promise.all(phones);

  const phone = await RawClient.open(proxy.port);
  phone.send('GET http://a.example/after HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  expect(await phone.untilEnd()).toMatch(/^HTTP\/1\.1 200 .*ok$/s);
  while (proxy.proxy.counts().phoneConnections > 0 || proxy.proxy.counts().running > 0)
    await new Promise((settle) => setTimeout(settle, 50));

  const ended = proxy.all('exchange-ended').map(({ exchange }) => exchange);
  expect(
    proxy
      .all('request-started')
      .map(({ exchange }) => exchange)
      .sort(),
  ).toEqual([...ended].sort());
  expect(new Set(ended).size).toBe(ended.length);
  expect(ended.length).toBeGreaterThan(PHONES / 20);
  const opened = proxy.all('connection-opened').map(({ connection }) => connection);
  expect(
    proxy
      .all('connection-closed')
      .map(({ connection }) => connection)
      .sort(),
  ).toEqual(opened.sort());
});
