import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer as createHttp2Server,
  createSecureServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  answering,
  cleanup,
  listen,
  openTls,
  openTlsSocket,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
  startServer,
  startTlsServer,
} from './harness.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const HOST = 'a.example';

/** HTTP/2 to the proxy's own port, without TLS (both know of it beforehand) or inside. */
async function openToProxy(proxy: RunningProxy, how: 'plain' | 'tls'): Promise<ClientHttp2Session> {
  const address = { port: proxy.port, host: '127.0.0.1' };
  const options = { ca: proxy.authority.certificatePem, ALPNProtocols: ['h2'] };
  const session = connect(`${how === 'tls' ? 'https' : 'http'}://127.0.0.1:${proxy.port}`, {
    createConnection: () => (how === 'tls' ? connectTls({ ...address, ...options }) : connectTcp(address)),
  });
  session.on('error', () => {});
  cleanup(() => session.destroy());
  return session;
}

function sessionOver(socket: Duplex, scheme: 'http' | 'https'): ClientHttp2Session {
  const session = connect(`${scheme}://${HOST}`, { createConnection: () => socket });
  session.on('error', () => {});
  cleanup(() => session.destroy());
  return session;
}

function headOf(stream: ClientHttp2Stream): Promise<IncomingHttpHeaders> {
  return new Promise((done, fail) => {
    stream.once('response', done);
    stream.once('error', fail);
    stream.once('close', () => fail(new Error(`closed with ${stream.rstCode}`)));
  });
}

async function textOf(stream: ClientHttp2Stream): Promise<string> {
  let text = '';
  stream.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  await new Promise((done) => stream.once('end', done));
  return text;
}

async function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<[number, string]> {
  const stream = session.request(headers);
  const head = await headOf(stream);
  return [Number(head[':status']), await textOf(stream)];
}

async function openTunnel(
  session: ClientHttp2Session,
  authority: string,
  headers: OutgoingHttpHeaders = {},
): Promise<ClientHttp2Stream> {
  const stream = session.request({ ':method': 'CONNECT', ':authority': authority, ...headers });
  const head = await headOf(stream);
  expect(head[':status'] as unknown).toBe(200);
  return stream;
}

async function secure(socket: Duplex, proxy: RunningProxy, protocols: string[] = []): Promise<TLSSocket> {
  const options = { ca: proxy.authority.certificatePem, servername: HOST, ALPNProtocols: protocols };
  const tls = connectTls({ socket: socket as Socket, ...options });
  await new Promise<void>((done, fail) => tls.once('secureConnect', done).once('error', fail));
  return tls;
}

const to = (port: number) => ({ resolve: new Map([[HOST, { host: '127.0.0.1', port }]]) });

describe('a phone that speaks HTTP/2 to the proxy', () => {
  it.each(['plain', 'tls'] as const)(
    'opens tunnels in streams (%s), several at once, and is read inside',
    async (how) => {
      const port = await startTlsServer(
        HOST,
        answering((head) => `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${/GET \/(..)/.exec(head)?.[1]}`),
      );
      const proxy = await startProxy(to(port));
      const session = await openToProxy(proxy, how);
      const tunnels = await Promise.all(['t1', 't2', 't3'].map(() => openTunnel(session, `${HOST}:443`)));
      const answers = await Promise.all(
        tunnels.map(async (tunnel, index) => {
          const phone = new RawClient(await secure(tunnel, proxy, ['http/1.1']));
          phone.send(`GET /t${index} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
          return (await phone.until(/t\d$/)).slice(-2);
        }),
      );
      expect(answers).toEqual(['t0', 't1', 't2']);
      expect(proxy.all('connection-opened')).toMatchObject([{ via: 'http', phoneAddress: '127.0.0.1' }]);
      expect(proxy.all('request-started').map(({ head }) => `${head.scheme} ${head.host}`)).toEqual(
        Array(3).fill(`https ${HOST}`),
      );
      session.close();
      for (const tunnel of tunnels) tunnel.end();
      await proxy.event('connection-closed');
      expect(proxy.gaps()).toEqual([]);
    },
  );

  it('speaks HTTP/2 inside a stream of HTTP/2', async () => {
    const server = createSecureServer({
      SNICallback: (_, done) => done(null, serverAuthority().secureContextFor(HOST)),
    });
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    });
    const proxy = await startProxy(to(await listen(server as unknown as Server)));
    const tls = await secure(await openTunnel(await openToProxy(proxy, 'tls'), `${HOST}:443`), proxy, ['h2']);
    const inner = connect(`https://${HOST}`, { createConnection: () => tls });
    inner.on('error', () => {});
    const stream = inner.request({ ':method': 'POST', ':path': '/' });
    const body = 'x'.repeat(300_000);
    stream.end(body);
    expect(await textOf(stream)).toBe(body);
    inner.close();
  });

  it('sends plain HTTP in a tunnel, and requests without one, by scheme and authority', async () => {
    const heads: string[] = [];
    const serve = answering((head) => {
      heads.push(head);
      return OK;
    });
    const plain = await startServer(serve);
    const encrypted = await startTlsServer(HOST, serve);
    const proxy = await startProxy({
      resolve: new Map([
        [`${HOST}:80`, { host: '127.0.0.1', port: plain }],
        [`${HOST}:443`, { host: '127.0.0.1', port: encrypted }],
      ]),
    });
    const session = await openToProxy(proxy, 'plain');
    const tunnel = new RawClient((await openTunnel(session, `${HOST}:80`)) as unknown as Socket);
    tunnel.send(`GET /tunnel HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await tunnel.until('ok');
    const named = { ':authority': HOST, 'proxy-authorization': 'Basic eDp5' };
    expect(await ask(session, { ...named, ':scheme': 'http', ':path': '/plain' })).toEqual([200, 'ok']);
    expect(await ask(session, { ...named, ':scheme': 'https', ':path': '/secure' })).toEqual([200, 'ok']);
    expect(heads.map((head) => head.split('\r\n')[0])).toEqual([
      'GET /tunnel HTTP/1.1',
      'GET /plain HTTP/1.1',
      'GET /secure HTTP/1.1',
    ]);
    expect(heads.join()).not.toMatch(/proxy-authorization/i);
    expect(proxy.all('request-started').map(({ head }) => head.scheme)).toEqual(['http', 'http', 'https']);
  });

  it.each(['tls', 'plain'] as const)('gets the proxy’s own pages, which know whether it trusts us: %s', async (how) => {
    const proxy = await startProxy();
    const session = await openToProxy(proxy, how);
    const overTls = how === 'tls';
    const direct = await ask(session, { ':authority': `127.0.0.1:${proxy.port}`, ':scheme': 'https', ':path': '/x' });
    expect(JSON.parse(direct[1])).toMatchObject({ target: '/x', throughProxy: false, overTls });
    const through = await ask(session, { ':authority': 'telltale.test', ':scheme': 'http', ':path': '/y' });
    expect(JSON.parse(through[1])).toMatchObject({ target: '/y', throughProxy: true, overTls });
    expect(proxy.all('request-started')).toEqual([]);
  });

  it('names itself where users are required', async () => {
    const port = await startServer(answering(() => OK));
    const proxy = await startProxy({
      ...to(port),
      users: new Map([['ann', 'secret']]),
      deviceOfUser: new Map([['ann', 'pixel']]),
    });
    const session = await openToProxy(proxy, 'plain');
    const stream = session.request({ ':method': 'CONNECT', ':authority': `${HOST}:80` });
    expect(await headOf(stream)).toMatchObject({ ':status': 407, 'proxy-authenticate': 'Basic realm="telltale"' });
    expect(proxy.gaps()).toEqual([]);
    const wrong = session.request({
      ':method': 'CONNECT',
      ':authority': `${HOST}:80`,
      'proxy-authorization': 'Basic eDp5',
    });
    expect(await headOf(wrong)).toMatchObject({ ':status': 407 });
    expect(proxy.gaps()).toEqual(['request-refused']);
    const basic = { 'proxy-authorization': `Basic ${Buffer.from('ann:secret').toString('base64')}` };
    const tunnel = new RawClient((await openTunnel(session, `${HOST}:80`, basic)) as unknown as Socket);
    tunnel.send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await tunnel.until('ok');
    expect(proxy.all('connection-opened')).toMatchObject([{ device: 'pixel' }]);
  });

  it.each([
    ['loopback', { ':method': 'CONNECT', ':authority': '127.0.0.1:1' }, 403, 'request-refused'],
    ['a target without a port', { ':method': 'CONNECT', ':authority': HOST }, 400, 'request-refused'],
    ['another scheme', { ':scheme': 'ftp', ':authority': HOST, ':path': '/' }, 400, 'request-refused'],
    ['loopback by scheme', { ':scheme': 'http', ':authority': '127.0.0.1:1', ':path': '/' }, 403, 'upstream-failed'],
  ])('may not reach %s', async (_, headers, status, gap) => {
    const proxy = await startProxy({ allowPrivate: false });
    expect((await ask(await openToProxy(proxy, 'plain'), headers))[0]).toBe(status);
    expect(proxy.gaps()).toEqual([gap]);
  });

  it('is not offered WebSockets over HTTP/2 (RFC 8441), and a CONNECT that asks for one is a stream error', async () => {
    const proxy = await startProxy();
    const session = await openToProxy(proxy, 'plain');
    await new Promise((done) => session.once('remoteSettings', done));
    expect(session.remoteSettings.enableConnectProtocol ?? false).toBe(false);
    const stream = session.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':scheme': 'https',
      ':path': '/chat',
      ':authority': HOST,
    });
    await expect(headOf(stream)).rejects.toThrow();
    expect(stream.rstCode).toBe(constants.NGHTTP2_PROTOCOL_ERROR);
    // The connection goes on.
    expect((await ask(session, { ':authority': 'telltale.test', ':scheme': 'http', ':path': '/' }))[0]).toBe(200);
  });
});

describe('an HTTP/2 connection that breaks the rules', () => {
  it.each(['to the proxy', 'in a tunnel', 'inside TLS'])(
    'is closed, though its phone keeps its half open: %s',
    async (where) => {
      const proxy = await startProxy();
      let phone = where === 'inside TLS' ? await openTls(proxy, `${HOST}:443`, { ALPNProtocols: ['h2'] }) : null;
      if (phone === null) {
        phone = await RawClient.open(proxy.port);
        if (where === 'in a tunnel') phone.send(`CONNECT ${HOST}:80 HTTP/1.1\r\nHost: x\r\n\r\n`);
      }
      phone.send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      phone.send(Buffer.alloc(40, 'x'));
      await phone.untilEnd();
      await proxy.event('connection-closed');
      await proxy.event('gap', ({ gap }) => gap.kind === 'request-refused');
      expect(proxy.gaps()).toContain('request-refused');
      expect(proxy.proxy.counts().phoneConnections).toBe(0);
    },
  );

  it('is closed in time where nobody says that it is broken: a frame too large', async () => {
    const proxy = await startProxy({ limits: { headMsMax: 100, lingerMsMax: 100 } });
    const phone = await RawClient.open(proxy.port);
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    phone.send(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, Buffer.alloc(27, 'x')]));
    await phone.untilEnd();
    phone.socket.end();
    while (proxy.proxy.counts().phoneConnections > 0) await new Promise((go) => setImmediate(go));
  });
});

describe('a phone that speaks HTTP/1.1 over TLS to the proxy', () => {
  it('opens tunnels and sends absolute targets', async () => {
    const port = await startTlsServer(
      HOST,
      answering(() => OK),
    );
    const plain = await startServer(answering(() => OK));
    const proxy = await startProxy(to(port));
    const open = async () => {
      const tls = connectTls({ port: proxy.port, host: '127.0.0.1', ca: proxy.authority.certificatePem });
      await new Promise<void>((done, fail) => tls.once('secureConnect', done).once('error', fail));
      return new RawClient(tls);
    };
    const absolute = await open();
    absolute.send(`GET http://127.0.0.1:${plain}/p HTTP/1.1\r\nHost: x\r\n\r\n`);
    await absolute.until('ok');
    const tunnel = await open();
    tunnel.send(`CONNECT ${HOST}:443 HTTP/1.1\r\nHost: x\r\n\r\n`);
    await tunnel.until('\r\n\r\n');
    tunnel.socket.removeAllListeners('data');
    const phone = new RawClient(await secure(tunnel.socket, proxy));
    phone.send(`GET /s HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await phone.until('ok');
    expect(proxy.all('request-started').map(({ head }) => head.target)).toEqual(['/p', '/s']);
  });

  it('and does not know our authority is noted', async () => {
    const proxy = await startProxy();
    const tls = connectTls({ port: proxy.port, host: '127.0.0.1', ca: serverAuthority().certificatePem });
    await new Promise((done) => tls.once('error', done));
    expect(await proxy.event('gap')).toMatchObject({ host: '127.0.0.1', gap: { kind: 'tls-rejected' } });
  });
});

describe('CONNECT to a server that is a proxy itself', () => {
  /** TLS from end to end through the server's own tunnel, which is not ours to read. */
  async function speakThrough(tunnel: Duplex): Promise<void> {
    const options = { ca: serverAuthority().certificatePem, servername: 'inner.example' };
    const tls = connectTls({ socket: tunnel as Socket, ...options });
    await new Promise<void>((done, fail) => tls.once('secureConnect', done).once('error', fail));
    const phone = new RawClient(tls);
    phone.send('GET / HTTP/1.1\r\nHost: inner.example\r\n\r\n');
    await phone.until('ok');
    phone.socket.end();
  }

  async function openToServer(proxy: RunningProxy): Promise<ClientHttp2Session> {
    const socket = await openTlsSocket(proxy, `${HOST}:443`, { ALPNProtocols: ['h2'] });
    return sessionOver(socket, 'https');
  }

  const tunnelGap = {
    host: HOST,
    gap: { kind: 'tunnel' },
    facts: { sni: 'inner.example', ja4: expect.stringMatching(/^t13d/), bytes_up: expect.any(Number) },
  };

  it('goes through inside HTTP/2, with its sizes and the SNI inside in the ledger', async () => {
    const inner = await startTlsServer(
      'inner.example',
      answering(() => OK),
    );
    const seen: IncomingHttpHeaders[] = [];
    const server = createSecureServer({
      SNICallback: (_, done) => done(null, serverAuthority().secureContextFor(HOST)),
    });
    server.on('stream', (stream, headers) => {
      seen.push(headers);
      stream.on('error', () => {});
      if (headers[':authority'] !== 'inner.example:443') {
        stream.respond({ ':status': 403 });
        stream.end('no');
        return;
      }
      stream.respond({ ':status': 200 });
      const socket = connectTcp(inner, '127.0.0.1');
      socket.on('error', () => {});
      stream.pipe(socket).pipe(stream);
    });
    const proxy = await startProxy(to(await listen(server as unknown as Server)));
    const session = await openToServer(proxy);
    expect(await ask(session, { ':method': 'CONNECT', ':authority': 'other.example:443' })).toEqual([403, 'no']);
    await speakThrough(await openTunnel(session, 'inner.example:443', { 'x-key': '1' }));
    const gap = await proxy.event('gap');
    expect(gap).toMatchObject(tunnelGap);
    expect(seen.at(-1)).toMatchObject({ ':method': 'CONNECT', ':authority': 'inner.example:443', 'x-key': '1' });
    expect(seen.at(-1)).not.toHaveProperty(':path');
    await proxy.event('exchange-ended', ({ exchange }) => exchange === gap.exchange);
    expect(proxy.all('request-started').map(({ head }) => `${head.method} ${head.target}`)).toEqual([
      'CONNECT other.example:443',
      'CONNECT inner.example:443',
    ]);
  });

  it.each(['h2', 'http/1.1'])('goes through to a server of HTTP/1.1, from a phone of %s', async (protocol) => {
    const inner = await startTlsServer(
      'inner.example',
      answering(() => OK),
    );
    const heads: string[] = [];
    const port = await startTlsServer(HOST, (socket) => {
      socket.once('data', (bytes: Buffer) => {
        heads.push(bytes.toString('latin1'));
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        const there = connectTcp(inner, '127.0.0.1');
        there.on('error', () => {});
        socket.pipe(there).pipe(socket);
      });
    });
    const proxy = await startProxy(to(port));
    if (protocol === 'h2') {
      await speakThrough(await openTunnel(await openToServer(proxy), 'inner.example:443'));
    } else {
      const phone = await openTls(proxy, `${HOST}:443`);
      phone.send('CONNECT inner.example:443 HTTP/1.1\r\nHost: inner.example:443\r\n\r\n');
      await phone.until('\r\n\r\n');
      phone.socket.removeAllListeners('data');
      await speakThrough(phone.socket);
    }
    expect(await proxy.event('gap')).toMatchObject(tunnelGap);
    expect(heads).toEqual([
      expect.stringMatching(/^CONNECT inner\.example:443 HTTP\/1\.1\r\nhost: inner\.example:443\r\n\r\n$/i),
    ]);
  });
});

describe('HTTP/2 without TLS in a tunnel', () => {
  it('is read, and reaches a server that knows of it', async () => {
    const server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'x-scheme': headers[':scheme'] },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.pipe(stream);
    });
    const proxy = await startProxy(to(await listen(server as unknown as Server)));
    const tunnel = await RawClient.open(proxy.port);
    tunnel.send(`CONNECT ${HOST}:80 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await tunnel.until('\r\n\r\n');
    tunnel.socket.removeAllListeners('data');
    const session = sessionOver(tunnel.socket, 'http');
    for (const body of ['one', 'two']) {
      const stream = session.request({ ':method': 'POST', ':path': '/t.T/One', 'content-type': 'application/grpc' });
      const message = Buffer.concat([Buffer.from([0, 0, 0, 0, 3]), Buffer.from(body)]);
      stream.end(message);
      const head = await headOf(stream);
      expect(head).toMatchObject({ ':status': 200, 'x-scheme': 'http' });
      expect(await textOf(stream)).toBe(message.toString('latin1'));
    }
    await proxy.event('exchange-ended', ({ exchange }) => exchange === 2);
    expect(proxy.all('message').map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
      'one',
      'one',
      'two',
      'two',
    ]);
    expect(proxy.all('request-started')[0]?.head).toMatchObject({ scheme: 'http', host: HOST, httpVersion: '2' });
    expect(proxy.all('response-ended')[0]?.trailers).toEqual([['grpc-status', '0']]);
    expect(proxy.gaps()).toEqual([]);
  });

  it('is answered in HTTP/2 when the server does not speak it', async () => {
    const port = await listen(createServer(answering(() => OK)));
    const proxy = await startProxy(to(port));
    const tunnel = await RawClient.open(proxy.port);
    tunnel.send(`CONNECT ${HOST}:80 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await tunnel.until('\r\n\r\n');
    tunnel.socket.removeAllListeners('data');
    const session = sessionOver(tunnel.socket, 'http');
    expect((await ask(session, { ':path': '/' }))[0]).toBe(502);
    expect(proxy.gaps()).toEqual(['upstream-failed']);
  });
});
