import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  answering,
  cleanup,
  openTls,
  RawClient,
  type RunningProxy,
  startProxy,
  startServer,
  startTlsServer,
} from './harness.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET /late HTTP/1.1\r\nHost: a.example\r\n\r\n';

const echo = (socket: Socket) => socket.on('data', (bytes) => socket.write(bytes)).on('end', () => socket.end());
const greeting = (socket: Socket) => echo(socket).write('* OK ready\r\n');

/** A proxy that sends a.example to this port. */
const proxyTo = (port: number, silentTunnelMsMax = 600_000) =>
  startProxy({ resolve: new Map([['a.example', { host: '127.0.0.1', port }]]), limits: { silentTunnelMsMax } });

async function connected(proxy: RunningProxy, target: string): Promise<RawClient> {
  const phone = await RawClient.open(proxy.port);
  phone.send(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  await phone.until('\r\n\r\n');
  phone.take();
  return phone;
}

describe('what is inside TLS without ALPN and is no HTTP', () => {
  it.each([
    ['MQTT', '\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02ab'],
    ['IRC, of which the commands look like methods', 'CAP LS 302\r\nNICK ann\r\n'],
    ['bytes like the beginning of a method', 'PI\x00'],
  ])('goes on over TLS of our own to the server: %s', async (_, words) => {
    const port = await startTlsServer('a.example', echo);
    const proxy = await proxyTo(port);
    const phone = await openTls(proxy, 'a.example:8883');
    phone.send(words);
    await phone.until(words);
    phone.socket.end();
    await phone.untilEnd();
    expect(await proxy.event('gap')).toMatchObject({
      host: 'a.example',
      port: 8883,
      gap: { kind: 'tunnel', bytesUnread: 2 * words.length, detail: expect.stringContaining('is no HTTP') },
      facts: { sni: 'a.example', alpn: '', bytes_up: words.length, bytes_down: words.length, client: '127.0.0.1' },
    });
    expect(proxy.gaps()).toEqual(['tunnel']);
  });

  it('is no refusal of our certificate, however short', async () => {
    const proxy = await proxyTo(await startTlsServer('a.example', echo));
    for (let turn = 0; turn < 3; turn++) {
      const phone = await openTls(proxy, 'a.example:8883');
      phone.send('\x10\x00');
      await phone.until('\x10\x00');
      phone.socket.destroy();
      await proxy.event('gap', () => proxy.gaps().length > turn);
    }
    expect(proxy.gaps()).toEqual(['tunnel', 'tunnel', 'tunnel']);
  });

  it('is cut, with a gap, when the server’s certificate does not verify', async () => {
    const proxy = await proxyTo(await startTlsServer('other.example', echo));
    const phone = await openTls(proxy, 'a.example:8883');
    phone.send('\x10\x00');
    await phone.untilEnd();
    expect(await proxy.event('gap')).toMatchObject({
      host: 'a.example',
      gap: { kind: 'upstream-failed', detail: expect.stringContaining('it is for another name') },
    });
  });

  it('is read when it is HTTP/2, known by its preface', async () => {
    const proxy = await proxyTo(
      await startTlsServer(
        'a.example',
        answering(() => OK),
      ),
    );
    const phone = await openTls(proxy, 'a.example:443');
    const headers = Buffer.from([0x82, 0x87, 0x84, 0x41, 9, ...Buffer.from('a.example')]);
    phone.send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00');
    phone.send(Buffer.from([0, 0, headers.length, 1, 5, 0, 0, 0, 1, ...headers]));
    await phone.until('ok');
    expect(proxy.all('request-started')).toMatchObject([{ head: { httpVersion: '2', host: 'a.example' } }]);
  });

  it('is read when its ALPN names HTTP/1.0 alone', async () => {
    const proxy = await proxyTo(
      await startTlsServer(
        'a.example',
        answering(() => OK),
      ),
    );
    const phone = await openTls(proxy, 'a.example:443', { ALPNProtocols: ['http/1.0'] });
    phone.send(GET);
    await phone.until('ok');
  });

  it('is read when it is HTTP, in whatever pieces its head comes', async () => {
    const proxy = await proxyTo(
      await startTlsServer(
        'a.example',
        answering(() => OK),
      ),
    );
    const phone = await openTls(proxy, 'a.example:443');
    for (const byte of `\r\n${GET}`) phone.send(byte);
    await phone.until('ok');
    expect(proxy.all('request-started')).toMatchObject([{ head: { target: '/late' } }]);
  });
});

describe('a server that speaks first', () => {
  it.each([
    ['in CONNECT, on a port of its kind', 'a.example:25', 600_000],
    ['in CONNECT, on any port', 'a.example:4000', 50],
  ])('is heard %s', async (_, target, silentMs) => {
    const proxy = await proxyTo(await startServer(greeting), silentMs);
    const phone = await connected(proxy, target);
    await phone.until('* OK ready\r\n');
    phone.send('a1 NOOP\r\n');
    await phone.until('a1 NOOP\r\n');
    phone.socket.end();
    await phone.untilEnd();
    expect(await proxy.event('gap')).toMatchObject({ gap: { kind: 'tunnel', bytesUnread: 12 + 9 + 9 } });
  });

  it.each([
    ['on a port of its kind', 'a.example:993', 600_000],
    ['on any port', 'a.example:4000', 50],
  ])('is heard inside TLS, %s', async (_, target, silentMs) => {
    const proxy = await proxyTo(await startTlsServer('a.example', greeting), silentMs);
    const phone = await openTls(proxy, target);
    await phone.until('* OK ready\r\n');
    phone.send('a1 NOOP\r\n');
    await phone.until('a1 NOOP\r\n');
    phone.socket.end();
    await phone.untilEnd();
    expect(await proxy.event('gap')).toMatchObject({ gap: { kind: 'tunnel' }, facts: { sni: 'a.example' } });
  });

  it('is heard over SOCKS5, and by a phone that has closed its half already', async () => {
    const proxy = await proxyTo(await startServer(greeting));
    const phone = await RawClient.open(proxy.port);
    phone.send(
      Buffer.concat([Buffer.from('\x05\x01\x00\x05\x01\x00\x03\x09a.example', 'latin1'), Buffer.from([0, 22])]),
    );
    phone.socket.end();
    expect(await phone.untilEnd()).toMatch(/\* OK ready\r\n$/);
  });

  it('may also hang up first', async () => {
    const proxy = await proxyTo(await startServer((socket) => socket.end()), 50);
    expect(await (await connected(proxy, 'a.example:4000')).untilEnd()).toBe('');
    expect(proxy.gaps()).toEqual([]);
  });

  it('that cannot be reached is a gap', async () => {
    const port = await startServer((socket) => socket.destroy());
    const proxy = await startProxy({
      limits: { silentTunnelMsMax: 50 },
      resolve: new Map([['a.example', { host: '127.0.0.1', port: 1 }]]),
    });
    expect(port).toBeGreaterThan(0);
    expect(await (await connected(proxy, 'a.example:4000')).untilEnd()).toBe('');
    expect(proxy.gaps()).toEqual(['upstream-failed']);
  });
});

describe('a phone that is slow to begin', () => {
  it.each([
    ['plain', false],
    ['inside TLS without ALPN', true],
  ])('is read all the same: %s', async (_, secure) => {
    let opened = () => {};
    const waiting = new Promise<void>((done) => {
      opened = done;
    });
    const serve = (socket: Socket) => {
      opened();
      answering(() => OK)(socket);
    };
    const port = secure ? await startTlsServer('a.example', serve) : await startServer(serve);
    const proxy = await proxyTo(port, 50);
    const phone = secure ? await openTls(proxy, 'a.example:4000') : await connected(proxy, 'a.example:4000');
    // The server was reached, in case it speaks first.
    await waiting;
    phone.send(GET);
    await phone.until('ok');
    expect(proxy.all('request-started')).toMatchObject([{ head: { target: '/late' } }]);
    expect(proxy.gaps()).toEqual([]);
  });

  it.each([
    ['plain', false],
    ['inside TLS', true],
  ])('and closes a spare connection reaches nobody: %s', async (_, secure) => {
    let reached = 0;
    const port = await startServer(() => reached++);
    const proxy = await proxyTo(port, 50);
    const phone = secure ? await openTls(proxy, 'a.example:443') : await connected(proxy, 'a.example:443');
    phone.socket.end();
    await phone.untilEnd();
    expect(reached).toBe(0);
    expect(proxy.gaps().filter((kind) => kind !== 'tls-rejected')).toEqual([]);
  });

  it('leaves nothing open when it goes without a word', async () => {
    let gone = () => {};
    const closed = new Promise<void>((done) => {
      gone = done;
    });
    const proxy = await proxyTo(
      await startServer((socket) =>
        socket
          .on('close', gone)
          .on('end', () => socket.end())
          .resume(),
      ),
      50,
    );
    const phone = await connected(proxy, 'a.example:4000');
    const timer = setTimeout(() => phone.socket.destroy(), 400);
    cleanup(() => clearTimeout(timer));
    await closed;
    expect(proxy.gaps()).toEqual([]);
  });
});
