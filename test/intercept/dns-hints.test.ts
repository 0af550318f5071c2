import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withoutQuicHints } from '../../src/intercept/dns-hints.ts';
import { withoutQuicHintsInJson } from '../../src/intercept/dns-json.ts';
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

const json = (data: unknown, more: object = {}) =>
  Buffer.from(
    JSON.stringify({
      Status: 0,
      Answer: [{ name: 'Shop.example.', type: 65, TTL: 300, data, ...more }, { name: 'é' }],
    }),
  );

describe('hints at HTTP/3 in a DNS answer in JSON', () => {
  it.each([
    ['words', '1 . alpn="h3,h2" ipv4hint="192.0.2.1"', '1 . alpn="h0,h2" ipv4hint="192.0.2.1"'],
    [
      'words without quotes',
      '1 svc.h3.example. alpn=h2,h3-29,h33 port=443',
      '1 svc.h3.example. alpn=h2,h0-29,h33 port=443',
    ],
    ['bytes', '\\# 13 00 01 00 00 01 00 06 02 68 33 02 68 32', '\\# 13 00 01 00 00 01 00 06 02 68 30 02 68 32'],
    ['bytes without spaces', '\\# 13 00010000010006026833026832', '\\# 13 00010000010006026830026832'],
  ])('are made illegible in %s', (_, before, after) => {
    expect(withoutQuicHintsInJson(json(before))).toEqual({ message: json(after), names: ['shop.example'], left: [] });
  });

  it.each([
    ['other protocols', json('1 . alpn="h2"')],
    ['other records', json('alpn=h3', { type: 16 })],
    ['data that is no text', json(['alpn=h3'])],
    ['what is no JSON', Buffer.from('{"Answer": [')],
    ['JSON of something else', Buffer.from('[1, null, {"Answer": 7}]')],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ['nothing', Buffer.alloc(0)],
  ])('leave %s as they are', (_, bytes) => {
    expect(withoutQuicHintsInJson(bytes)).toEqual({ message: bytes, names: [], left: [] });
  });

  it('are told of where they cannot be taken out', () => {
    const escaped = Buffer.from(json('1 . alpn=h3').toString().replace('alpn', '\\u0061lpn'));
    expect(withoutQuicHintsInJson(escaped)).toEqual({ message: escaped, names: [], left: ['shop.example'] });
  });
});

/** Asks a server for an answer of this type and coding; what the phone got, what was kept, and the gaps. */
async function ask(sent: Buffer, type: string, coding: string | null, target = '/dns-query?dns=AAAB', post?: Buffer) {
  const port = await startTlsServer('dns.example', (socket) => {
    socket.on('data', () => {
      const packed = coding === null ? '' : `Content-Encoding: ${coding}\r\n`;
      const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${packed}Content-Length: ${sent.length}\r\n\r\n`;
      socket.write(Buffer.concat([Buffer.from(head), sent.subarray(0, 20)]), () => socket.write(sent.subarray(20)));
    });
  });
  const proxy = await startProxy({ resolve: new Map([['dns.example', { host: '127.0.0.1', port }]]) });
  const phone = await openTls(proxy, 'dns.example:443');
  const length = post === undefined ? '' : `Content-Length: ${post.length}\r\n`;
  phone.send(`${post === undefined ? 'GET' : 'POST'} ${target} HTTP/1.1\r\nHost: dns.example\r\n${length}\r\n`);
  if (post !== undefined) phone.send(post);
  const { exchange } = await proxy.event('exchange-ended');
  const start = () => phone.received.indexOf('\r\n\r\n') + 4;
  await phone.until(sent.subarray(-2).toString('latin1'));
  const gaps = proxy.all('gap').map(({ host, gap: { kind, detail } }) => `${host} ${kind} ${detail}`);
  return { body: phone.received.subarray(start()), kept: proxy.body(exchange, 'response'), gaps };
}

describe('DNS over HTTPS through the proxy', () => {
  const sent = message(record(65, service('h3', 'h2')));
  const told = 'dns.example quic-offered HTTPS record of shop.example';
  it.each([
    ['a message', 'application/dns-message', sent, message(record(65, service('h0', 'h2')))],
    ['JSON', 'application/dns-json; charset=utf-8', json('1 . alpn=h3'), json('1 . alpn=h0')],
  ])('comes without them as %s, is kept as it was sent, and is noted', async (_, type, bytes, passed) => {
    expect(await ask(bytes, type, null)).toEqual({ body: passed, kept: bytes, gaps: [told] });
  });

  const unread = 'quic-not-taken-out An answer was not read:';
  const left = 'shop.example quic-not-taken-out HTTPS record of shop.example in an answer that could not be changed';
  it.each([
    ['gzip', gzipSync(sent), [left]],
    ['deflate', deflateSync(sent), [left]],
    ['br', brotliCompressSync(sent), [left]],
    ['gzip', gzipSync(message(record(65, service('h2')))), []],
    ['gzip', Buffer.concat([Buffer.from('no gzip at all'), sent]), []],
    ['gzip', gzipSync(Buffer.alloc(5_000_000)), [`null ${unread} it unpacks to more than 1048560 bytes`]],
    ['zstd', sent, [`null ${unread} it is packed as zstd`]],
    ['gzip, br', sent, [`null ${unread} it is packed as gzip, br`]],
    ['constructor', sent, [`null ${unread} it is packed as constructor`]],
    ['deflate', deflateRawSync(sent), [left]],
  ])(
    'goes on as it came when it is packed with %s, and what it offers makes a gap of that host',
    async (coding, bytes, gaps) => {
      expect(await ask(bytes, 'application/dns-message', coding)).toEqual({ body: bytes, kept: bytes, gaps });
    },
  );

  const posted = (type: number) =>
    Buffer.concat([Buffer.alloc(5), Buffer.from([1]), Buffer.alloc(6), name('Shop.example'), word(type), word(1)]);
  const question = (type: number) => `/dns-query?dns=${posted(type).toString('base64url')}`;
  it.each([
    ['a message for HTTPS records', question(65), ['shop.example']],
    ['a message for addresses', question(1), []],
    ['a name and no type', '/resolve?name=shop.example', []],
    ['a name and its HTTPS records', '/resolve?type=HTTPS&name=Shop.example.', ['shop.example']],
    ['a name and type 65', '/resolve?name=shop.example&type=65', ['shop.example']],
    ['half a message', `${question(65).slice(0, 40)}`, ['null']],
  ])('leaves the name that was asked for in doubt when the answer cannot be read: %s', async (_, target, hosts) => {
    const { gaps } = await ask(sent, 'application/dns-json', 'zstd', target);
    expect(gaps).toEqual(hosts.map((host) => `${host} ${unread} it is packed as zstd`));
  });

  it.each([
    ['a message for HTTPS records', posted(65), ['shop.example']],
    ['a message for addresses', posted(1), []],
    ['half a message', posted(65).subarray(0, 15), ['null']],
    ['nothing', Buffer.alloc(0), ['null']],
  ])('leaves the name in doubt that was asked for in a POST: %s', async (_, post, hosts) => {
    const { gaps } = await ask(sent, 'application/dns-message', 'zstd', '/dns-query', post);
    expect(gaps).toEqual(hosts.map((host) => `${host} ${unread} it is packed as zstd`));
  });

  it('is noted when it is longer than a DNS message can be, and passes', async () => {
    const long = Buffer.concat([sent, Buffer.alloc(70_000, 'x')]);
    const { body, gaps } = await ask(long, 'application/dns-message', null);
    expect(body.subarray(0, sent.length)).toEqual(sent);
    expect(gaps).toEqual([`null ${unread} it is longer than a DNS message`]);
  });

  it.each([
    ['/resolve?name=shop.example&type=65', true],
    ['/dns-query?ct=x&name=shop.example', true],
    ['/v1/items?name=shop.example', false],
    ['/resolve?names=shop.example', false],
    ['/resolver?name=shop.example', false],
  ])('in JSON of no special type is known by the question: %s', async (target, isDns) => {
    const passed = isDns ? json('1 . alpn=h0') : json('1 . alpn=h3');
    const got = await ask(json('1 . alpn=h3'), 'application/json; charset=UTF-8', null, target);
    expect(got).toEqual({ body: passed, kept: json('1 . alpn=h3'), gaps: isDns ? [told] : [] });
  });
});
