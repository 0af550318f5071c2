import { describe, expect, it } from 'vitest';
import { RawClient, startProxy, startServer } from './harness.ts';
import { openHttp2, reply, startHttp2Server } from './http2-kit.ts';

/** Who is waited for, and for how long: a server that may think, a stream that may stand still, a phone that does not read. */

const toOrigin = (port: number) => new Map([['a.example', { host: '127.0.0.1', port }]]);
const GET = (port: number) => `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n\r\n`;

describe('a server that thinks longer than a body may stand still', () => {
  const limits = { bodyIdleMsMax: 100, answerMsMax: 900 };

  it('is waited for, and it is the server that is late, over HTTP/1', async () => {
    const port = await startServer((socket) => socket.resume());
    const proxy = await startProxy({ limits });
    const phone = await RawClient.open(proxy.port);
    phone.send(GET(port));
    expect(await phone.until(/\.\n$/)).toMatch(/^HTTP\/1\.1 502 .*did not answer in time/s);
    expect(proxy.gaps()).toEqual(['upstream-failed']);
  });

  it('and over HTTP/2', async () => {
    const port = await startHttp2Server(() => {});
    const proxy = await startProxy({ limits, resolve: toOrigin(port) });
    const phone = await openHttp2(proxy);
    const got = await reply(phone.request({ ':path': '/' }));
    expect(got).toMatchObject({ status: 502, body: expect.stringContaining('did not answer in time') });
    expect(proxy.gaps()).toEqual(['upstream-failed']);
  });
});

describe('an answer that stands still longer than a body may', () => {
  const limits = { bodyIdleMsMax: 100, answerIdleMsMax: 900 };
  const late = 'The server stopped in the middle of its answer';

  it('is waited for over HTTP/1', async () => {
    const port = await startServer((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n')),
    );
    const proxy = await startProxy({ limits });
    const phone = await RawClient.open(proxy.port);
    phone.send(GET(port));
    expect(await proxy.event('exchange-ended')).toMatchObject({ error: late });
  });

  it('and over HTTP/2', async () => {
    const port = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('x');
    });
    const proxy = await startProxy({ limits, resolve: toOrigin(port) });
    const phone = (await openHttp2(proxy)).request({ ':path': '/' });
    phone.on('error', () => {});
    expect(await proxy.event('exchange-ended')).toMatchObject({ error: late });
  });

  it('leaves the request beside it time too, as in a call of gRPC', async () => {
    const port = await startHttp2Server((stream, headers) => {
      if (headers['content-length'] !== undefined) return;
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const proxy = await startProxy({ limits: { bodyIdleMsMax: 100 }, resolve: toOrigin(port) });
    const session = await openHttp2(proxy);
    const call = session.request({ ':path': '/', ':method': 'POST' });
    call.write('first');
    const got = reply(call);
    const stuck = session.request({ ':path': '/', ':method': 'POST', 'content-length': '9' });
    stuck.on('error', () => {});
    stuck.write('first');
    // Given up, though it came later.
    await proxy.event('exchange-ended');
    call.end(' second');
    expect(await got).toMatchObject({ status: 200, body: 'first second' });
  });
});

describe('a phone', () => {
  it('that does not read is given up over HTTP/1', async () => {
    const port = await startServer((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
        socket.write(Buffer.alloc(100_000_000));
      }),
    );
    const proxy = await startProxy({ limits: { bodyIdleMsMax: 300 } });
    const phone = await RawClient.open(proxy.port);
    phone.socket.pause();
    phone.send(GET(port));
    const { error } = await proxy.event('exchange-ended');
    expect(error).toBe('The phone stopped in the middle of the exchange');
  });

  it('that does not read is given up over HTTP/2', async () => {
    const port = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(9_000_000));
    });
    const proxy = await startProxy({ limits: { bodyIdleMsMax: 300 }, resolve: toOrigin(port) });
    const phone = (await openHttp2(proxy)).request({ ':path': '/' });
    phone.on('error', () => {});
    const { error } = await proxy.event('exchange-ended');
    expect(error).toBe('The phone stopped in the middle of the exchange');
  });

  it.each([
    ['over HTTP/1', 1],
    ['over HTTP/2', 2],
  ])('that stops in the middle of a request is given up %s', async (_, version) => {
    const limits = { bodyIdleMsMax: 300 };
    if (version === 1) {
      const port = await startServer((socket) => socket.resume());
      const proxy = await startProxy({ limits });
      const phone = await RawClient.open(proxy.port);
      phone.send(`POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nfirst`);
      const { error } = await proxy.event('exchange-ended');
      expect(error).toBe('The phone stopped in the middle of the exchange');
    } else {
      const proxy = await startProxy({ limits, resolve: toOrigin(await startHttp2Server(() => {})) });
      const phone = (await openHttp2(proxy)).request({ ':path': '/', ':method': 'POST', 'content-length': '9' });
      phone.on('error', () => {});
      phone.write('first');
      const { error } = await proxy.event('exchange-ended');
      expect(error).toBe('The phone stopped in the middle of the exchange');
    }
  });
});
