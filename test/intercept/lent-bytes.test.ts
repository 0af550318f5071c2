import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2, createSecureServer } from 'node:http2';
import { createServer, request } from 'node:https';
import type { Duplex, Readable, Writable } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { SHARED_READS, shareReads } from '../../src/intercept/shared-reads.ts';
import {
  cleanup,
  listen,
  openTlsSocket,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
} from './harness.ts';

const HOST = 'echo.example';
const BODY = randomBytes(3 * 1024 * 1024 + 123);

/** What travels in pieces that are lent, or gathered in buffers that go round, is the same bytes at every end. */
describe('a large body that is sent and echoed', () => {
  const cases = [
    ['1.1', '1.1', 'length', 'at once'],
    ['1.1', '1.1', 'length', 'haltingly'],
    ['1.1', '1.1', 'chunked', 'at once'],
    ['1.1', '1.1', 'chunked', 'haltingly'],
    ['1.1', '2', 'length', 'at once'],
    ['1.1', '2', 'length', 'haltingly'],
    ['2', '1.1', 'length', 'at once'],
    ['2', '1.1', 'length', 'haltingly'],
    ['2', '1.1', 'chunked', 'haltingly'],
    ['2', '2', 'length', 'at once'],
    ['2', '2', 'length', 'haltingly'],
  ] as const;
  it.each(cases)('by a phone of HTTP/%s to a server of HTTP/%s, framed by %s, read %s', async (...spoken) => {
    const [phone, server, framing, pace] = spoken;
    const proxy = await proxyTo(await startEcho(server, framing, pace));
    const { body, end } = phone === '2' ? await askHttp2(proxy, framing) : await askHttp1(proxy, framing);
    expect((await gathered(body, pace)).equals(BODY)).toBe(true);
    const { exchange, error } = await proxy.event('exchange-ended');
    end();
    expect(error).toBeNull();
    expect(proxy.all('request-started')[0]?.head.httpVersion).toBe(phone);
    expect(proxy.all('response-started')[0]?.head.httpVersion).toBe(server);
    for (const side of ['request', 'response'] as const) expect(proxy.body(exchange, side).equals(BODY)).toBe(true);
  });
});

it('passes handlers that take their time', async () => {
  const proxy = await proxyTo(await startEcho('1.1', 'chunked', 'at once'));
  const late = (_: unknown, piece: Buffer, done: (error: null, piece: Buffer) => void) =>
    setImmediate(() => done(null, piece));
  proxy.proxy.onRequestData(late);
  proxy.proxy.onResponseData(late);
  const { body } = await askHttp1(proxy, 'length');
  expect((await gathered(body, 'at once')).equals(BODY)).toBe(true);
});

it('ends where the next request begins that came with it', async () => {
  const proxy = await proxyTo(await startEcho('1.1', 'length', 'at once'));
  const phone = new RawClient(await openTlsSocket(proxy, `${HOST}:443`, { ALPNProtocols: ['http/1.1'] }));
  const [one, other] = [BODY.subarray(0, 20_000), BODY.subarray(20_000, 70_000)];
  const head = (body: Buffer) =>
    Buffer.from(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${body.length}\r\n\r\n`);
  phone.send(Buffer.concat([head(one), one, head(other), other]));
  await phone.until(other.subarray(-100).toString('latin1'));
  for (const body of [one, other]) expect(phone.received.includes(body)).toBe(true);
});

it('is sent again whole when the server had closed its kept connection', async () => {
  let asked = 0;
  const body = BODY.subarray(0, 60_000);
  const port = await startEcho('1.1', 'length', 'at once', (request) => {
    if (++asked === 2) request.once('data', () => request.destroy());
  });
  const proxy = await proxyTo(port);
  const phone = new RawClient(await openTlsSocket(proxy, `${HOST}:443`, { ALPNProtocols: ['http/1.1'] }));
  phone.send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  await phone.until(/Content-Length: 0[\s\S]*\r\n\r\n/i);
  phone.send(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${body.length}\r\n\r\n`);
  phone.send(body);
  await phone.until(body.subarray(-100).toString('latin1'));
  expect(phone.received.includes(body)).toBe(true);
  expect(asked).toBe(3);
});

it('lends what phones send: the Node that runs this has what that takes', async () => {
  const proxy = await proxyTo(await startEcho('1.1', 'length', 'at once'));
  const socket = await openTlsSocket(proxy, `${HOST}:443`, { ALPNProtocols: ['http/1.1'] });
  shareReads(socket);
  const fields = Object.getOwnPropertySymbols(socket).map((key) => (socket as unknown as Record<symbol, unknown>)[key]);
  expect(fields).toContain(SHARED_READS.buffer);
});

function proxyTo(port: number): Promise<RunningProxy> {
  return startProxy({ resolve: new Map([[HOST, { host: '127.0.0.1', port }]]) });
}

async function startEcho(
  version: string,
  framing: string,
  pace: string,
  heard: (request: Readable) => void = () => {},
): Promise<number> {
  const echo = async (asked: Readable, answer: Writable & { setHeader(name: string, value: number): unknown }) => {
    heard(asked);
    // A request that the test breaks off has nothing to echo.
    const body = await gathered(asked, pace).catch(() => null);
    if (body === null) return;
    if (framing === 'length') answer.setHeader('content-length', body.length);
    for (let at = 0; at < body.length; at += 100_000) {
      if (!answer.write(body.subarray(at, at + 100_000))) await once(answer, 'drain');
    }
    answer.end();
  };
  const secureContext = serverAuthority().secureContextFor(HOST);
  const options: TlsOptions = { SNICallback: (_, done) => done(null, secureContext) };
  const server = version === '2' ? createSecureServer(options, echo as never) : createServer(options, echo);
  return listen(server as never);
}

interface Asked {
  readonly body: Duplex;
  readonly end: () => void;
}

async function askHttp1(proxy: RunningProxy, framing: string): Promise<Asked> {
  const socket = await openTlsSocket(proxy, `${HOST}:443`, { ALPNProtocols: ['http/1.1'] });
  const headers = framing === 'length' ? { 'content-length': BODY.length } : { 'transfer-encoding': 'chunked' };
  const asking = request({ method: 'POST', host: HOST, path: '/', headers, createConnection: () => socket });
  asking.end(BODY);
  const [body] = (await once(asking, 'response')) as [Duplex];
  return { body, end: () => socket.destroy() };
}

async function askHttp2(proxy: RunningProxy, framing: string): Promise<Asked> {
  const socket = await openTlsSocket(proxy, `${HOST}:443`, { ALPNProtocols: ['h2'] });
  const session = connectHttp2(`https://${HOST}`, { createConnection: () => socket });
  cleanup(() => session.destroy());
  const length = framing === 'length' ? { 'content-length': BODY.length } : {};
  const body = session.request({ ':method': 'POST', ':path': '/', ...length });
  body.end(BODY);
  return { body, end: () => session.destroy() };
}

/** All of a stream, as fast as it comes, or with a pause after each piece. */
async function gathered(stream: AsyncIterable<Buffer>, pace: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) {
    pieces.push(piece);
    if (pace === 'haltingly') for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
  return Buffer.concat(pieces);
}
