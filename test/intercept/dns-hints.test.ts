import { describe, expect, it } from 'vitest';
import { withoutQuicHints } from '../../src/intercept/dns-hints.ts';
import { openTls, startProxy, startTlsServer } from './harness.ts';

const name = (text: string) =>
  Buffer.concat([
    ...text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);
const word = (value: number) => Buffer.from([value >> 8, value & 255]);
const sized = (bytes: Buffer) => Buffer.concat([word(bytes.length), bytes]);

/** A record of which the name points to the question's. */
function record(type: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xc0, 12]), word(type), word(1), Buffer.from([0, 0, 1, 44]), sized(data)]);
}

function service(...alpn: string[]): Buffer {
  const ids = Buffer.concat(alpn.map((id) => Buffer.from([id.length, ...Buffer.from(id)])));
  const port = Buffer.concat([word(3), sized(word(443))]);
  return Buffer.concat([word(1), name('svc.example'), word(1), sized(ids), port]);
}

function message(...records: Buffer[]): Buffer {
  const head = Buffer.concat([word(7), word(0x8180), word(1), word(records.length), word(0), word(0)]);
  return Buffer.concat([head, name('Shop.example'), word(65), word(1), ...records]);
}

describe('hints at HTTP/3 in a DNS message', () => {
  it.each([
    ['an HTTPS record', 65, ['h3', 'h2'], ['h0', 'h2']],
    ['an SVCB record', 64, ['h2', 'h3', 'h3-29'], ['h2', 'h0', 'h0-29']],
  ])('are made illegible in %s', (_, type, before, after) => {
    const address = record(1, Buffer.from([192, 0, 2, 1]));
    const read = withoutQuicHints(message(address, record(type, service(...before)), address));
    expect(read.message).toEqual(message(address, record(type, service(...after)), address));
    expect(read.names).toEqual(['shop.example']);
  });

  it.each([
    ['other protocols', message(record(65, service('h2', 'http/1.1', 'h33')))],
    ['other records with the same bytes', message(record(16, service('h3')))],
    ['nothing', Buffer.alloc(0)],
    ['a head only', Buffer.alloc(12, 255)],
    ['a name without end', Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]), Buffer.alloc(50, 5)])],
  ])('leave %s as they are', (_, bytes) => {
    expect(withoutQuicHints(bytes)).toEqual({ message: bytes, names: [] });
  });

  it('are looked for without harm in a message cut or broken anywhere', () => {
    const whole = message(record(65, service('h3', 'h2')));
    for (let at = 0; at < whole.length; at++) {
      expect(withoutQuicHints(whole.subarray(0, at)).message).toHaveLength(at);
      for (const value of [0, 0xc0, 255]) {
        const broken = Buffer.from(whole);
        broken[at] = value;
        expect(withoutQuicHints(broken).message).toHaveLength(whole.length);
      }
    }
  });
});

describe('DNS over HTTPS through the proxy', () => {
  it('comes without them, is kept as it was sent, and is noted', async () => {
    const sent = message(record(65, service('h3', 'h2')));
    const port = await startTlsServer('dns.example', (socket) => {
      socket.on('data', () => {
        const head = `HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: ${sent.length}\r\n\r\n`;
        socket.write(Buffer.concat([Buffer.from(head), sent.subarray(0, 20)]), () => socket.write(sent.subarray(20)));
      });
    });
    const proxy = await startProxy({ resolve: new Map([['dns.example', { host: '127.0.0.1', port }]]) });
    const phone = await openTls(proxy, 'dns.example:443');
    phone.send('GET /dns-query?dns=AAAB HTTP/1.1\r\nHost: dns.example\r\n\r\n');
    const { exchange } = await proxy.event('exchange-ended');
    await phone.until('h2');
    const body = phone.received.subarray(phone.received.indexOf('\r\n\r\n') + 4);
    expect(body).toEqual(message(record(65, service('h0', 'h2'))));
    expect(proxy.body(exchange, 'response')).toEqual(sent);
    expect(proxy.all('gap')).toMatchObject([
      { host: 'dns.example', gap: { kind: 'quic-offered', detail: 'HTTPS record of shop.example' } },
    ]);
  });
});
