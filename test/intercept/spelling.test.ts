import { describe, expect, it } from 'vitest';
import { plainHost } from '../../src/intercept/origin.ts';
import {
  openTls,
  RawClient,
  type RunningProxy,
  serverAuthority,
  startProxy,
  startServer,
  startTlsServer,
} from './harness.ts';

/** Names and addresses that phones spell in their own way, and operators in theirs. */

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

it.each([
  ['H.Example.', 'h.example'],
  ['h.example', 'h.example'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1.', '192.0.2.1.'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['.', ''],
  ['', ''],
])('plainHost(%j) is %j', (host, plain) => {
  expect(plainHost(host)).toBe(plain);
});

describe('a host that is spelt with a dot at its end', () => {
  const ask = async (proxy: RunningProxy, ...said: string[]) => {
    const phone = await RawClient.open(proxy.port);
    for (const bytes of said) phone.send(bytes);
    await phone.until('ok');
  };
  const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: H.example.\r\n\r\n`;

  it.each([
    ['absolute', {}, [request('http://H.example./')]],
    ['CONNECT', {}, ['CONNECT h.example.:80 HTTP/1.1\r\nHost: h.example.:80\r\n\r\n', request('/')]],
    ['SOCKS5', {}, ['\x05\x01\x00\x05\x01\x00\x03\x0ah.example.\x00\x50', request('/')]],
    ['transparent', { listeners: [{ host: '127.0.0.1', port: 0, device: null, transparent: true }] }, [request('/')]],
  ])('is found and stored without it (%s), and goes on as it came', async (_, options, said) => {
    const heads: string[] = [];
    const port = await startServer((socket) =>
      socket.on('data', (bytes) => {
        heads.push(bytes.toString('latin1'));
        socket.write(OK);
      }),
    );
    const resolve = new Map([['h.example', { host: '127.0.0.1', port }]]);
    const proxy = await startProxy({ ...options, resolve });
    await ask(proxy, ...said);
    expect(heads).toEqual([request('/')]);
    expect(proxy.all('request-started').map(({ head }) => head.host)).toEqual(['h.example']);
  });

  it.each([
    ['CONNECT', 'h.example.:443', undefined],
    ['SNI', 'h.example:443', 'h.example.'],
  ])('gets a certificate without it, and is verified so (%s)', async (_, authority, servername) => {
    const asked: (string | false | null)[] = [];
    const port = await startTlsServer('h.example', (socket) => {
      asked.push(socket.servername);
      socket.once('data', () => socket.end(OK));
    });
    const proxy = await startProxy({ resolve: new Map([['h.example', { host: '127.0.0.1', port }]]) });
    const phone = await openTls(proxy, authority, { servername: servername ?? 'h.example' });
    phone.send('GET / HTTP/1.1\r\nHost: h.example.\r\n\r\n');
    await phone.until('ok');
    expect(asked).toEqual(['h.example']);
  });

  it('passes unread when it is listed, whichever of the two has the dot', async () => {
    for (const [listed, asked] of [
      ['h.example', 'h.example.'],
      ['*.Example.', 'h.example'],
    ]) {
      const port = await startTlsServer('h.example', (socket) => socket.once('data', () => socket.end(OK)));
      const resolve = new Map([['h.example', { host: '127.0.0.1', port }]]);
      const proxy = await startProxy({ passthrough: [`${listed}`], resolve });
      const phone = await openTls(proxy, `${asked}:443`, {
        servername: 'h.example',
        ca: serverAuthority().certificatePem,
      });
      phone.send('GET / HTTP/1.1\r\nHost: h.example\r\n\r\n');
      await phone.until('ok');
      phone.socket.end();
      expect(await proxy.event('gap')).toMatchObject({ host: 'h.example', gap: { kind: 'tls-passthrough' } });
    }
  });

  it('is the set-up page when that is meant', async () => {
    const proxy = await startProxy();
    const phone = await RawClient.open(proxy.port);
    phone.send('GET http://telltale.test./check HTTP/1.1\r\nHost: telltale.test.\r\n\r\n');
    await phone.until('"throughProxy":true');
  });
});

it('an IPv6 address is found however it is spelt', async () => {
  const port = await startServer((socket) => socket.once('data', () => socket.end(OK)));
  for (const key of ['[2001:db8::1]', '[2001:db8::1]:8080']) {
    const proxy = await startProxy({ resolve: new Map([[key, { host: '127.0.0.1', port }]]) });
    const phone = await RawClient.open(proxy.port);
    phone.send('GET http://[2001:DB8:0::1]:8080/ HTTP/1.1\r\nHost: [2001:DB8:0::1]:8080\r\n\r\n');
    await phone.until('ok');
    expect(proxy.all('request-started')[0]?.head.host).toBe('2001:db8::1');
  }
});
