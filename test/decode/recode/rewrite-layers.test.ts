import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import lzString from 'lz-string';
import { describe, expect, it } from 'vitest';
import type { BodyDescription } from '../../../src/decode/decode-body.ts';
import { rewriteLayers } from '../../../src/decode/recode/rewrite-layers.ts';
import { decode, UNDESCRIBED } from '../decoding.ts';

const VALUE = '867532051234567';
const NEW = '923614875023461';
const json = JSON.stringify({ v: VALUE, after: 'kept as it was' });
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

type Row = readonly [name: string, body: string | Buffer, about?: Partial<BodyDescription>];

/** Zstandard, stored: what `zstd --no-compress` would write. */
function zstd(text: string): Buffer {
  const head = Buffer.from(`28b52ffd20${text.length.toString(16).padStart(2, '0')}`, 'hex');
  const block = Buffer.alloc(3);
  block.writeUIntLE(text.length * 8 + 1, 0, 3);
  return Buffer.concat([head, block, Buffer.from(text)]);
}

const KEPT: readonly Row[] = [
  ['JSON', json],
  ['a value twice', JSON.stringify({ a: VALUE, b: [VALUE] })],
  ['gzip', gzipSync(json), { contentEncodings: ['gzip'] }],
  ['gzip in brotli', brotliCompressSync(gzipSync(json)), { contentEncodings: ['gzip', 'br'] }],
  ['deflate', deflateSync(json), { contentEncodings: ['deflate'] }],
  ['raw deflate', deflateRawSync(json), { contentEncodings: ['deflate'] }],
  ['zstd', zstd(json), { contentEncodings: ['zstd'] }],
  ['base64 in JSON', JSON.stringify({ d: base64(json), after: VALUE })],
  ['base64 in lines', `d:\n${base64(json + json).replace(/.{40}/g, '$&\n')}`.slice(3)],
  ['base64url in a form', `d=${Buffer.from(`${json}??>`).toString('base64url')}&after=1`],
  ['base64 of gzip in a form', `d=${encodeURIComponent(base64(gzipSync(json)))}&after=${VALUE}`],
  ['hex of gzip in JSON', JSON.stringify({ d: gzipSync(json).toString('hex').toUpperCase(), after: VALUE })],
  ['bytes one by one', JSON.stringify({ d: [...Buffer.from(VALUE)], after: VALUE })],
  [
    'bytes one by one in hex',
    JSON.stringify({ d: `0x${Buffer.from(VALUE).toString('hex').match(/../g)?.join(',0x')}` }),
  ],
  ['percent codes', `d=${encodeURIComponent(json)}&v=${VALUE}`],
  ['percent codes twice', `d=${encodeURIComponent(encodeURIComponent(json))}&after=1`],
  ['every digit percent-coded', `d=${VALUE.replace(/./g, (digit) => `%3${digit}`)}&after=1`],
  ['JSON in JSON', JSON.stringify({ d: json, after: VALUE })],
  ['JSON in JSON in JSON', JSON.stringify({ d: JSON.stringify({ e: json }), after: 1 })],
  ['backslash escapes', `{"d":"${VALUE.replace(/./g, (digit) => `\\u003${digit}`)}","after":"小米"}`],
  ['entities', `<a><d>${VALUE.replace(/5/g, '&#53;')}</d><after>x &amp; y</after></a>`],
  ['JSONP', `callback(${json});`],
  ['a data URL', JSON.stringify({ d: `data:application/json;base64,${base64(json)}` })],
  ['UTF-16', utf16(json)],
  ['UTF-16, big endian', utf16(json).swap16()],
  [
    'a JSON web token',
    JSON.stringify({ d: `${base64('{"alg":"none"}').replace(/=/g, '')}.${base64(json).replace(/=/g, '')}.c2ln` }),
  ],
  ['multipart', `--xx\r\nContent-Disposition: form-data; name="f"\r\n\r\n${gzipBase64()}\r\n--xx--\r\n`],
];

function gzipBase64(): string {
  return base64(gzipSync(json));
}

describe('rewriteLayers', () => {
  it.each(KEPT)('%s: decodes to the same with other values in it', (...row) => {
    const [, body, about = {}] = row as unknown as Row;
    const before = decode(Buffer.from(body), { ...UNDESCRIBED, ...about }).layers;
    const spans = before.flatMap(({ bytes }, layer) =>
      occurrences(bytes)
        .filter(
          (at) =>
            !before.some(
              ({ parent, parentStart, parentEnd }) => parent === layer && parentStart <= at && at < parentEnd,
            ),
        )
        .map((start) => ({ layer, start, end: start + VALUE.length })),
    );
    expect(spans.length).toBeGreaterThan(0);
    const rewritten = rewriteLayers(before, spans, () => Buffer.from(NEW));
    expect(rewritten?.blanked).toEqual([]);
    const after = decode(Buffer.from(rewritten?.bytes ?? []), { ...UNDESCRIBED, ...about }).layers;
    expect(after.map(({ chain }) => chain)).toEqual(before.map(({ chain }) => chain));
    for (const { layer, start } of spans) {
      const at = rewritten?.moved(layer, start) as number;
      expect(Buffer.from(after[layer]?.bytes.subarray(at, at + NEW.length) ?? []).toString()).toBe(NEW);
      expect(occurrences(after[layer]?.bytes as Uint8Array)).toEqual([]);
    }
    const innermost = (layers: typeof before) => Buffer.from(layers.at(-1)?.bytes ?? []).toString();
    expect(innermost(after)).toBe(innermost(before).replaceAll(VALUE, NEW));
  });

  it('blanks what it cannot write, and keeps everything around where it was', () => {
    const packed = lzString.compressToBase64(json);
    const body = JSON.stringify({ d: packed, after: VALUE });
    const { layers } = decode(Buffer.from(body), UNDESCRIBED);
    const inner = layers.findIndex(({ chain }) => chain.at(-1) === 'lz-string');
    const start = occurrences(layers[inner]?.bytes as Uint8Array)[0] as number;
    const rewritten = rewriteLayers(layers, [{ layer: inner, start, end: start + VALUE.length }], () =>
      Buffer.from(NEW),
    );
    expect(rewritten?.blanked).toEqual([inner]);
    expect(Buffer.from(rewritten?.bytes ?? []).toString()).toBe(body.replace(packed, 'x'.repeat(packed.length)));
  });

  it('gives up a body that is nothing but such a coding', () => {
    const { layers } = decode(Buffer.from(lzString.compressToBase64(json)), UNDESCRIBED);
    expect(layers.length).toBeGreaterThan(1);
    expect(rewriteLayers(layers, [{ layer: 1, start: 6, end: 21 }], () => Buffer.from(NEW))).toBeNull();
  });

  it.each(['tencent-mta/rc4', 'umeng/xor'])('writes %s again without its key', (step) => {
    const coded = (text: string) => Buffer.from(text).map((byte, at) => byte ^ ((at * 37 + 11) & 255));
    const was = Buffer.from(json);
    const root = { chain: [], bytes: coded(json), fields: [], parent: -1, parentStart: 0, parentEnd: was.length };
    const inner = { ...root, chain: [step], bytes: was, parent: 0 };
    const start = json.indexOf(VALUE);
    const done = rewriteLayers([root, inner], [{ layer: 1, start, end: start + VALUE.length }], () => Buffer.from(NEW));
    expect(Buffer.from(done?.bytes ?? [])).toEqual(coded(json.replace(VALUE, NEW)));
    expect(done?.blanked).toEqual([]);
  });

  it('takes spans that overlap as one', () => {
    const { layers } = decode(Buffer.from(VALUE), UNDESCRIBED);
    const seen: string[] = [];
    rewriteLayers(
      layers,
      [
        { layer: 0, start: 0, end: 8 },
        { layer: 0, start: 4, end: 15 },
      ],
      (bytes) => {
        seen.push(Buffer.from(bytes).toString());
        return bytes;
      },
    );
    expect(seen.at(-1)).toBe(VALUE);
  });
});

function occurrences(bytes: Uint8Array): number[] {
  const found: number[] = [];
  const buffer = Buffer.from(bytes);
  for (let at = buffer.indexOf(VALUE); at >= 0; at = buffer.indexOf(VALUE, at + 1)) found.push(at);
  return found;
}
