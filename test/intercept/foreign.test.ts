import { expect, it } from 'vitest';
import { RawClient, startProxy } from './harness.ts';

const socks4 = /^This is SOCKS4: set the phone or app to SOCKS5 or to an HTTP proxy/;
const header = /^The connection begins with a PROXY protocol header.*turn that off/;
const rejected = '\0\x5b\0\0\0\0\0\0';
const signature = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c';

it.each([
  ['SOCKS4', '\x04\x01\x01\xbb\xc0\0\x02\x01user\0', socks4, '192.0.2.1', 443, rejected],
  ['SOCKS4a', '\x04\x01\0\x50\0\0\0\x01\0A.example.\0', socks4, 'a.example', 80, rejected],
  ['SOCKS4a whose name is a path', '\x04\x01\0\x50\0\0\0\x01\0../../etc\0', socks4, null, null, rejected],
  ['SOCKS4 that is cut', '\x04\x01', socks4, null, null, rejected],
  ['BIND of SOCKS4', '\x04\x02\0\x50\xc0\0\x02\x01\0', socks4, '192.0.2.1', 80, rejected],
  ['the PROXY protocol', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 80\r\nGET / HTTP/1.1\r\n\r\n', header, null, null, ''],
  ['the PROXY protocol of who knows nothing', 'PROXY UNKNOWN\r\n', header, null, null, ''],
  ['version 2 of it', signature, header, null, null, ''],
  ['bytes that begin like SOCKS4', '\x04\x07\0\x50', /^(?:This is not HTTP|Neither TLS nor HTTP)\./, null, null, null],
])(
  '%s is refused with a gap that says what to do, on either kind of port',
  async (_, bytes, detail, host, port, reply) => {
    for (const transparent of [false, true]) {
      const proxy = await startProxy({ listeners: [{ host: '127.0.0.1', port: 0, device: null, transparent }] });
      const phone = await RawClient.open(proxy.port);
      phone.send(bytes);
      const answer = await phone.untilEnd();
      if (reply !== null) expect(answer).toBe(reply);
      const [gap, ...more] = proxy.all('gap');
      expect(more).toEqual([]);
      expect(gap).toMatchObject({ host, port, facts: { client: '127.0.0.1' } });
      expect(gap?.gap.detail).toMatch(detail);
      expect(proxy.all('connection-opened').map(({ connection }) => connection)).toEqual([gap?.connection]);
    }
  },
);
