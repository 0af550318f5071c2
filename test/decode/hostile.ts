import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { encode as encodeMessagePack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cborg';
import lzString from 'lz-string';
import type { BodyDescription } from '../../src/decode/decode-body.ts';
import type { DecodedBody } from '../../src/model/layer.ts';
import type { AuditLimits } from '../../src/model/limits.ts';

const DOCUMENT = {
  header: { imei: '867532051234567', mac: 'a4:50:46:1b:2c:3d', 型号: '红米' },
  list: [1, -2.5, null, true],
  list2: [{ a: 'x"y' }],
};
const json = JSON.stringify(DOCUMENT);
const base64 = Buffer.from(json).toString('base64');
const encoded = encodeURIComponent(json);
const token = [`{"alg":"none"}`, json].map((part) => Buffer.from(part).toString('base64url')).join('.');
const protobuf = Buffer.concat([
  Buffer.from([0x0a, 15]),
  Buffer.from('867532051234567'),
  Buffer.from([0x12, 4, 0x08, 0x96, 0x01, 0x10, 0x1d, 1, 2, 3, 4]),
]);

interface Seed {
  readonly name: string;
  readonly body: Uint8Array;
  readonly about: Partial<BodyDescription>;
}

function seed(name: string, body: string | Uint8Array, about: Partial<BodyDescription> = {}): Seed {
  return { name, body: typeof body === 'string' ? Buffer.from(body) : body, about };
}

function frame(flags: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([flags, 0, 0, content.length >> 8, content.length & 0xff]), content]);
}

/** One body in each form that is opened, to be damaged. */
const pairs = Buffer.from(json).toString('hex').match(/../g) as string[];

export const SEEDS: readonly Seed[] = [
  seed('json', json, { contentType: 'application/json' }),
  seed('gzip', gzipSync(json), { contentEncodings: ['gzip'] }),
  seed('deflate', deflateSync(json), { contentEncodings: ['deflate'] }),
  seed('raw deflate', deflateRawSync(json)),
  seed('br', brotliCompressSync(json), { contentEncodings: ['br'] }),
  seed('two codings', brotliCompressSync(gzipSync(json)), { contentEncodings: ['gzip', 'br'] }),
  // `zstd` of the program of that name over {"a":"867532051234567"}
  seed('zstd', Buffer.from('KLUv/SQXuQAAeyJhIjoiODY3NTMyMDUxMjM0NTY3In00Nf5u', 'base64'), {
    contentEncodings: ['zstd'],
  }),
  seed(
    'form',
    `a=1&a=2&data=${encodeURIComponent(base64)}&j=${encoded}&u=http%3A%2F%2Fx%2F%3Fq%3D${encodeURIComponent(encoded)}`,
    {
      contentType: 'application/x-www-form-urlencoded',
    },
  ),
  seed(
    'json in json',
    JSON.stringify({ a: json, b: base64, c: [base64, base64], d: gzipSync(json).toString('base64') }),
  ),
  seed('parts in json', JSON.stringify({ auth: `Bearer ${token}.sig`, log: `v1:${base64} v2:${base64}` })),
  seed('hex', Buffer.from(json).toString('hex')),
  seed(
    'bytes in json',
    `{"a":[${[...new Int8Array(Buffer.from(json))]}],"b":"${pairs.join(':')}","c":"x [${pairs.join(' ')}] 0x${pairs.join(',0x')}"}`,
  ),
  seed('bytes in lines', [...Buffer.from(json)].join(', ')),
  seed('quoted-printable', `=${pairs.join('=')}`),
  seed('backslashes', `\\x${pairs.join('\\x')} \\101\\102\\103 \\u0041`),
  seed('base64 in lines', `sent:\n${(base64 + base64).replace(/=/g, '').replace(/.{64}(?=.)/g, '$&\n')}\nid_${base64}`),
  seed('blobs between bytes', Buffer.from(`\x7f\x00\x01\xfe${base64}\x00\x02${json}\xff`, 'latin1')),
  seed('lz-string', lzString.compressToBase64(json)),
  seed('jwt', `Bearer ${token}.sig`),
  seed(
    'xml',
    `<?xml version="1.0"?><r a="${base64}"><b c='&lt;&#65;'>x<![CDATA[y]]></b><d>${json.replaceAll('"', '&quot;')}</d></r>`,
  ),
  seed(
    'multipart',
    `--b\r\nContent-Disposition: form-data; name="j"\r\n\r\n${json}\r\n--b\r\nContent-Type: text/plain\r\n\r\nx=1\r\n--b--\r\n`,
    {
      contentType: 'multipart/form-data; boundary=b',
    },
  ),
  seed('pairs', `imei=867532051234567##mac=a4:50:46:1b:2c:3d##d=${base64}`),
  seed('lines', `${json}\n${json}\n`),
  seed('protobuf', protobuf, { contentType: 'application/x-protobuf' }),
  seed('grpc', Buffer.concat([frame(0, protobuf), frame(1, gzipSync(protobuf))]), { contentType: 'application/grpc' }),
  seed('msgpack', encodeMessagePack(DOCUMENT)),
  seed('cbor', encodeCbor(DOCUMENT)),
  seed('utf-16', Buffer.from(json, 'utf16le')),
  seed('gbk', Buffer.from('7b22a1a1d0d5c3fb223a22d5c5c8fdb7e1b5c4cad6bbfac9cfb5c4b1e0bac5227d', 'hex')),
  seed(
    'zip',
    Buffer.from(
      'UEsDBBQAAAAIAAAAIQCCQQ0aGQAAABcAAAABAAAAYatWSlSyUrIwMzc1NjIwNTQyNjE1U6oFAFBLAQIUAxQAAAAIAAAAIQCCQQ0aGQAAABcAAAABAAAAAAAAAAAAAACAAQAAAABhUEsFBgAAAAABAAEALwAAADgAAAAAAA==',
      'base64',
    ),
  ),
];

/** What a result breaks of the rules that hold for every input; empty when nothing. */
export function brokenRules(decoded: DecodedBody, body: Uint8Array, limits: Partial<AuditLimits>): string[] {
  const broken: string[] = [];
  const { layersMax = 0, fieldsMax = 0, decodedBytesMax = 0 } = limits;
  const inner = decoded.layers.slice(1);
  const unpacked = inner.reduce((sum, layer) => sum + layer.bytes.length, 0);
  const fields = decoded.layers.reduce((sum, layer) => sum + layer.fields.length, 0);
  if (!Buffer.from(decoded.layers[0]?.bytes ?? []).equals(body)) broken.push('the first layer is not the body as sent');
  if (decoded.layers.length > layersMax) broken.push(`${decoded.layers.length} layers`);
  if (fields > fieldsMax) broken.push(`${fields} fields`);
  if (unpacked > decodedBytesMax) broken.push(`${unpacked} bytes`);
  inner.forEach((layer, at) => {
    const parent = decoded.layers[layer.parent];
    if (parent === undefined || layer.parent > at) broken.push(`layer ${at + 1} comes before its parent`);
    else if (layer.parentStart < 0 || layer.parentStart > layer.parentEnd || layer.parentEnd > parent.bytes.length) {
      broken.push(`layer ${at + 1} is of ${layer.parentStart}–${layer.parentEnd} of ${parent.bytes.length} bytes`);
    } else if (!parent.chain.every((step, number) => step === layer.chain[number])) {
      broken.push(`layer ${at + 1} does not go on with its parent's chain`);
    }
  });
  for (const layer of decoded.layers) {
    let before = 0;
    for (const { path, start, end } of layer.fields) {
      if (start < 0 || start > end || end > layer.bytes.length) broken.push(`${path} at ${start}–${end}`);
      if (start < before) broken.push(`${path} at ${start} comes after a field at ${before}`);
      before = start;
    }
  }
  return broken;
}

/** Damages bytes in the ways that find bugs; the same seed gives the same damage. */
export class Mutator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  mutate(bytes: Uint8Array): Uint8Array {
    let mutated = Buffer.from(bytes);
    for (let turns = 1 + this.#below(4); turns > 0; turns--) mutated = this.#once(mutated);
    return mutated;
  }

  #once(bytes: Buffer): Buffer<ArrayBuffer> {
    const copy = Buffer.from(bytes);
    const at = this.#below(copy.length + 1);
    const to = Math.min(copy.length, at + 1 + this.#below(12));
    switch (this.#below(6)) {
      case 0:
        if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << this.#below(8));
        return copy;
      case 1:
        return Buffer.from(copy.subarray(0, at));
      case 2:
        return Buffer.concat([copy.subarray(0, at), copy.subarray(to)]);
      case 3:
        return Buffer.concat([copy.subarray(0, to), copy.subarray(at)]);
      case 4:
        return Buffer.concat([
          copy.subarray(0, at),
          Buffer.from(EXTREMES[this.#below(EXTREMES.length)] as string, 'latin1'),
          copy.subarray(at),
        ]);
      default:
        for (let each = at; each < to; each++) copy[each] = this.#below(256);
        return copy;
    }
  }

  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}

/** Lengths and signs that parsers trip over. */
const EXTREMES = [
  '\xff\xff\xff\xff',
  '\x00\x00\x00\x00',
  '\x7f\xff\xff\xff',
  '\x80',
  '%',
  '\\',
  '"',
  '{',
  '[[[[',
  '&',
  '<',
  '=',
  '\x1f\x8b\x08',
  'PK\x03\x04',
  '--b',
];
