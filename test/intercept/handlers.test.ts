import { connect, createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:net';
import { createGzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  answering,
  cleanup,
  listen,
  openTlsSocket,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
  startServer,
} from './harness.ts';

const OK = 'HTTP/1.1 200 Fine\r\nX-A: 1\r\nContent-Length: 2\r\nx-b: 2\r\n\r\nok';
const HOST = 'a.example';

/** A server that keeps the requests it gets and answers each, once its body of a length or in chunks has come. */
async function startRecorder(
  answer: string | ((request: string) => string) = OK,
): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const port = await startServer((socket) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      for (;;) {
        const head = text.indexOf('\r\n\r\n');
        if (head === -1) return;
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
        const chunked = /\r\ntransfer-encoding: chunked/i.test(text.slice(0, head));
        const end = chunked ? text.indexOf('0\r\n\r\n', head + 4) + 5 : head + 4 + length;
        if (end === 4 || text.length < end) return;
        const request = text.slice(0, end);
        text = text.slice(end);
        seen.push(request);
        socket.write(typeof answer === 'string' ? answer : answer(request), 'latin1');
      }
    });
    socket.on('end', () => socket.end());
  });
  return { port, seen };
}

const to = (port: number) => ({ resolve: new Map([[HOST, { host: '127.0.0.1', port }]]) });

async function open(proxy: RunningProxy): Promise<RawClient> {
  return RawClient.open(proxy.port);
}

const GET = `GET http://${HOST}/p?q HTTP/1.1\r\nHost: ${HOST}\r\nX-First: 1\r\nx-second: 2\r\n\r\n`;
const GET_THERE = `GET /p?q HTTP/1.1\r\nHost: ${HOST}\r\nX-First: 1\r\nx-second: 2\r\n\r\n`;
const post = (body: string) =>
  `POST http://${HOST}/p HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('handlers that only look', () => {
  it('are called in order with what passes, which stays byte for byte', async () => {
    const { port, seen } = await startRecorder();
    const proxy = await startProxy(to(port));
    const calls: string[] = [];
    proxy.proxy
      .onRequest((ctx, go) => {
        const { method, url, headers, httpVersion } = ctx.clientToProxyRequest;
        calls.push(`request ${method} ${url} ${headers['x-first']} ${httpVersion} ${ctx.isSSL}`);
        ctx.onResponseEnd((_, done) => {
          calls.push('its own response end');
          done();
        });
        go();
      })
      .onRequestHeaders((_, go) => go((calls.push('request headers') as never) && null))
      .onRequestEnd((_, go) => go((calls.push('request end') as never) && null))
      .onResponse((ctx, go) => {
        calls.push(`response ${ctx.serverToProxyResponse?.statusCode} ${ctx.serverToProxyResponse?.headers['x-b']}`);
        setImmediate(go);
      })
      .onResponseHeaders((_, go) => go((calls.push('response headers') as never) && null))
      .onResponseEnd((_, go) => go((calls.push('response end') as never) && null));
    const phone = await open(proxy);
    for (let turn = 0; turn < 2; turn++) {
      phone.send(GET);
      expect(await phone.until('ok')).toBe(OK);
      phone.take();
    }
    expect(seen).toEqual([GET_THERE, GET_THERE]);
    expect(calls.slice(0, 7)).toEqual([
      'request GET /p?q 1 1.1 false',
      'request headers',
      'request end',
      'response 200 2',
      'response headers',
      'response end',
      'its own response end',
    ]);
    expect(calls).toHaveLength(14);
    expect(proxy.all('exchange-ended').map(({ error }) => error)).toEqual([null, null]);
  });
});

describe('handlers that change', () => {
  it('what is asked of which server; the audit keeps what the phone asked', async () => {
    const { port, seen } = await startRecorder();
    const other = await startRecorder('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother');
    const proxy = await startProxy(to(port));
    proxy.proxy.onRequest((ctx, go) => {
      const options = ctx.proxyToServerRequestOptions as NonNullable<typeof ctx.proxyToServerRequestOptions>;
      options.path = options.path.replace('/p', '/changed');
      options.headers['x-first'] = 'one';
      delete options.headers['x-second'];
      options.headers['x-new'] = 'n';
      if (ctx.clientToProxyRequest.method === 'POST') Object.assign(options, { host: '127.0.0.1', port: other.port });
      go();
    });
    const phone = await open(proxy);
    phone.send(GET);
    await phone.until('ok');
    phone.send(post('abc'));
    await phone.until('other');
    expect(seen).toEqual([`GET /changed?q HTTP/1.1\r\nHost: ${HOST}\r\nX-First: one\r\nx-new: n\r\n\r\n`]);
    expect(other.seen[0]).toMatch(/^POST \/changed HTTP\/1\.1\r\n.*\r\n\r\nabc$/s);
    expect(proxy.all('request-started').map(({ head }) => head.target)).toEqual(['/p?q', '/p']);
    expect(proxy.all('request-started')[0]?.head.headers).toContainEqual(['x-second', '2']);
  });

  it('bodies both ways, as they come or gathered to the end', async () => {
    const { port, seen } = await startRecorder();
    const proxy = await startProxy(to(port));
    proxy.proxy.onRequest((ctx, go) => {
      const pieces: Buffer[] = [];
      ctx.onRequestData((_, piece, done) => done(null, Buffer.from(piece.toString().toUpperCase())));
      ctx.onResponseData((_, piece, done) => {
        pieces.push(piece);
        done(null, undefined);
      });
      ctx.onResponseEnd((_, done) => {
        ctx.proxyToClientResponse.write(`<${Buffer.concat(pieces)}>`);
        done();
      });
      go();
    });
    const phone = await open(proxy);
    phone.send(post('body'));
    const text = await phone.until('0\r\n\r\n');
    expect(text).toMatch(
      /^HTTP\/1\.1 200 Fine\r\nX-A: 1\r\nx-b: 2\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n<ok>\r\n0\r\n\r\n$/,
    );
    expect(seen[0]).toMatch(/\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nBODY\r\n0\r\n\r\n$/);
    const { exchange } = await proxy.event('exchange-ended');
    // The evidence holds what phone and server said themselves.
    expect(proxy.body(exchange, 'request').toString()).toBe('body');
    expect(proxy.body(exchange, 'response').toString()).toBe('ok');
  });

  it('the head of an answer', async () => {
    const { port } = await startRecorder(
      'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nX-A: 1\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok',
    );
    const proxy = await startProxy(to(port));
    proxy.proxy.onResponse((ctx, go) => {
      const response = ctx.serverToProxyResponse as NonNullable<typeof ctx.serverToProxyResponse>;
      response.statusCode = 201;
      response.statusMessage = 'Made';
      response.headers['x-a'] = 'one';
      go();
    });
    const phone = await open(proxy);
    phone.send(GET);
    expect(await phone.until('ok')).toBe(
      'HTTP/1.1 201 Made\r\nSet-Cookie: a\r\nX-A: one\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok',
    );
    expect(proxy.all('response-started')[0]?.head.status).toBe(200);
  });

  it('HTTP/2 as well', async () => {
    const seen: string[][] = [];
    const server = createSecureServer({
      SNICallback: (_, done) => done(null, serverAuthority().secureContextFor(HOST)),
    });
    server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, _flags: unknown, raw: string[]) => {
      seen.push(raw);
      stream.respond({ ':status': 200, 'x-a': '1' });
      stream.pipe(stream);
    });
    const proxy = await startProxy(to(await listen(server as unknown as Server)));
    proxy.proxy.onRequest((ctx, go) => {
      (ctx.proxyToServerRequestOptions as { headers: Record<string, string> }).headers['x-new'] = 'n';
      go();
    });
    proxy.proxy.onResponseData((_, piece, done) => done(null, Buffer.from(piece.toString().toUpperCase())));
    const socket = await openTlsSocket(proxy, `${HOST}:443`, { ALPNProtocols: ['h2'] });
    const session = connect(`https://${HOST}`, { createConnection: () => socket });
    cleanup(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.end('hello');
    let text = '';
    for await (const bytes of stream) text += bytes;
    expect(text).toBe('HELLO');
    expect(seen[0]?.slice(-2)).toEqual(['x-new', 'n']);
  });

  it('slowly, without losing order or a byte of a long body', async () => {
    const body = Array.from({ length: 200_000 }, (_, index) => `${index},`).join('');
    const { port, seen } = await startRecorder((request) => {
      const there = request.slice(request.indexOf('\r\n\r\n') + 4).length;
      return `HTTP/1.1 200 OK\r\nX-Got: ${there}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    });
    const proxy = await startProxy(to(port));
    proxy.proxy.onRequestData((_, piece, done) => setImmediate(() => done(null, piece)));
    proxy.proxy.onResponseData((_, piece, done) => setImmediate(() => done(null, piece)));
    const phone = await open(proxy);
    phone.send(post(body));
    const text = await phone.until(/\r\n0\r\n\r\n$/);
    const unchunked = (chunks: string) => {
      let whole = '';
      for (let at = chunks.indexOf('\r\n\r\n') + 4; ; ) {
        const end = chunks.indexOf('\r\n', at);
        const size = Number.parseInt(chunks.slice(at, end), 16);
        if (size === 0) return whole;
        whole += chunks.slice(end + 2, end + 2 + size);
        at = end + 4 + size;
      }
    };
    expect(unchunked(text) === body).toBe(true);
    expect(unchunked(seen[0] as string) === body).toBe(true);
  });
});

describe('a handler that answers in the server’s place', () => {
  it('is heard by the phone; the request is evidence all the same, and the connection goes on', async () => {
    const { port, seen } = await startRecorder();
    const proxy = await startProxy(to(port));
    proxy.proxy.onRequest((ctx, go) => {
      if (ctx.clientToProxyRequest.method !== 'POST') return go();
      ctx.proxyToClientResponse.setHeader('X-Own', '1');
      ctx.proxyToClientResponse.writeHead(418, { 'Content-Type': 'text/plain' });
      return ctx.proxyToClientResponse.end('no tea');
    });
    const phone = await open(proxy);
    phone.send(post('secret'));
    expect(await phone.until('no tea')).toBe(
      "HTTP/1.1 418 I'm a Teapot\r\nX-Own: 1\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nno tea",
    );
    phone.take();
    phone.send(GET);
    await phone.until('ok');
    expect(seen).toEqual([GET_THERE]);
    expect(proxy.all('exchange-ended').map(({ error }) => error)).toEqual([
      "A handler answered in the server's place.",
      null,
    ]);
    expect(proxy.body(1, 'request').toString()).toBe('secret');
    expect(proxy.all('response-started').map(({ exchange }) => exchange)).toEqual([2]);
  });

  it('takes the place of an answer that has not gone out', async () => {
    const { port } = await startRecorder();
    const proxy = await startProxy(to(port));
    proxy.proxy.onResponse((ctx) => ctx.proxyToClientResponse.end('mine'));
    const phone = await open(proxy);
    phone.send(GET);
    expect(await phone.until('mine')).toContain('Content-Length: 4');
    expect((await proxy.event('exchange-ended')).error).toBeNull();
    expect(proxy.body(1, 'response').toString()).toBe('ok');
  });
});

describe('errors', () => {
  it.each([
    ['reported', (_: unknown, go: (error: Error) => void) => go(new Error('no'))],
    [
      'thrown',
      () => {
        throw new Error('no');
      },
    ],
  ])('%s by a handler end the exchange with 504, and are told', async (_, handle) => {
    const { port, seen } = await startRecorder();
    const proxy = await startProxy(to(port));
    const kinds: unknown[] = [];
    proxy.proxy.onRequest(handle as never).onError((ctx, error, kind) => kinds.push([ctx?.uuid, error?.message, kind]));
    const phone = await open(proxy);
    phone.send(GET);
    expect(await phone.until('ON_REQUEST_ERROR: Error: no')).toMatch(/^HTTP\/1\.1 504 /);
    expect(kinds).toEqual([['1', 'no', 'ON_REQUEST_ERROR']]);
    expect(seen).toEqual([]);
  });

  it('of servers are told, and a handler may answer them', async () => {
    const proxy = await startProxy(to(9));
    const kinds: unknown[] = [];
    proxy.proxy.onError((ctx, _error, kind) => {
      kinds.push(kind);
      if (kinds.length === 2) ctx?.proxyToClientResponse.end('try later');
    });
    const phone = await open(proxy);
    phone.send(GET);
    expect(await phone.until('could not be reached')).toMatch(/^HTTP\/1\.1 502 /);
    phone.take();
    phone.send(GET);
    expect(await phone.until('try later')).toMatch(/^HTTP\/1\.1 200 /);
    expect(kinds).toEqual(['PROXY_TO_SERVER_REQUEST_ERROR', 'PROXY_TO_SERVER_REQUEST_ERROR']);
    expect(proxy.gaps()).toEqual(['upstream-failed', 'upstream-failed']);
  });

  it('in the middle of an answer cut it', async () => {
    const { port } = await startRecorder();
    const proxy = await startProxy(to(port));
    proxy.proxy.onResponseData((_, _piece, done) => done(new Error('no')));
    const phone = await open(proxy);
    phone.send(GET);
    const text = await phone.untilEnd();
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toContain('0\r\n\r\n');
  });
});

describe('a handler of CONNECT', () => {
  it('sees the target, and may refuse it', async () => {
    const port = await startServer(answering(() => OK));
    const proxy = await startProxy(to(port));
    const targets: unknown[] = [];
    proxy.proxy.onConnect((request, socket, head, go) => {
      targets.push([request.method, request.url, socket.destroyed, head.length]);
      go(request.url?.startsWith('bad') ? new Error('not this one') : null);
    });
    const bad = await open(proxy);
    bad.send('CONNECT bad.example:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await bad.untilEnd()).toMatch(/^HTTP\/1\.1 403 .*A handler refused the tunnel: not this one/s);
    const good = await open(proxy);
    good.send(`CONNECT ${HOST}:80 HTTP/1.1\r\nHost: x\r\n\r\n`);
    await good.until('200 Connection established\r\n\r\n');
    good.send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await good.until('ok');
    expect(targets).toEqual([
      ['CONNECT', 'bad.example:443', false, 0],
      ['CONNECT', `${HOST}:80`, false, 0],
    ]);
    expect(proxy.gaps()).toEqual(['request-refused']);
  });

  it('may take the tunnel over, which leaves a gap', async () => {
    const proxy = await startProxy();
    proxy.proxy.onConnect((_, socket) => {
      socket.write('HTTP/1.1 200 mine\r\n\r\n');
      socket.on('data', (bytes) => socket.end(`heard ${bytes}`));
    });
    const phone = await open(proxy);
    phone.send('CONNECT own.example:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    await phone.until('200 mine\r\n\r\n');
    phone.send('secret');
    await phone.until('heard secret');
    phone.socket.destroy();
    await proxy.event('gap');
    expect(proxy.all('gap')).toMatchObject([
      {
        host: 'own.example',
        port: 443,
        gap: { kind: 'tunnel', detail: 'a handler of onConnect took the tunnel over' },
      },
    ]);
  });
});

describe('what is not called', () => {
  it.each([
    'onWebSocketConnection',
    'onWebSocketSend',
    'onWebSocketMessage',
    'onWebSocketFrame',
    'onWebSocketClose',
    'onWebSocketError',
  ] as const)('is refused when it is registered: %s', async (name) => {
    const { proxy } = await startProxy();
    expect(() => proxy[name]()).toThrow(`${name}: not called by InterceptProxy`);
    expect(() => proxy.use({ [name]: () => {} })).toThrow(`${name}: not called`);
  });

  it('includes certificates and stream filters', async () => {
    const { port } = await startRecorder();
    const running = await startProxy(to(port));
    expect(() => running.proxy.use({ onCertificateRequired: () => {} })).toThrow('onCertificateRequired: not called');
    running.proxy.use({
      onRequest: (ctx: { addResponseFilter(filter: unknown): void }) => ctx.addResponseFilter(createGzip()),
    });
    const phone = await open(running);
    phone.send(GET);
    expect(await phone.until('takes no stream filters')).toMatch(/^HTTP\/1\.1 504 /);
  });
});
