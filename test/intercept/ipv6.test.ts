import { spawn } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import {
  answering,
  cleanup,
  listen,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
  startServer,
} from './harness.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
if (!hasIpv6) process.stderr.write('skipped: this machine has no IPv6 loopback address\n');

const LOOPBACK = '::1';
const LOOPBACK_BYTES = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

/** A TLS server that needs no SNI. */
async function startTlsServerOnIpv6(): Promise<number> {
  const secureContext = serverAuthority().secureContextFor(LOOPBACK);
  const serve = answering(() => OK);
  return listen(
    createServer((socket) => serve(new TLSSocket(socket, { isServer: true, secureContext }))),
    LOOPBACK,
  );
}

/** TLS on a connection that the proxy has opened, without SNI: an address has none. */
async function secure(client: RawClient, proxy: RunningProxy): Promise<RawClient> {
  client.socket.removeAllListeners('data');
  const tls = connectTls({ socket: client.socket, ca: proxy.authority.certificatePem, host: LOOPBACK });
  await new Promise<void>((done, fail) => tls.once('secureConnect', done).once('error', fail));
  return new RawClient(tls);
}

describe.skipIf(!hasIpv6)('over IPv6', () => {
  const listeners = [{ host: LOOPBACK, port: 0, device: null }];

  it('the proxy listens, and CONNECT to an address is read inside TLS', async () => {
    const port = await startTlsServerOnIpv6();
    const proxy = await startProxy({ listeners });
    const phone = await RawClient.open(proxy.port, LOOPBACK);
    phone.send(`CONNECT [::1]:${port} HTTP/1.1\r\nHost: [::1]:${port}\r\n\r\n`);
    await phone.until('\r\n\r\n');
    const tls = await secure(phone, proxy);
    tls.send(`GET /s HTTP/1.1\r\nHost: [::1]:${port}\r\n\r\n`);
    await tls.until('ok');
    expect(proxy.all('connection-opened')).toMatchObject([{ phoneAddress: LOOPBACK }]);
    expect(proxy.all('request-started')).toMatchObject([{ head: { scheme: 'https', host: LOOPBACK, port } }]);
    expect((await proxy.event('response-started')).serverAddress).toBe(LOOPBACK);
    expect(proxy.gaps()).toEqual([]);
  });

  it('SOCKS5 names an address, plain and inside TLS', async () => {
    const tlsPort = await startTlsServerOnIpv6();
    const plainPort = await listen(createServer(answering(() => OK)), LOOPBACK);
    const proxy = await startProxy({ listeners });
    const open = async (port: number) => {
      const phone = await RawClient.open(proxy.port, LOOPBACK);
      const target = Buffer.concat([LOOPBACK_BYTES, Buffer.from([port >> 8, port & 255])]);
      phone.send(Buffer.concat([Buffer.from([5, 1, 0, 5, 1, 0, 4]), target]));
      await phone.until('\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00');
      phone.take();
      return phone;
    };
    const plain = await open(plainPort);
    plain.send('GET /p HTTP/1.1\r\nHost: x\r\n\r\n');
    await plain.until('ok');
    const tls = await secure(await open(tlsPort), proxy);
    tls.send('GET /s HTTP/1.1\r\nHost: [::1]\r\n\r\n');
    await tls.until('ok');
    expect(proxy.all('request-started').map(({ head }) => head.scheme)).toEqual(['http', 'https']);
    expect(proxy.all('response-started').map(({ serverAddress }) => serverAddress)).toEqual([LOOPBACK, LOOPBACK]);
  });

  it('an absolute target names an address, also through a proxy of ours of either kind', async () => {
    const port = await listen(createServer(answering(() => OK)), LOOPBACK);
    const outer = await startProxy({ listeners });
    for (const kind of [null, 'http', 'socks5'] as const) {
      const upstream = kind && { kind, host: LOOPBACK, port: outer.port, user: null, password: null, bypass: [] };
      const proxy = await startProxy({ listeners, upstream });
      const phone = await RawClient.open(proxy.port, LOOPBACK);
      phone.send(`GET http://[::1]:${port}/p HTTP/1.1\r\nHost: [::1]:${port}\r\n\r\n`);
      await phone.until('ok');
    }
    expect(outer.all('connection-opened').map(({ via }) => via)).toEqual(['http', 'socks5']);
    expect(outer.all('request-started')).toMatchObject([{ head: { host: LOOPBACK } }, { head: { host: LOOPBACK } }]);
  });

  it('phones come over IPv4 too when the proxy listens everywhere, with their plain address', async () => {
    const port = await startServer(answering(() => OK));
    const proxy = await startProxy({ listeners: [{ host: '::', port: 0, device: null }] });
    const phone = await RawClient.open(proxy.port);
    phone.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    await phone.until('ok');
    expect(proxy.all('connection-opened')).toMatchObject([{ phoneAddress: '127.0.0.1' }]);
    // The proxy itself, by each of its names.
    for (const host of ['[::1]', '127.0.0.1', '[::ffff:127.0.0.1]', '0.0.0.0', '[::]']) {
      const looped = await RawClient.open(proxy.port);
      looped.send(`CONNECT ${host}:${proxy.port} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await looped.until('\r\n\r\n');
      looped.take();
      looped.send('GET /page HTTP/1.1\r\nHost: x\r\n\r\n');
      // Its own pages answer, and nothing was relayed.
      await looped.until('throughProxy');
    }
    expect(proxy.all('request-started')).toHaveLength(1);
  });
});

describe.skipIf(!hasIpv6)('a name with addresses of both families', () => {
  const both = [
    { address: LOOPBACK, family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];

  function resolvingTo(addresses: LookupAddress[]) {
    return ((_name: string, _options: unknown, done: (error: null, addresses: LookupAddress[]) => void) =>
      done(null, addresses)) as never;
  }

  async function ask(proxy: RunningProxy, port: number): Promise<string | null> {
    const phone = await RawClient.open(proxy.port);
    phone.send(`GET http://both.example:${port}/ HTTP/1.1\r\nHost: both.example\r\n\r\n`);
    await phone.until('ok');
    return (await proxy.event('response-started')).serverAddress;
  }

  it('is reached by IPv6 first', async () => {
    const port = await listen(createServer(answering(() => OK)), LOOPBACK);
    expect(await ask(await startProxy({ lookup: resolvingTo(both) }), port)).toBe(LOOPBACK);
  });

  it('is reached by IPv4 when IPv6 refuses', async () => {
    const port = await startServer(answering(() => OK));
    expect(await ask(await startProxy({ lookup: resolvingTo(both) }), port)).toBe('127.0.0.1');
  });

  it('is reached by IPv4 when IPv6 does not answer at all', async () => {
    const { port, server } = await silentPort();
    server.on(
      'connection',
      answering(() => OK),
    );
    const proxy = await startProxy({ lookup: resolvingTo(both), limits: { addressMsMax: 100 } });
    expect(await ask(proxy, port)).toBe('127.0.0.1');
  });

  it('is left alone where only one family may be reached', async () => {
    const port = await startServer(answering(() => OK));
    const local = [{ address: 'fe80::1', family: 6 }, ...both];
    const proxy = await startProxy({ lookup: resolvingTo(local), allowPrivate: false });
    const phone = await RawClient.open(proxy.port);
    phone.send(`GET http://both.example:${port}/ HTTP/1.1\r\nHost: both.example\r\n\r\n`);
    expect(await phone.until(/\.\n$/)).toMatch(/^HTTP\/1\.1 403 .*loopback or link-local/s);
  });
});

/**
 * A port that answers over IPv4 and is deaf over IPv6: a stopped process whose queue of connections is full, so that the system lets
 * further ones wait without a word.
 */
async function silentPort(): Promise<{ port: number; server: Server }> {
  const program = `const server = require('net').createServer().listen({ port: 0, host: '::1', backlog: 1 }, () =>
    console.log(server.address().port))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanup(() => child.kill('SIGKILL'));
  const port = await new Promise<number>((done) => child.stdout.once('data', (text) => done(Number(text))));
  child.kill('SIGSTOP');
  const server = createServer();
  await listen(server, '127.0.0.1', port);
  for (;;) {
    const socket = connect({ port, host: LOOPBACK });
    socket.on('error', () => {});
    cleanup(() => socket.destroy());
    const opened = await new Promise((done) => {
      socket.once('connect', () => done(true));
      setTimeout(() => done(false), 300).unref();
    });
    if (opened === false) return { port, server };
  }
}
