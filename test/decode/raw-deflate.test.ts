import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mayBeDeflate, mayBeRawDeflate } from '../../src/decode/codings/raw-deflate.ts';

const TEXTS = [
  'a',
  '{"imei":"867532051234569"}',
  '\n\t x',
  '中文内容',
  'é',
  'hello '.repeat(500),
  JSON.stringify(Array.from({ length: 900 }, (_, i) => i * 7919)),
];

describe('mayBeRawDeflate', () => {
  it.each(
    TEXTS.flatMap((text) =>
      [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY].flatMap((strategy) =>
        [0, 1, 6, 9].map((level) => [text.slice(0, 20), level, strategy, text] as const),
      ),
    ),
  )('never refuses what zlib makes of %j at level %i, strategy %i', (_, level, strategy, text) => {
    expect(mayBeRawDeflate(deflateRawSync(text, { level, strategy }))).toBe(true);
  });

  it('refuses most random bytes, and none that unpack', () => {
    let kept = 0;
    const runs = 4_000;
    for (let run = 0; run < runs; run += 1) {
      const bytes = randomBytes(24);
      const may = mayBeRawDeflate(bytes);
      if (may) kept += 1;
      else expect(unpackedText(bytes), bytes.toString('hex')).toBeNull();
    }
    expect(kept).toBeLessThan(runs * 0.2);
  });

  it.each([[Buffer.alloc(0)], [Buffer.from([0])], [Buffer.from([7])]])('refuses %j', (bytes) => {
    expect(mayBeRawDeflate(bytes)).toBe(false);
  });
});

describe('mayBeDeflate', () => {
  it('never refuses what zlib makes of any bytes', () => {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY]) {
      for (const level of [0, 1, 6, 9]) {
        for (let size = 0; size < 40; size += 1) {
          const packed = deflateRawSync(randomBytes(size), { level, strategy });
          if (size > 0 || packed.length >= 5) expect(mayBeDeflate(packed), packed.toString('hex')).toBe(true);
        }
      }
    }
  });

  it('refuses half of random bytes and more, and none of which zlib unpacks a byte', () => {
    let kept = 0;
    const runs = 4_000;
    for (let run = 0; run < runs; run += 1) {
      const bytes = randomBytes(24);
      if (mayBeDeflate(bytes)) kept += 1;
      else expect(firstBytes(bytes), bytes.toString('hex')).toBe(0);
    }
    expect(kept).toBeLessThan(runs * 0.5);
  });
});

/** How many bytes zlib gives of the longest prefix that it reads without an error. */
function firstBytes(bytes: Buffer): number {
  for (let length = bytes.length; length > 0; length -= 1) {
    const zlib = Buffer.concat([Buffer.from([0x78, 0x9c]), bytes.subarray(0, length)]);
    try {
      return inflateSync(zlib, { finishFlush: constants.Z_SYNC_FLUSH }).length;
    } catch {
      // Shorter, then.
    }
  }
  return 0;
}

/** What zlib makes of bytes that are a whole stream and text; null else. */
function unpackedText(bytes: Buffer): string | null {
  try {
    const text = inflateRawSync(bytes).toString('utf8');
    const isText = [...text].every((character) => character >= ' ' || '\t\n\r'.includes(character));
    return text === '' || !isText || text.includes('\ufffd') ? null : text;
  } catch {
    return null;
  }
}
