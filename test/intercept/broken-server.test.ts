import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { RawClient, startProxy, startServer, startTlsServer } from './harness.ts';
import { openHttp2, reply, startHttp2Server } from './http2-kit.ts';

const toOrigin = (port: number) => ({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Asks twice over connections that are kept; the server says what becomes of the second. */
describe('a request on a connection that served others', () => {
  it.each([
    ['answered with what is not HTTP', 'bogus\r\n\r\n', /cannot be read: .*HTTP\/1/],
    ['answered with a broken head', 'HTTP/1.1 200 OK\r\nno colon\r\n\r\n', /cannot be read: .*no colon/],
    ['not answered in time', '', /did not answer in time/],
  ])('is asked once only when it is %s', async (_, second, sentence) => {
    const heard: string[] = [];
    const port = await startServer((socket) =>
      socket.on('data', (bytes) => {
        heard.push(String(bytes).split(' ')[1] as string);
        socket.write(heard.length === 1 ? OK : second);
      }),
    );
    const proxy = await startProxy({ limits: { answerMsMax: 300 } });
    const phone = await RawClient.open(proxy.port);
    phone.send(`POST http://127.0.0.1:${port}/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`);
    await phone.until('ok');
    phone.take();
    phone.send(`POST http://127.0.0.1:${port}/2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`);
    expect(await phone.until(/\.\n$/)).toMatch(sentence);
    expect(heard).toEqual(['/1', '/2']);
  });

  it.each([
    ['INTERNAL_ERROR', 2, 502, ['/1', '/2']],
    ['CANCEL', 8, 502, ['/1', '/2']],
    ['NO_ERROR', 0, 502, ['/1', '/2']],
    // Not looked at, says RFC 9113 §8.7.
    ['REFUSED_STREAM', 7, 200, ['/1', '/2', '/2']],
  ])('of HTTP/2 that is reset with %s', async (_, code, status, wanted) => {
    const heard: string[] = [];
    const port = await startHttp2Server((stream, headers) => {
      heard.push(headers[':path'] as string);
      if (heard.length === 2) stream.close(code);
      else {
        stream.respond({ ':status': 200 });
        stream.end();
      }
    });
    const phone = await openHttp2(await startProxy(toOrigin(port)));
    await reply(phone.request({ ':path': '/1' }));
    const second = phone.request({ ':path': '/2', ':method': 'POST' });
    second.end();
    expect(await reply(second)).toMatchObject({ status });
    expect(heard).toEqual(wanted);
  });

  it('of HTTP/2 whose connection ended in the meantime is asked again, with its body', async () => {
    const heard: string[] = [];
    const port = await startHttp2Server((stream, headers) => {
      heard.push(headers[':path'] as string);
      if (heard.length === 2) stream.session?.destroy();
      else {
        stream.respond({ ':status': 200 });
        stream.pipe(stream);
      }
    });
    const phone = await openHttp2(await startProxy(toOrigin(port)));
    await reply(phone.request({ ':path': '/1' }));
    const again = phone.request({ ':path': '/2', ':method': 'POST' });
    again.end('body');
    expect(await reply(again)).toMatchObject({ status: 200, body: 'body' });
    expect(heard).toEqual(['/1', '/2', '/2']);
  });
});

describe('a server that wants HTTP/1.1', () => {
  it('and resets the stream to say so is asked again in it, and from then on', async () => {
    const heard: string[] = [];
    const port = await startHttp2Server(
      (stream, headers) => {
        heard.push(`2 ${headers[':path']}`);
        stream.close(13);
      },
      { allowHTTP1: true },
      (request, response) => {
        heard.push(`1.1 ${request.url}`);
        response.end('in 1.1');
      },
    );
    const phone = await openHttp2(await startProxy(toOrigin(port)));
    expect(await reply(phone.request({ ':path': '/1' }))).toMatchObject({ status: 200, body: 'in 1.1' });
    expect(await reply(phone.request({ ':path': '/2' }))).toMatchObject({ status: 200, body: 'in 1.1' });
    expect(heard).toEqual(['2 /1', '1.1 /1', '1.1 /2']);
  });
});

/** Frames of HTTP/2 (RFC 9113 §4.1) as a server sends them. */
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
const HEAD_200 = Buffer.from([0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]);
const BODY = Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 1, 0x6f, 0x6b]);

describe('a server of HTTP/2 that turns to what is none', () => {
  const soon = { limits: { serverSilentMsMax: 50 } };

  it.each([
    ['with words of HTTP/1', Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')],
    ['with frames too long', Buffer.alloc(200, 255)],
    ['with zeros', Buffer.alloc(200)],
    ['with headers that are no HPACK', Buffer.from([0, 0, 3, 1, 5, 0, 0, 0, 1, 255, 255, 255])],
  ])('%s is noticed at once, not when the answer is due', async (_, junk) => {
    const port = await startTlsServer(
      'a.example',
      // The request's HEADERS frame is there when stream 1 is named.
      (socket) => {
        socket.write(SETTINGS);
        socket.on('data', (bytes) => bytes.includes(Buffer.from([1, 5, 0, 0, 0, 1])) && socket.write(junk));
      },
      { ALPNProtocols: ['h2'] },
    );
    const proxy = await startProxy({ ...toOrigin(port), ...soon });
    const phone = await openHttp2(proxy);
    expect(await reply(phone.request({ ':path': '/' }))).toMatchObject({
      status: 502,
      body: 'The server sent what is not HTTP/2.\n',
    });
    expect(proxy.all('gap')).toMatchObject([{ gap: { kind: 'upstream-failed' }, facts: { cause: 'broke' } }]);
  });

  it('within an answer leaves what came of it as evidence, cut', async () => {
    const port = await startTlsServer(
      'a.example',
      (socket) => {
        socket.write(SETTINGS);
        socket.on('data', (bytes) => {
          if (bytes.includes(Buffer.from([1, 5, 0, 0, 0, 1])))
            socket.write(Buffer.concat([HEAD_200, BODY, Buffer.alloc(99, 255)]));
        });
      },
      { ALPNProtocols: ['h2'] },
    );
    const proxy = await startProxy({ ...toOrigin(port), ...soon });
    const phone = await openHttp2(proxy);
    await expect(reply(phone.request({ ':path': '/' }))).rejects.toThrow();
    const ended = await proxy.event('response-ended');
    expect(ended.cut).toBe('The server sent what is not HTTP/2');
    expect(proxy.body(ended.exchange, 'response').toString()).toBe('ok');
  });

  it('is not presumed of one that is slow to answer', async () => {
    const port = await startHttp2Server((stream) => {
      let asked = 0;
      // Silence is broken by our empty SETTINGS only; the second time, the first silence did no harm.
      stream.session?.on('remoteSettings', () => {
        if (++asked === 1) stream.respond({ ':status': 200 });
        if (asked === 1) stream.write(Buffer.alloc(100));
        if (asked === 2) stream.end('ok');
      });
    });
    const proxy = await startProxy({ ...toOrigin(port), ...soon });
    const phone = await openHttp2(proxy);
    expect(await reply(phone.request({ ':path': '/' }))).toMatchObject({ status: 200 });
    expect(proxy.gaps()).toEqual([]);
  });

  it('is not presumed of one that does not read for a while', async () => {
    const windows = { settings: { initialWindowSize: 32 << 20 } };
    const server = await startHttp2Server((stream) => {
      stream.session?.setLocalWindowSize(32 << 20);
      stream.respond({ ':status': 200 });
      stream.resume();
      stream.on('end', () => stream.end('ok'));
    }, windows);
    const port = await startServer((socket) => stallAfter(socket, connect(server, '127.0.0.1'), 1 << 20, 1_500));
    const proxy = await startProxy({ ...toOrigin(port), ...soon });
    const phone = await openHttp2(proxy);
    const upload = phone.request({ ':path': '/', ':method': 'POST' });
    upload.end(Buffer.alloc(9 << 20));
    expect(await reply(upload)).toMatchObject({ status: 200, body: 'ok' });
    expect(proxy.gaps()).toEqual([]);
  });
});

/** Joins two connections; what the first sends stands still for a while after so many bytes. */
function stallAfter(from: Socket, to: Socket, bytes: number, ms: number): void {
  to.on('error', () => {});
  to.pipe(from);
  from.on('data', (piece) => {
    to.write(piece);
    const stalls = from.bytesRead >= bytes && from.bytesRead - piece.length < bytes;
    if (!stalls) return;
    from.pause();
    setTimeout(() => from.resume(), ms);
  });
}
