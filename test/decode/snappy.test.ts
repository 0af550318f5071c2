import { describe, expect, it } from 'vitest';
import { unpackSnappy } from '../../src/decode/codings/snappy.ts';

const unpacked = (hex: string, bytesMax = 1_000_000) => {
  const bytes = unpackSnappy(Buffer.from(hex, 'hex'), bytesMax);
  return bytes === null ? null : Buffer.from(bytes).toString('latin1');
};
const hexOf = (text: string) => Buffer.from(text).toString('hex');

describe('raw Snappy', () => {
  it.each([
    ['a literal', `05${'10'}${hexOf('hello')}`, 'hello'],
    ['a literal of a length in one more byte', `46f045${hexOf('x'.repeat(70))}`, 'x'.repeat(70)],
    ['a short copy', `0808${hexOf('abc')}0503`, 'abcabcab'],
    ['a copy of itself', `0a00${hexOf('z')}220100`, 'z'.repeat(10)],
    ['a copy from far back', `0808${hexOf('abc')}1303000000`, 'abcabcab'],
  ])('opens %s', (_, hex, text) => {
    expect(unpacked(hex)).toBe(text);
  });

  it.each([
    ['nothing', ''],
    ['a length without an end', 'ffffffffff'],
    ['a literal longer than what is there', `05fcffffff0f${hexOf('hello')}`],
    ['a literal longer than the result', `0310${hexOf('hello')}`],
    ['a copy from before the beginning', `0800${hexOf('a')}0504`],
    ['a copy from nowhere', `0500${hexOf('a')}0100`],
    ['less than it says', `0610${hexOf('hello')}`],
  ])('refuses %s', (_, hex) => {
    expect(unpacked(hex)).toBeNull();
  });

  it('makes no more than it is allowed', () => {
    expect(unpacked(`05${'10'}${hexOf('hello')}`, 5)).toBe('hello');
    expect(unpacked(`05${'10'}${hexOf('hello')}`, 4)).toBeNull();
  });

  it('costs no more than its bytes and its limit, whatever lengths it speaks of', () => {
    const hostile = Buffer.from(
      'RPw9VWGWB1i+E8ZICqD6UhYeEllBWUNNTE5ISUtOSklIT05NTFlXURYaGFlBWRpPQU5LQU9NQUoZQUkYQUgfWQYG',
      'base64',
    );
    expect(unpackSnappy(hostile, 2_000_000)).toBeNull();
  });
});
