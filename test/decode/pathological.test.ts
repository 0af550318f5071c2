import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/model/limits.ts';
import { decode } from './decoding.ts';
import { brokenRules } from './hostile.ts';

/** Much more than any of these takes alone, and much less than something quadratic would. */
const MILLISECONDS_MAX = 5_000;
const BYTES = 1_000_000;

describe('a body made to be slow', () => {
  it.each([
    ...[
      '[',
      '{"a":',
      '{"a":[',
      '"\\',
      '{"a":"\\u0041",',
      '<a>',
      '<script>',
      '<a b="',
      '<![CDATA[',
      '<!--',
      '&#1',
      '&amp;',
      '%25',
      '%',
    ],
    ...[
      'a=1&',
      'a=',
      '##a=',
      'eyJhIjoxfQ.',
      'A',
      'ab',
      'QUJD',
      'abcdefghijklmnopqrstuvwxyz ',
      '--b\r\n',
      '--b\r\nA: b\r\n\r\n',
      '?a=',
      '/',
    ],
    ...[
      'PK\x03\x04',
      'PK\x05\x06',
      '\x0a\x80',
      '\x0a\x7f',
      '\x0a\x02',
      '\x12\x00',
      '\x81',
      '\x91',
      '\xde\xff',
      '\x9f',
      '\x5f\x41',
      '\x18\x01',
    ],
    ...[
      '\x00\x00\x00\x00\x01a',
      '\x1f\x8b\x08',
      '\x78\x9c',
      '\x28\xb5\x2f\xfd',
      '\xff\xfe',
      '\x00a',
      'a\x00',
      '\xd6\xd0',
      '{\x22\xd6\xd0',
    ],
  ])('of %j does not hang', (atom) => {
    const body = Buffer.alloc(BYTES, Buffer.from(atom, 'latin1'));
    const start = performance.now();
    const decoded = decode(body);
    const taken = performance.now() - start;
    expect(brokenRules(decoded, body, DEFAULT_LIMITS)).toEqual([]);
    expect(taken).toBeLessThan(MILLISECONDS_MAX);
  });

  it('of 10 MB that unpack to 10 GB gives its beginning in bounded time and memory', () => {
    const member = gzipSync(Buffer.alloc(100_000_000), { level: 9 });
    const bomb = Buffer.concat(Array.from({ length: 103 }, () => member));
    expect(bomb.length).toBeGreaterThan(9_900_000);
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const decoded = decode(bomb, { contentEncodings: ['gzip'] }, { decodedInputBytesMax: bomb.length });
    expect(performance.now() - start).toBeLessThan(DEFAULT_LIMITS.decodeMsMax + 5_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 2 ** 20);
    expect(decoded.layers[1]?.bytes.length).toBeGreaterThan(DEFAULT_LIMITS.decodedBytesMax * 0.8);
    expect(decoded.layers[1]?.bytes.length).toBeLessThanOrEqual(DEFAULT_LIMITS.decodedBytesMax);
    // On a busy machine the time may be up, too, before the zeros were looked at.
    expect(decoded.gaps[0]).toMatchObject({ kind: 'limit-decoded-bytes', at: ['gzip'] });
    expect(decoded.gaps.slice(1).filter(({ kind }) => kind !== 'limit-time')).toEqual([]);
  });
});
