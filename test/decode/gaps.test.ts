import { createCipheriv, createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { BodyDescription } from '../../src/decode/decode-body.ts';
import type { AuditLimits } from '../../src/model/limits.ts';
import { decode } from './decoding.ts';

/** Bytes without any pattern, the same in every run. */
function noise(length: number, seed = 'seed'): Buffer {
  const cipher = createCipheriv('aes-128-ctr', createHash('md5').update(seed).digest(), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

function encrypted(text: string): Buffer {
  const cipher = createCipheriv('aes-128-cbc', Buffer.alloc(16, 7), Buffer.alloc(16, 9));
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

const DOCUMENT = JSON.stringify({ header: { imei: '867532051234567', mac: 'a4:50:46:1b:2c:3d' }, list: [1, 2, 3] });
const nested = (depth: number): string => (depth === 0 ? DOCUMENT : Buffer.from(nested(depth - 1)).toString('base64'));

type Case = readonly [
  kind: string,
  at: string,
  body: string | Uint8Array,
  about: Partial<BodyDescription>,
  limits: Partial<AuditLimits>,
];

describe('a gap', () => {
  it.each<Case>([
    ['body-cut', 'gzip', gzipSync(DOCUMENT).subarray(0, 40), { contentEncodings: ['gzip'] }, {}],
    ['body-cut', 'json', DOCUMENT.slice(0, 60), { contentType: 'application/json', whole: false }, {}],
    [
      'decode-failed',
      'gzip',
      Buffer.concat([gzipSync(DOCUMENT), Buffer.from('tail')]),
      { contentEncodings: ['gzip'] },
      {},
    ],
    ['decode-failed', 'json', '{"a":1,"b":2,"c":3,oops}', { contentType: 'application/json' }, {}],
    ['limit-body-bytes', '', DOCUMENT, {}, { decodedInputBytesMax: 50 }],
    [
      'limit-decoded-bytes',
      'gzip',
      gzipSync(Buffer.alloc(100_000)),
      { contentEncodings: ['gzip'] },
      { decodedBytesMax: 5_000 },
    ],
    ['limit-depth', 'base64 base64 base64', nested(6), {}, { depthMax: 3 }],
    ['limit-depth', 'json', `${'['.repeat(600)}1${']'.repeat(600)}`, {}, {}],
    ['limit-time', 'gzip', gzipSync(DOCUMENT), { contentEncodings: ['gzip'] }, { decodeMsMax: -1 }],
    ['limit-fields', '', DOCUMENT, {}, { fieldsMax: 3 }],
    ['limit-layers', '', JSON.stringify(Array.from({ length: 9 }, () => nested(1))), {}, { layersMax: 5 }],
    ['limit-layers', '', `${'wordsOfTwentyLetters, '.repeat(1_001)}.`, {}, {}],
    ['limit-layers', '', `${'at 1,2,3,4,5,6; '.repeat(1_001)}.`, {}, {}],
    ['limit-layers', '', Buffer.from('\x01\x00words of sixteen \x02'.repeat(257), 'latin1'), {}, {}],
    ['coding-unknown', '', noise(500), { contentEncodings: ['xgzip'] }, {}],
    ['coding-unknown', '', Buffer.concat([Buffer.from("7z\xbc\xaf'\x1c", 'latin1'), noise(400)]), {}, {}],
    ['opaque-body', '', noise(300), { contentType: 'application/octet-stream' }, {}],
    ['opaque-body', '', encrypted(DOCUMENT), {}, {}],
    ['opaque-body', '', Buffer.from(DOCUMENT).map((byte, at) => byte ^ (0x91 + (at % 7))), {}, {}],
    ['opaque-body', '', noise(5_000), { contentType: 'image/png' }, {}],
    ['opaque-body', '', noise(16), { contentType: 'application/octet-stream' }, {}],
    ['opaque-body', '', noise(32), { contentType: 'application/json' }, {}],
    ['opaque-body', 'json:data base64', JSON.stringify({ data: noise(32).toString('base64') }), {}, {}],
    ['opaque-body', 'hex', noise(48).toString('hex'), {}, {}],
    ['opaque-body', 'gzip', gzipSync(noise(4_000)), { contentEncodings: ['gzip'] }, {}],
    ['opaque-body', 'base64', encrypted(DOCUMENT).toString('base64'), { contentType: 'text/plain' }, {}],
    [
      'opaque-body',
      'form:data base64',
      `v=1&data=${encodeURIComponent(encrypted(DOCUMENT).toString('base64'))}`,
      {},
      {},
    ],
    [
      'opaque-body',
      'json:message base64',
      JSON.stringify({ message: encrypted(DOCUMENT).toString('base64'), v: 1 }),
      {},
      {},
    ],
    ['opaque-body', 'hex', encrypted(DOCUMENT).toString('hex'), {}, {}],
  ])('%s says that %j was not read', (kind, at, body, about, limits) => {
    const decoded = decode(body, about, limits);
    expect(decoded.gaps.map((gap) => [gap.kind, gap.at.join(' ')])).toContainEqual([kind, at]);
    expect(decoded.layers[0]?.chain).toEqual([]);
  });

  it.each<readonly [string, string | Uint8Array, string | null]>([
    ['a picture', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), noise(4000)]), 'image/png'],
    ['a picture without a type', Buffer.concat([Buffer.from('\xff\xd8\xff\xe0', 'latin1'), noise(4000)]), null],
    ['a piece of a film', noise(4000), 'video/mp2t'],
    ['a piece of a film without a type', noise(1880).map((byte, at) => (at % 188 === 0 ? 0x47 : byte)), null],
    ['an answer about a certificate', noise(470), 'application/ocsp-response'],
    ['a font', Buffer.concat([Buffer.from('wOF2', 'latin1'), noise(4000)]), 'application/octet-stream'],
    [
      'a picture in base64',
      JSON.stringify({ icon: Buffer.concat([Buffer.from('GIF89a'), noise(900)]).toString('base64') }),
      null,
    ],
    ['a few random bytes', noise(15), 'application/octet-stream'],
    ['a beat of the heart', Buffer.from('0100000002000000a1b2c3d400000000', 'hex'), 'application/octet-stream'],
    ['a number of a message', Buffer.from('00000018001000010000000700000001000000000000002a', 'hex'), null],
    [
      'a session token',
      JSON.stringify({ token: noise(48).toString('base64'), user: 'x'.repeat(300), a: [1, 2, 3] }),
      null,
    ],
    ['a signature', JSON.stringify({ sign: noise(256).toString('base64'), text: 'some words '.repeat(60) }), null],
    ['a digest', noise(32).toString('hex'), null],
    ['padding', Buffer.concat([Buffer.from([1, 2, 200, 4]), Buffer.alloc(500)]), 'application/octet-stream'],
    [
      'words in an unknown binary form',
      Buffer.from(
        '\x06\x01\x86\x12com.example.notes\x16\x02\xf0\x0cM2012K11AC\x26\x05Android12\xf7\x91\x02\xc3huawei\x00\xe1\x04\x9cP40Pro\x8a\x03',
        'latin1',
      ),
      null,
    ],
    ['text', 'The quick brown fox jumps over the lazy dog. '.repeat(40), 'text/plain'],
    ['Chinese text', '我们高度重视您的个人信息安全。'.repeat(20), 'text/plain'],
    ['nothing', '', 'application/octet-stream'],
  ])('is not made of %s', (_, body, contentType) => {
    expect(decode(body, { contentType }).gaps).toEqual([]);
  });

  it('comes once for each limit, however often it bites', () => {
    const decoded = decode(JSON.stringify(Array.from({ length: 50 }, () => nested(1))), {}, { layersMax: 10 });
    expect(decoded.layers.length).toBe(10);
    expect(decoded.gaps.map(({ kind }) => kind)).toEqual(['limit-layers']);
  });

  it('of layers that only name fields leaves room for what is coded', () => {
    const links = Array.from({ length: 40 }, (_, n) => `https://a.example/?n=${n}`);
    const decoded = decode(JSON.stringify([...links, nested(1)]), {}, { layersMax: 20 });
    expect(decoded.layers.at(-1)?.chain).toEqual(['json:40', 'base64']);
    expect(decoded.layers.length).toBeLessThan(20);
    expect(decoded.gaps.map(({ kind }) => kind)).toEqual(['limit-layers']);
  });

  it('tells size and entropy of an opaque body, and nothing of its content', () => {
    expect(decode(noise(1000)).gaps).toMatchObject([
      { kind: 'opaque-body', bytesUnread: 1000, detail: '1000 bytes, 7.79 bits a byte' },
    ]);
  });
});
