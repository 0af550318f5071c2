import { connect as connectHttp2 } from 'node:http2';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  answering,
  cleanup,
  openTls,
  phoneAuthority,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
  startServer,
  startTlsServer,
} from './harness.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

async function wrap(client: RawClient, proxy: RunningProxy, host: string, ca?: string): Promise<RawClient> {
  client.socket.removeAllListeners('data');
  const tls = connectTls({ socket: client.socket, ca: ca ?? proxy.authority.certificatePem, servername: host });
  await new Promise<void>((done, fail) => tls.once('secureConnect', done).once('error', fail));
  return new RawClient(tls);
}

function socksRequest(host: string, port: number): Buffer {
  return Buffer.concat([
    Buffer.from([5, 1, 0, 3, host.length]),
    Buffer.from(host),
    Buffer.from([port >> 8, port & 255]),
  ]);
}

const basic = (text: string) => `Proxy-Authorization: Basic ${Buffer.from(text).toString('base64')}\r\n`;

/** Finishes the handshake, looks at our certificate, and hangs up, as apps that pin do. */
async function refuse(proxy: RunningProxy): Promise<void> {
  const tunnel = await RawClient.open(proxy.port);
  tunnel.send('CONNECT pinned.example:443 HTTP/1.1\r\nHost: x\r\n\r\n');
  await tunnel.until('\r\n\r\n');
  await expect(wrap(tunnel, proxy, 'pinned.example', serverAuthority().certificatePem)).rejects.toThrow();
  tunnel.socket.destroy();
}

/** The first bytes that a TLS client sends. */
async function clientHello(servername: string, options: ConnectionOptions): Promise<Buffer> {
  let heard = (_: Buffer) => {};
  const bytes = new Promise<Buffer>((done) => {
    heard = done;
  });
  const port = await startServer((socket) => socket.once('data', heard));
  const client = connectTls({
    port,
    host: '127.0.0.1',
    servername,
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
    ...options,
  });
  client.on('error', () => {});
  const first = await bytes;
  client.destroy();
  return first;
}

describe('SOCKS5 on the proxy port', () => {
  it('leads to TLS that is read, and to plain HTTP', async () => {
    const port = await startTlsServer(
      'a.example',
      answering(() => OK),
    );
    const plainPort = await startServer(answering(() => OK));
    const proxy = await startProxy({
      resolve: new Map([
        ['a.example', { host: '127.0.0.1', port }],
        ['b.example', { host: '127.0.0.1', port: plainPort }],
      ]),
    });
    const phone = await RawClient.open(proxy.port);
    phone.send(Buffer.from([5, 2, 0, 2]));
    await phone.until('\x05\x00');
    phone.send(socksRequest('a.example', 443));
    await phone.until('\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00');
    const tls = await wrap(phone, proxy, 'a.example');
    tls.send('GET /s HTTP/1.1\r\nHost: a.example\r\n\r\n');
    await tls.until('ok');
    const plain = await RawClient.open(proxy.port);
    // Everything at once, cut into single bytes: a machine that listens well needs no pauses.
    for (const byte of Buffer.concat([
      Buffer.from([5, 1, 0]),
      socksRequest('b.example', 80),
      Buffer.from('GET /p HTTP/1.1\r\nHost: b.example\r\n\r\n'),
    ]))
      plain.send(Buffer.from([byte]));
    await plain.until('ok');
    expect(proxy.all('connection-opened').map(({ via }) => via)).toEqual(['socks5', 'socks5']);
    expect(proxy.all('request-started').map(({ head }) => `${head.scheme} ${head.host}${head.target}`)).toEqual([
      'https a.example/s',
      'http b.example/p',
    ]);
  });

  it('asks for a user where users are required, and binds the connection to the user’s device', async () => {
    const port = await startServer(answering(() => OK));
    const proxy = await startProxy({
      resolve: new Map([['b.example', { host: '127.0.0.1', port }]]),
      users: new Map([['ann', 'secret']]),
      deviceOfUser: new Map([['ann', 'pixel']]),
    });
    const stranger = await RawClient.open(proxy.port);
    stranger.send(Buffer.from([5, 1, 0]));
    expect(await stranger.untilEnd()).toBe('\x05\xff');
    const wrong = await RawClient.open(proxy.port);
    wrong.send(Buffer.from('\x05\x01\x02\x01\x03ann\x05wrong', 'latin1'));
    expect(await wrong.untilEnd()).toBe('\x05\x02\x01\x01');
    const ann = await RawClient.open(proxy.port);
    ann.send(Buffer.from('\x05\x01\x02\x01\x03ann\x06secret', 'latin1'));
    await ann.until('\x05\x02\x01\x00');
    ann.send(socksRequest('b.example', 80));
    ann.send('GET / HTTP/1.1\r\nHost: b.example\r\n\r\n');
    await ann.until('ok');
    expect(proxy.all('connection-opened').at(-1)).toMatchObject({ via: 'socks5', device: 'pixel' });
    expect(proxy.gaps()).toEqual(['request-refused', 'request-refused']);
  });

  it.each([
    ['UDP', Buffer.from([5, 3, 0, 1, 1, 2, 3, 4, 0, 80]), '\x07'],
    ['a loopback address', Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, 0, 80]), '\x02'],
    ['a path for a name', socksRequest('../../etc/passwd', 443), '\x08'],
  ])('refuses %s', async (_, request, code) => {
    const proxy = await startProxy({ allowPrivate: false });
    const phone = await RawClient.open(proxy.port);
    phone.send(Buffer.concat([Buffer.from([5, 1, 0]), request]));
    expect((await phone.untilEnd()).slice(2, 4)).toBe(`\x05${code}`);
    expect(proxy.gaps()).toEqual(['request-refused']);
  });
});

describe('a user and a password', () => {
  it('are asked for, taken, and not passed on', async () => {
    const heads: string[] = [];
    const port = await startServer(
      answering((head) => {
        heads.push(head);
        return OK;
      }),
    );
    const proxy = await startProxy({ users: new Map([['ann', 's:ecret']]), deviceOfUser: new Map([['ann', 'pixel']]) });
    const phone = await RawClient.open(proxy.port);
    const get = (extra: string) => `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: h\r\n${extra}\r\n`;
    for (const wrong of ['', basic('ann:wrong'), basic('bob:s:ecret'), 'Proxy-Authorization: Bearer x\r\n']) {
      phone.send(get(wrong));
      expect(await phone.until('password.\n')).toMatch(/^HTTP\/1\.1 407 .*Proxy-Authenticate: Basic/s);
      phone.take();
    }
    phone.send(get(basic('ann:s:ecret')));
    await phone.until('ok');
    expect(heads).toEqual(['GET / HTTP/1.1\r\nHost: h\r\n\r\n']);
    expect(proxy.all('connection-opened')).toMatchObject([{ device: 'pixel' }]);
    // To be asked is how it begins; a name that is not known keeps the phone out.
    expect(proxy.all('gap').map(({ host, gap }) => `${host} ${gap.detail}`)).toEqual(
      Array(3).fill('127.0.0.1 The user or its password is not known.'),
    );
    const page = await RawClient.open(proxy.port);
    page.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await page.until('throughProxy');
  });
});

describe('a phone that was asked for a user', () => {
  const users = new Map([['ann', 's:ecret']]);
  const asked = { gap: { kind: 'request-refused', detail: expect.stringContaining('did not name one') } };
  const ask = async (proxy: RunningProxy, target: string, more = '') => {
    const phone = await RawClient.open(proxy.port);
    phone.send(`${target} HTTP/1.1\r\nHost: x\r\n${more}Connection: close\r\n\r\n`);
    await phone.until('\r\n\r\n');
    phone.socket.destroy();
  };

  it('and never names one is a gap of the host that it wanted', async () => {
    const proxy = await startProxy({ users, limits: { credentialsMsMax: 100 } });
    for (const target of ['CONNECT a.example:443', 'CONNECT a.example:443', 'GET http://b.example:81/'])
      await ask(proxy, target);
    await proxy.event('gap', ({ host }) => host === 'b.example');
    expect(proxy.all('gap')).toMatchObject([
      { ...asked, host: 'a.example', port: 443, facts: { client: '127.0.0.1', status: 407 } },
      { ...asked, host: 'b.example', port: 81 },
    ]);
  });

  it('and over HTTP/2 too', async () => {
    const proxy = await startProxy({ users, limits: { credentialsMsMax: 100 } });
    const phone = connectHttp2(`http://127.0.0.1:${proxy.port}`);
    cleanup(() => phone.destroy());
    phone.request({ ':method': 'CONNECT', ':authority': 'a.example:443' }).on('error', () => {});
    expect(await proxy.event('gap')).toMatchObject({ ...asked, host: 'a.example' });
  });

  it('and names one on another connection is none; when the proxy ends before, it is', async () => {
    const proxy = await startProxy({ users });
    for (const host of ['a.example', 'b.example']) await ask(proxy, `CONNECT ${host}:443`);
    await ask(proxy, 'CONNECT a.example:443', basic('ann:s:ecret'));
    await proxy.proxy.shutDown();
    expect(proxy.all('gap')).toMatchObject([{ ...asked, host: 'b.example' }]);
  });
});

describe('a transparent port', () => {
  it('takes the target from SNI or Host', async () => {
    const port = await startTlsServer(
      'a.example',
      answering(() => OK),
    );
    const plain = await startServer(answering(() => OK));
    const proxy = await startProxy({
      listeners: [{ host: '127.0.0.1', port: 0, device: 'one', transparent: true }],
      resolve: new Map([
        ['a.example', { host: '127.0.0.1', port }],
        ['b.example', { host: '127.0.0.1', port: plain }],
      ]),
    });
    const tls = await wrap(await RawClient.open(proxy.port), proxy, 'a.example');
    tls.send('GET /s HTTP/1.1\r\nHost: a.example\r\n\r\n');
    await tls.until('ok');
    const http = await RawClient.open(proxy.port);
    http.send('GET /p HTTP/1.1\r\nHost: b.example\r\n\r\n');
    await http.until('ok');
    expect(proxy.all('connection-opened')).toMatchObject([
      { via: 'transparent', device: 'one' },
      { via: 'transparent' },
    ]);
    expect(proxy.all('request-started').map(({ head }) => head.host)).toEqual(['a.example', 'b.example']);
  });
});

describe('what is not read', () => {
  it('passes byte for byte when it is neither TLS nor HTTP, whoever speaks first', async () => {
    const port = await startServer((socket) => {
      socket.write('server first ');
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('end', () => socket.end('bye'));
    });
    const proxy = await startProxy({ limits: { silentTunnelMsMax: 100 } });
    const phone = await RawClient.open(proxy.port);
    phone.send(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await phone.until('server first ');
    phone.send('\x00\x01binary');
    await phone.until('binary');
    phone.socket.end();
    expect(await phone.untilEnd()).toMatch(/binarybye$/);
    const gap = await proxy.event('gap');
    expect(gap).toMatchObject({
      host: '127.0.0.1',
      port,
      gap: { kind: 'tunnel', bytesUnread: 8 + 13 + 8 + 3 },
      facts: { bytes_up: 8, bytes_down: 24, client: '127.0.0.1' },
    });
  });

  it('is TLS to a host on the passthrough list, under the server’s own certificate', async () => {
    const port = await startTlsServer(
      'a.b.example',
      answering(() => OK),
    );
    const proxy = await startProxy({
      passthrough: ['*.b.example'],
      resolve: new Map([['a.b.example', { host: '127.0.0.1', port }]]),
    });
    const phone = await openTls(proxy, 'a.b.example:443', {
      ca: serverAuthority().certificatePem,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    phone.send('GET / HTTP/1.1\r\nHost: a.b.example\r\n\r\n');
    await phone.until('ok');
    phone.socket.end();
    const gap = await proxy.event('gap');
    expect(gap).toMatchObject({
      host: 'a.b.example',
      gap: { kind: 'tls-passthrough' },
      facts: { sni: 'a.b.example', reason: 'listed', alpn: 'h2,http/1.1' },
    });
    expect(gap.facts['ja4']).toMatch(/^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
    expect(gap.facts['bytes_up']).toBeGreaterThan(300);
  });
});

describe('TLS whose ALPN names no version of HTTP', () => {
  it('passes unread under the server’s own certificate, so that the app goes on working', async () => {
    const port = await startTlsServer('a.example', (socket) => socket.on('data', (bytes) => socket.write(bytes)), {
      ALPNProtocols: ['mqtt'],
    });
    const proxy = await startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });
    const phone = await openTls(proxy, 'a.example:8883', {
      ca: serverAuthority().certificatePem,
      ALPNProtocols: ['mqtt', 'x-own'],
    });
    phone.send('\x10\x0c');
    await phone.until('\x10\x0c');
    expect(phone.socket).toHaveProperty('alpnProtocol', 'mqtt');
    phone.socket.end();
    expect(await proxy.event('gap')).toMatchObject({
      host: 'a.example',
      port: 8883,
      gap: { kind: 'tls-passthrough' },
      facts: { sni: 'a.example', reason: 'no-http', alpn: 'mqtt,x-own' },
    });
  });
});

describe('a certificate that the app refuses', () => {
  it('makes a gap with its cause, and after two of them the host passes unread for that phone', async () => {
    const port = await startTlsServer(
      'pinned.example',
      answering(() => OK),
    );
    const proxy = await startProxy({ resolve: new Map([['pinned.example', { host: '127.0.0.1', port }]]) });
    await refuse(proxy);
    const gap = await proxy.event('gap');
    expect(gap).toMatchObject({
      host: 'pinned.example',
      port: 443,
      gap: { kind: 'tls-rejected' },
      facts: {
        cause: expect.stringMatching(/^closed-/),
        sni: 'pinned.example',
        client: '127.0.0.1',
        ja4: expect.stringMatching(/^t13d/),
      },
    });
    await refuse(proxy);
    await proxy.event('gap', (event) => event !== gap);
    const phone = await openTls(proxy, 'pinned.example:443', { ca: serverAuthority().certificatePem });
    phone.send('GET / HTTP/1.1\r\nHost: pinned.example\r\n\r\n');
    await phone.until('ok');
    phone.socket.end();
    await proxy.event(
      'gap',
      (event) => event.gap.kind === 'tls-passthrough' && event.facts['reason'] === 'refused-before',
    );
  });

  it('is not presumed from connections that a phone opens to spare', async () => {
    const port = await startTlsServer(
      'spare.example',
      answering(() => OK),
    );
    const proxy = await startProxy({ resolve: new Map([['spare.example', { host: '127.0.0.1', port }]]) });
    const get = 'GET / HTTP/1.1\r\nHost: spare.example\r\n\r\n';
    const used = await openTls(proxy, 'spare.example:443', { ca: phoneAuthority().certificatePem });
    used.send(get);
    await used.until('ok');
    const seen = new Set<unknown>();
    for (let turn = 0; turn < 3; turn++) {
      const spare = await openTls(proxy, 'spare.example:443', { ca: phoneAuthority().certificatePem });
      spare.socket.end();
      seen.add(await proxy.event('gap', (event) => !seen.has(event)));
    }
    const next = await openTls(proxy, 'spare.example:443', { ca: phoneAuthority().certificatePem });
    next.send(get);
    await next.until('ok');
    expect(proxy.all('request-started')).toHaveLength(2);
  });

  it('keeps being refused with onRefusal block', async () => {
    const proxy = await startProxy({ onRefusal: 'block', refusalsMax: 1 });
    const seen = new Set<unknown>();
    for (let turn = 0; turn < 3; turn++) {
      await refuse(proxy);
      seen.add(await proxy.event('gap', (event) => !seen.has(event)));
    }
    expect(proxy.gaps()).toEqual(['tls-rejected', 'tls-rejected', 'tls-rejected']);
  });

  it.each([
    ['a close', {}, (phone: RawClient) => phone.socket.end(), 'tls-rejected', 'closed-without-alert'],
    ['a reset', {}, (phone: RawClient) => phone.socket.resetAndDestroy(), 'tls-rejected', 'reset'],
    ['no common version', { maxVersion: 'TLSv1.1' }, () => {}, 'tls-failed', 'protocol-version'],
    ['no common cipher', { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }, () => {}, 'tls-failed', 'no-shared-cipher'],
    ['silence', {}, () => {}, 'tls-failed', 'timeout'],
  ] as const)('is told by %s', async (_, options, act, kind, cause) => {
    const proxy = await startProxy({ limits: { handshakeMsMax: 1_000 } });
    const phone = await RawClient.open(proxy.port);
    phone.send('CONNECT c.example:443 HTTP/1.1\r\nHost: c\r\n\r\n');
    await phone.until('\r\n\r\n');
    phone.take();
    phone.send(await clientHello('c.example', options));
    await phone.until(/./s);
    act(phone);
    expect(await proxy.event('gap')).toMatchObject({
      host: 'c.example',
      gap: { kind },
      facts: { cause, sni: 'c.example' },
    });
  });
});

describe('an offer of HTTP/3', () => {
  it('is taken out of the answer, kept for the audit, and noted once for a host', async () => {
    const port = await startTlsServer(
      'a.example',
      answering(() => 'HTTP/1.1 200 OK\r\nX-A: 1\r\nAlt-Svc: h3=":443"; ma=86400\r\nContent-Length: 2\r\n\r\nok'),
    );
    const proxy = await startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]) });
    const phone = await openTls(proxy, 'a.example:443');
    for (let turn = 0; turn < 2; turn++) {
      phone.send('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
      expect(await phone.until('ok')).toBe('HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok');
      phone.take();
    }
    expect(proxy.all('response-started')[0]?.head.headers).toContainEqual(['Alt-Svc', 'h3=":443"; ma=86400']);
    expect(proxy.gaps()).toEqual(['quic-offered']);
  });
});

describe('a port that is taken', () => {
  it.each([
    ['--listen HOST:PORT', { device: null }],
    ['--device-port PORT=FILE', { device: 'pixel' }],
    ['--transparent PORT', { device: null, transparent: true }],
  ])('is told with the option that names another: %s', async (option, listener) => {
    const port = await startServer(() => {});
    const free = { host: '127.0.0.1', port: 0, device: null };
    await expect(startProxy({ listeners: [free, { ...free, port, ...listener }] })).rejects.toThrow(
      `Port ${port} of 127.0.0.1 is in use. Stop the other program or choose another with ${option}.`,
    );
  });
});

describe('connections beyond the limit', () => {
  it('are closed, and noted once for their address', async () => {
    const proxy = await startProxy({ limits: { phoneConnectionsMax: 2 } });
    const kept = [await RawClient.open(proxy.port), await RawClient.open(proxy.port)];
    for (let turn = 0; turn < 3; turn++) expect(await (await RawClient.open(proxy.port)).untilEnd()).toBe('');
    for (const phone of kept) {
      phone.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(await phone.until(/^HTTP/)).toBeTruthy();
    }
    expect(proxy.all('gap').filter(({ connection }) => connection === null)).toMatchObject([
      {
        gap: { kind: 'request-refused', detail: 'Connections refused: more than 2 connections of phones at a time.' },
        facts: { client: '127.0.0.1' },
      },
    ]);
  });
});

describe('targets', () => {
  it.each([
    ['GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://[::ffff:127.0.0.1]:1/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://[64:ff9b::7f00:1]:1/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://[::ffff:0:127.0.0.1]:1/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://[2002:7f00:1::]:1/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://localhost:1/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://169.254.169.254/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://0.0.0.0:1/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['CONNECT [fe80::1]:1 HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
    ['GET http://resolved.example/ HTTP/1.1\r\nHost: x\r\n\r\n', '403'],
  ])('on this machine or its link are refused: %j', async (text, status) => {
    const proxy = await startProxy({
      allowPrivate: false,
      resolve: new Map([['resolved.example', { host: '127.0.0.1', port: 1 }]]),
    });
    const phone = await RawClient.open(proxy.port);
    phone.send(text);
    expect(await phone.until(/\.\n$/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*--allow-private`, 's'));
  });

  it.each(['127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.0.1.', '0', '[::1%25lo]', 'x@127.0.0.1'])(
    'that other readers take for this machine are not well-formed: %s',
    async (host) => {
      const proxy = await startProxy({ allowPrivate: false });
      for (const line of [`GET http://${host}:1/`, `CONNECT ${host}:1`]) {
        const phone = await RawClient.open(proxy.port);
        phone.send(`${line} HTTP/1.1\r\nHost: x\r\n\r\n`);
        expect(await phone.untilEnd()).toMatch(/^HTTP\/1\.1 400 /);
      }
    },
  );

  it('are looked at each time a name resolves', async () => {
    const port = await startServer(answering(() => OK));
    const answers = ['192.0.2.1', '127.0.0.1'];
    const proxy = await startProxy({
      allowPrivate: false,
      limits: { connectMsMax: 300 },
      lookup: ((_name: string, _options: unknown, done: (error: null, all: object[]) => void) =>
        done(null, [{ address: answers.shift(), family: 4 }])) as never,
    });
    const phone = await RawClient.open(proxy.port);
    for (const status of ['502', '403']) {
      phone.send(`GET http://rebound.example:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(await phone.until(/\.\n$/)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      phone.take();
    }
  });

  it('that are the proxy itself are never relayed to, even when loopback may be reached', async () => {
    const proxy = await startProxy({ resolve: new Map() });
    const named = await startProxy({ resolve: new Map([['loop.example', { host: '127.0.0.1', port: proxy.port }]]) });
    const phone = await RawClient.open(named.port);
    phone.send(`GET http://localhost:${named.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await phone.until(/\.\n$/)).toMatch(/^HTTP\/1\.1 403 .*is the proxy itself/s);
  });
});

describe('a proxy of ours', () => {
  it.each([
    ['http', null],
    ['http', 'user'],
    ['socks5', null],
    ['socks5', 'user'],
  ] as const)('of kind %s (user: %s) carries TLS and plain HTTP', async (kind, user) => {
    const port = await startTlsServer(
      'a.example',
      answering(() => OK),
    );
    const plain = await startServer(answering(() => OK));
    const outer = await startProxy({
      passthrough: ['a.example'],
      users: user === null ? new Map() : new Map([[user, 'pw']]),
      resolve: new Map([
        ['a.example', { host: '127.0.0.1', port }],
        ['b.example', { host: '127.0.0.1', port: plain }],
      ]),
    });
    const proxy = await startProxy({
      upstream: {
        kind,
        host: '127.0.0.1',
        port: outer.port,
        user,
        password: user && 'pw',
        bypass: ['.direct.example'],
      },
    });
    const tls = await openTls(proxy, 'a.example:443');
    tls.send('GET /s HTTP/1.1\r\nHost: a.example\r\n\r\n');
    await tls.until('ok');
    const http = await RawClient.open(proxy.port);
    http.send('GET http://b.example/p HTTP/1.1\r\nHost: b.example\r\n\r\n');
    await http.until('ok');
    expect(outer.all('request-started').map(({ head }) => head.target)).toEqual(['/p']);
    expect(proxy.all('exchange-ended').map(({ error }) => error)).toEqual([null, null]);
  });

  it('that refuses is named in the answer', async () => {
    const outer = await startProxy({ users: new Map([['ann', 'pw']]) });
    const proxy = await startProxy({
      upstream: { kind: 'http', host: '127.0.0.1', port: outer.port, user: null, password: null, bypass: [] },
    });
    const tls = await openTls(proxy, 'a.example:443');
    tls.send('GET /s HTTP/1.1\r\nHost: a.example\r\n\r\n');
    await tls.until('answered HTTP/1.1 407');
  });
});
