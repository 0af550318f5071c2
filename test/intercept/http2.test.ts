import { createSecureServer, type ServerHttp2Session } from 'node:http2';
import type { Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answering, listen, openTls, serverAuthority, startProxy, startTlsServer } from './harness.ts';
import { openHttp2, reply, startHttp2Server } from './http2-kit.ts';

const toOrigin = (port: number) => ({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });

describe('HTTP/2 with the phone', () => {
  it('leaves out of trailers what it takes for malformed there, in both directions; the audit has them', async () => {
    const said: [string, string][] = [
      ['Content-Length', '99'],
      ['Host', 'b.example'],
      ['TE', 'trailers'],
      ['Transfer-Encoding', 'chunked'],
      ['X-Sum', '7'],
    ];
    const lines = said.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    let trailersUp = {};
    const oldPort = await startTlsServer(
      'a.example',
      answering(() => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n${lines}\r\n`),
    );
    const newPort = await startHttp2Server(
      (stream) => {
        stream.on('trailers', (trailers) => {
          trailersUp = trailers;
        });
        stream.respond({ ':status': 200 });
        stream.pipe(stream);
      },
      { ALPNProtocols: ['h2'] },
    );
    const down = await startProxy(toOrigin(oldPort));
    const got = await reply((await openHttp2(down)).request({ ':path': '/' }));
    expect(got).toMatchObject({ status: 200, body: 'abc' });
    expect(Object.entries(got.trailers)).toEqual([['x-sum', '7']]);
    expect(down.all('response-ended')[0]).toMatchObject({ trailers: said, cut: null });

    const up = await startProxy(toOrigin(newPort));
    const phone = await openTls(up, 'a.example:443');
    phone.send(`POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n${lines}\r\n`);
    await phone.until('0\r\n\r\n');
    expect(Object.entries(trailersUp)).toEqual([['x-sum', '7']]);
    expect(up.all('request-ended')[0]).toMatchObject({ trailers: said, cut: null });
  });

  it('goes on as HTTP/2 with its trailers, interim answers and repeated fields', async () => {
    let seen: string[] = [];
    const port = await startHttp2Server((stream, _headers, raw) => {
      seen = raw;
      stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
      stream.respond(
        { ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'content-type': 'text/x' },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
      stream.pipe(stream);
    });
    const proxy = await startProxy(toOrigin(port));
    const session = await openHttp2(proxy);
    const stream = session.request(
      {
        ':method': 'POST',
        ':authority': 'a.example',
        ':path': '/p%2f?q',
        te: 'trailers',
        cookie: ['c=1', 'd=2'],
        'x-z': '1',
      },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-up': '1' }));
    stream.end('hello');
    const got = await reply(stream);
    expect(got).toMatchObject({
      status: 200,
      body: 'hello',
      trailers: { 'x-sum': '7' },
      informational: [103],
      headers: { 'set-cookie': ['a=1', 'b=2'] },
    });
    expect(seen).toEqual([
      ':method',
      'POST',
      ':authority',
      'a.example',
      ':scheme',
      'https',
      ':path',
      '/p%2f?q',
      'te',
      'trailers',
      'cookie',
      'c=1',
      'cookie',
      'd=2',
      'x-z',
      '1',
    ]);
    const ended = await proxy.event('exchange-ended');
    expect(ended.error).toBeNull();
    expect(proxy.body(ended.exchange, 'request').toString()).toBe('hello');
    expect(proxy.all('request-ended')[0]).toMatchObject({ trailers: [['x-up', '1']], cut: null });
    expect(proxy.all('response-ended')[0]).toMatchObject({ trailers: [['x-sum', '7']], cut: null });
    expect(proxy.all('request-started')[0]?.head).toMatchObject({
      httpVersion: '2',
      host: 'a.example',
      target: '/p%2f?q',
      scheme: 'https',
    });
  });

  it('goes on as HTTP/1.1 to a server that speaks nothing else', async () => {
    const heads: string[] = [];
    const port = await startTlsServer(
      'a.example',
      answering((head) => {
        heads.push(head);
        return 'HTTP/1.1 200 Fine\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n';
      }),
    );
    const proxy = await startProxy(toOrigin(port));
    const session = await openHttp2(proxy);
    const got = await reply(
      session.request({ ':authority': 'a.example', ':path': '/x', cookie: ['c=1', 'd=2'], 'user-agent': 'u' }),
    );
    expect(got).toMatchObject({ status: 200, body: 'abc', trailers: { 'x-sum': '3' }, headers: { 'x-a': '1' } });
    expect(got.headers).not.toHaveProperty('x-hop');
    expect(heads).toEqual(['GET /x HTTP/1.1\r\nhost: a.example\r\ncookie: c=1; d=2\r\nuser-agent: u\r\n\r\n']);
  });

  it('carries many streams over one connection to the server, byte for byte', async () => {
    const sessions = new Set<unknown>();
    const port = await startHttp2Server((stream) => {
      sessions.add(stream.session);
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const proxy = await startProxy(toOrigin(port));
    const session = await openHttp2(proxy);
    const bodies = Array.from({ length: 40 }, (_, index) => String(index).repeat(20_000 + index));
    const replies = await Promise.all(
      bodies.map((body) => {
        const stream = session.request({ ':method': 'POST', ':path': '/' });
        stream.end(body);
        return reply(stream);
      }),
    );
    expect(replies.map(({ body }) => body)).toEqual(bodies);
    expect(sessions.size).toBe(1);
    expect(proxy.all('exchange-ended').filter(({ error }) => error === null)).toHaveLength(40);
  });

  it('passes answers without a body: HEAD, 204, 304, trailers only', async () => {
    const port = await startHttp2Server((stream, headers) => {
      const path = String(headers[':path']);
      stream.respond(
        path === '/grpc'
          ? { ':status': 200, 'grpc-status': '12' }
          : { ':status': Number(path.slice(1)), 'content-length': headers[':method'] === 'HEAD' ? '10' : undefined },
        { endStream: true },
      );
    });
    const proxy = await startProxy(toOrigin(port));
    const session = await openHttp2(proxy);
    expect(await reply(session.request({ ':method': 'HEAD', ':path': '/200' }))).toMatchObject({
      status: 200,
      headers: { 'content-length': '10' },
      body: '',
    });
    expect(await reply(session.request({ ':path': '/204' }))).toMatchObject({ status: 204 });
    expect(await reply(session.request({ ':path': '/304' }))).toMatchObject({ status: 304 });
    expect(await reply(session.request({ ':path': '/grpc' }))).toMatchObject({ headers: { 'grpc-status': '12' } });
    expect(proxy.all('exchange-ended').map(({ error }) => error)).toEqual([null, null, null, null]);
  });

  it('says so when the server cannot be reached, resets, or gives up in the middle', async () => {
    const nobody = await startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port: 9 }]]) });
    const first = await reply((await openHttp2(nobody)).request({ ':path': '/' }));
    expect(first).toMatchObject({ status: 502, body: expect.stringContaining('a.example:443 could not be reached') });
    const port = await startHttp2Server((stream, headers) => {
      if (headers[':path'] === '/reset') stream.close(2);
      else {
        stream.respond({ ':status': 200 });
        stream.write('some', () => stream.destroy(new Error('cut')));
      }
    });
    const proxy = await startProxy(toOrigin(port));
    const session = await openHttp2(proxy);
    expect(await reply(session.request({ ':path': '/reset' }))).toMatchObject({
      status: 502,
      body: expect.stringContaining('INTERNAL_ERROR'),
    });
    await expect(reply(session.request({ ':path': '/middle' }))).rejects.toThrow();
    const cut = await proxy.event('response-ended');
    expect(cut.cut).toContain('INTERNAL_ERROR');
    expect(proxy.body(cut.exchange, 'response').toString()).toBe('some');
  });

  it('ends the exchange when the phone cancels, and tells the server', async () => {
    let cancelled = () => {};
    const heard = new Promise<void>((done) => {
      cancelled = done;
    });
    const port = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('x');
      stream.on('close', cancelled);
    });
    const proxy = await startProxy(toOrigin(port));
    const stream = (await openHttp2(proxy)).request({ ':path': '/' });
    await new Promise((done) => stream.once('data', done));
    stream.close(8);
    await heard;
    expect((await proxy.event('exchange-ended')).error).toContain('phone');
  });
});

describe('an HTTP/2 server that answers before the request is whole', () => {
  it('still gets the rest of it, and so does the audit', async () => {
    let whole: (bytes: number) => void = () => {};
    const heard = new Promise<number>((done) => {
      whole = done;
    });
    const port = await startHttp2Server((stream) => {
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      stream.on('end', () => whole(bytes));
      stream.respond({ ':status': 200 });
      stream.end('early');
    });
    const proxy = await startProxy(toOrigin(port));
    const stream = (await openHttp2(proxy)).request({ ':path': '/', ':method': 'POST' });
    stream.write('x');
    expect(await reply(stream)).toMatchObject({ status: 200, body: 'early' });
    stream.end(Buffer.alloc(300_000));
    expect(await heard).toBe(300_001);
    expect(await proxy.event('exchange-ended')).toMatchObject({ error: null });
    expect(proxy.body(1, 'request').length).toBe(300_001);
  });

  it.each([
    ['and resets it then', true, 'server'],
    ['to a phone that leaves then', false, 'phone'],
  ])('%s: the exchange ends, its request cut', async (_, resets, who) => {
    const port = await startHttp2Server((stream) => {
      // Left unread, Node would reset the stream by itself.
      stream.resume();
      stream.respond({ ':status': 413 });
      stream.end('too large', () => {
        if (resets) stream.close(0);
      });
    });
    const proxy = await startProxy(toOrigin(port));
    const session = await openHttp2(proxy);
    const stream = session.request({ ':path': '/', ':method': 'POST' });
    stream.write(Buffer.alloc(200_000));
    expect(await reply(stream)).toMatchObject({ status: 413, body: 'too large' });
    if (!resets) session.destroy();
    expect((await proxy.event('exchange-ended')).error).toContain(who);
    expect((await proxy.event('request-ended')).cut).toContain(who);
  });
});

describe('an answer over HTTP/2 whose end did not come', () => {
  it.each([
    ['is whole when its promised length had come', '5', null],
    ['is cut when it had not', '6', 'The phone gave the request up'],
    ['is cut when no length was promised', undefined, 'The phone gave the request up'],
  ])('%s', async (_, length, cut) => {
    const port = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200, ...(length === undefined ? {} : { 'content-length': length }) });
      stream.write('hello');
    });
    const proxy = await startProxy(toOrigin(port));
    const phone = (await openHttp2(proxy)).request({ ':path': '/' });
    phone.on('error', () => {});
    phone.on('data', () => phone.close(8));
    expect(await proxy.event('response-ended')).toMatchObject({ cut });
    expect(await proxy.event('exchange-ended')).toMatchObject({ error: 'The phone gave the request up' });
  });
});

describe('an ALTSVC frame', () => {
  it.each([
    ['with a request', 'h3=":443"; ma=86400', true],
    ['with a request, to HTTP/2 elsewhere', 'h2="other.example:443"', false],
    ['behind an answer', 'h3=":443"; ma=86400', true],
  ])('%s reaches the ledger alone, and only when it offers HTTP/3', async (when, value, noted) => {
    const port = await startHttp2Server((stream) => {
      if (when.startsWith('with')) (stream.session as ServerHttp2Session).altsvc(value, stream.id as number);
      stream.respond({ ':status': 200 });
      stream.end('ok');
      if (when === 'behind an answer') (stream.session as ServerHttp2Session).altsvc(value, 'https://a.example');
    });
    const proxy = await startProxy(toOrigin(port));
    const session = await openHttp2(proxy);
    const heard: string[] = [];
    session.on('altsvc', (alternative) => heard.push(alternative));
    // What comes behind the last answer is heard with the next request.
    for (const path of ['/1', '/2'])
      expect(await reply(session.request({ ':path': path }))).toMatchObject({ body: 'ok' });
    expect(heard).toEqual([]);
    expect(proxy.all('gap')).toMatchObject(
      noted ? [{ host: 'a.example', gap: { kind: 'quic-offered', detail: `ALTSVC frame: ${value}` } }] : [],
    );
  });
});

describe('HTTP/1.1 with the phone', () => {
  it('reaches a server that speaks only HTTP/2', async () => {
    let seen: string[] = [];
    const port = await startHttp2Server((stream, _headers, raw) => {
      seen = raw;
      stream.respond({ ':status': 200, 'x-a': '1' }, { waitForTrailers: true, sendDate: false } as object);
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-t': '1' }));
      stream.end('body');
    });
    const proxy = await startProxy(toOrigin(port));
    const phone = await openTls(proxy, 'a.example:443');
    for (let turn = 0; turn < 2; turn++) {
      phone.send('GET /x HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive\r\nX-Q: 1\r\n\r\n');
      const text = await phone.until('x-t: 1\r\n\r\n');
      expect(text).toMatch(
        /^HTTP\/1\.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nx-t: 1\r\n\r\n$/,
      );
      phone.take();
    }
    expect(seen).toEqual([':method', 'GET', ':authority', 'a.example', ':scheme', 'https', ':path', '/x', 'x-q', '1']);
    expect(proxy.all('exchange-ended').map(({ error }) => error)).toEqual([null, null]);
  });

  it('is told to go on with its body by the proxy, when such a server is asked with Expect', async () => {
    const port = await startHttp2Server((stream, headers) => {
      stream.respond({ ':status': 200, 'x-expect': headers['expect'] ?? 'none' });
      stream.pipe(stream);
    });
    const proxy = await startProxy(toOrigin(port));
    const phone = await openTls(proxy, 'a.example:443');
    phone.send('PUT / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n');
    await phone.until('HTTP/1.1 100 Continue\r\n\r\n');
    phone.send('body');
    expect(await phone.until(/body/)).toContain('x-expect: none');
    expect(await proxy.event('exchange-ended')).toMatchObject({ error: null });
  });
});

describe('phones of both versions', () => {
  it('each reach a server that speaks both in their own, whoever came first', async () => {
    const server = createSecureServer(
      { SNICallback: (_, done) => done(null, serverAuthority().secureContextFor('a.example')), allowHTTP1: true },
      (request, response) => response.end(`${request.httpVersion} ${request.url};`),
    );
    const proxy = await startProxy(toOrigin(await listen(server as unknown as Server)));
    const old = await openTls(proxy, 'a.example:443');
    const session = await openHttp2(proxy);
    for (const path of ['/1', '/2']) {
      old.send(`GET ${path} HTTP/1.1\r\nHost: a.example\r\n\r\n`);
      await old.until(`1.1 ${path};`);
      expect(await reply(session.request({ ':path': path }))).toMatchObject({ body: `2.0 ${path};` });
    }
  });
});
