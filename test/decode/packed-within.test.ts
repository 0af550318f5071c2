import { createHash } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { replayChain } from '../../src/decode/replay.ts';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { decode, layersOf, UNDESCRIBED, wrongSpans } from './decoding.ts';

const DOCUMENT = '{"a":"867532051234567"}';
const GZIP = gzipSync(DOCUMENT);
const ZLIB = deflateSync(DOCUMENT);
/** The `zstd` program's, over the same document. */
const ZSTD = Buffer.from('KLUv/SQXuQAAeyJhIjoiODY3NTMyMDUxMjM0NTY3In00Nf5u', 'base64');
const BOMB = gzipSync(Buffer.alloc(DEFAULT_LIMITS.decodedBytesMax + 1, 'a'));
/** The size of what follows, as many protocols begin. */
const sized = (bytes: Uint8Array) => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
};
/** Bytes like those of a cipher, the same in each run. */
const noise = (length: number, of = 'noise') =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 64) }, (_, number) =>
      createHash('sha512').update(`${of}${number}`).digest(),
    ),
  ).subarray(0, length);
const head = (...bytes: number[]) => Uint8Array.from(bytes);

describe('a packed stream within bytes that nobody can read', () => {
  it.each<[string, Uint8Array[], string[]]>([
    ['behind its length', [sized(GZIP)], ['packed:0 gzip']],
    ['behind a mark, a version and flags', [Buffer.from('LOG1'), head(0, 3, 0xff), ZLIB], ['packed:0 deflate']],
    ['of Zstandard', [head(0xfe, 1, 0, 0), ZSTD], ['packed:0 zstd']],
    ['before bytes of others', [head(1, 2, 0xf0), GZIP, head(0xee, 0xff)], ['packed:0 gzip']],
    ['with a name in its head', [head(0, 0xc0), named(GZIP, 'log.json'), head(0xff)], ['packed:0 gzip']],
    ['one after the other', [sized(GZIP), sized(GZIP)], ['packed:0 gzip', 'packed:1 gzip']],
    ['of both kinds', [sized(ZLIB), sized(GZIP)], ['packed:0 deflate', 'packed:1 gzip']],
    ['far behind what is enciphered', [noise(500), GZIP], ['packed:0 gzip']],
    ['that breaks off', [head(0, 0, 0x80, 9), gzipSync(DOCUMENT.repeat(9)).subarray(0, -9)], ['packed:0 gzip']],
  ])('%s opens, at its place, and its chain leads there again', (_, parts, chains) => {
    const body = Buffer.concat(parts);
    const decoded = decode(body);
    const layers = layersOf(decoded);
    expect(Object.keys(layers)).toEqual(chains);
    for (const chain of chains) {
      expect(layers[chain]).toContain(DOCUMENT);
      const last = replayChain(body, chain.split(' '), UNDESCRIBED, DEFAULT_LIMITS).at(-1);
      expect(Buffer.from(last?.bytes ?? []).toString()).toContain(DOCUMENT);
    }
    expect(wrongSpans(decoded)).toEqual([]);
  });

  it.each<[string, Uint8Array[], string[]]>([
    ['nothing of what was opened whole', [sized(GZIP), head(0xee, 0xff)], []],
    ['what stands before it', [noise(500), GZIP], ['opaque-body 500']],
    ['what stands behind it', [sized(GZIP), noise(300)], ['opaque-body 300']],
    ['all, where a stream has a wrong check sum', [head(0, 1), spoilt(ZLIB), noise(99)], ['opaque-body']],
    ['all, where only the mark stands', [head(0, 1, 0x1f, 0x8b, 8, 0), noise(99)], ['opaque-body']],
    ['the rest of a bomb', [head(0, 1, 2), BOMB], ['limit-decoded-bytes']],
    ['a stream that was cut', [head(0, 0, 0x80, 9), gzipSync(DOCUMENT.repeat(9)).subarray(0, -9)], ['body-cut']],
  ])('makes a gap of %s', (_, parts, gaps) => {
    const found = decode(Buffer.concat(parts)).gaps.map(({ kind, bytesUnread }) => `${kind} ${bytesUnread}`);
    expect(found).toHaveLength(gaps.length);
    gaps.forEach((gap, number) => {
      expect(found[number]).toContain(gap);
    });
  });

  it('is tried so many times only, and that is told', () => {
    const marks = Array.from({ length: 70 }, (_, number) => [head(0x1f, 0x8b, 8, 0), noise(20, `${number}`)]).flat();
    const kinds = decode(Buffer.concat([head(0), ...marks])).gaps.map(({ kind }) => kind);
    expect(kinds).toContain('limit-layers');
    expect(kinds).toContain('opaque-body');
  });
});

/** RFC 1952 with FNAME set. */
function named(gzip: Uint8Array, name: string): Buffer {
  const start = Buffer.from(gzip.subarray(0, 10));
  start[3] = 0x08;
  return Buffer.concat([start, Buffer.from(`${name}\0`), gzip.subarray(10)]);
}

function spoilt(packed: Uint8Array): Buffer {
  const bytes = Buffer.from(packed);
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 0xff;
  return bytes;
}
