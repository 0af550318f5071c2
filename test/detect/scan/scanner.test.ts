import { describe, expect, it } from 'vitest';
import { naiveHits, randomCase } from '../../../bench/scan-cases.ts';
import { random } from '../../../bench/scan-corpus.ts';
import { bytePatterns } from '../../../src/detect/scan/byte-patterns.ts';
import { makeJsKernels } from '../../../src/detect/scan/js-kernel.ts';
import { Scanner } from '../../../src/detect/scan/scanner.ts';
import { makeWasmKernels } from '../../../src/detect/scan/wasm-kernel.ts';

const kernels = [
  ['js', makeJsKernels],
  ['wasm', makeWasmKernels],
] as const;

function find(scanner: Scanner, chunks: readonly Uint8Array[]): string[] {
  const found: string[] = [];
  const stream = scanner.open((pattern, start, bytes, from) => found.push(`${pattern}@${start}=${bytes[from]}`));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return found.sort();
}

const text = (value: string) => Buffer.from(value, 'latin1');

describe.each(kernels)('Scanner on the %s kernel', (_, makeKernels) => {
  it.each([
    // patterns, input, hits
    [['abcdefghi'], 'abcdefghi', ['0@0=97']],
    [['abcdefghi'], 'xxabcdefghiyy', ['0@2=97']],
    [['abcdefghi'], 'abcdefgh', []],
    [['abcd', 'abcdefghi', 'bcde'], 'zabcdefghiz', ['0@1=97', '1@1=97', '2@2=98']],
    [['aaaa'], 'aaaaaa', ['0@0=97', '0@1=97', '0@2=97']],
    [['aaaaaaaaa'], 'aaaaaaaaaaa', ['0@0=97', '0@1=97', '0@2=97']],
    [['same pattern', 'same pattern'], 'same pattern', ['0@0=115', '1@0=115']],
    [[], 'anything', []],
    [
      ['pattern of more than sixteen bytes', 'pattern of'],
      'a pattern of more than sixteen bytes.',
      ['0@2=112', '1@2=112'],
    ],
  ])('finds %j in %j', (patterns, input, hits) => {
    const scanner = new Scanner(bytePatterns(patterns.map(text)), undefined, makeKernels);
    expect(find(scanner, [text(input)])).toEqual(hits);
    const whole: string[] = [];
    scanner.searchWhole(text(input), (pattern, start, bytes, from) => whole.push(`${pattern}@${start}=${bytes[from]}`));
    expect(whole.sort()).toEqual(hits);
  });

  it('refuses patterns too short to scan for', () => {
    expect(() => new Scanner(bytePatterns([text('abc')]), undefined, makeKernels)).toThrow(RangeError);
  });

  it('finds the same hits wherever the stream is cut', () => {
    const patterns = [
      '867532051234567',
      'a4:50:46:1b:2c:3d',
      '9f8e7d6c5b4a3921',
      'abcd',
      '12345678',
      '0'.repeat(130),
    ].map(text);
    const scanner = new Scanner(bytePatterns(patterns), undefined, makeKernels);
    const input = text(
      `{"imei":"867532051234567","m":"a4:50:46:1b:2c:3d","id":"9f8e7d6c5b4a3921abcd12345678${'0'.repeat(131)}abcd"}`,
    );
    const expected = naiveHits(patterns, input).map(({ pattern, start }) => `${pattern}@${start}=${input[start]}`);
    expect(expected).toHaveLength(8);
    for (let cut = 0; cut <= input.length; cut++) {
      expect(find(scanner, [input.subarray(0, cut), input.subarray(cut)]), `cut at ${cut}`).toEqual(expected.sort());
    }
    expect(
      find(
        scanner,
        [...input].map((byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(expected.sort());
  });

  it('agrees with a naive search on random patterns, inputs and cuts', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const { patterns, input, chunks } = randomCase(random(seed));
      const expected = naiveHits(patterns, input).map(({ pattern, start }) => `${pattern}@${start}=${input[start]}`);
      expect(find(new Scanner(bytePatterns(patterns), undefined, makeKernels), chunks), `seed ${seed}`).toEqual(
        expected.sort(),
      );
    }
  });

  it('finds text between other bytes, wherever it stands', () => {
    const patterns = ['\t23456789', 'fifteen bytes..', '1\0' + '2\0' + '3\0' + '4\0' + '5\0' + '6\0' + '7\0' + '8'].map(
      text,
    );
    const scanner = new Scanner(bytePatterns(patterns), undefined, makeKernels);
    for (let at = 0; at < 200; at++) {
      const input = Buffer.alloc(400, 0x80 + at);
      for (const [number, pattern] of patterns.entries()) pattern.copy(input, at + 50 * number);
      const expected = patterns.map((pattern, number) => `${number}@${at + 50 * number}=${pattern[0]}`);
      expect(find(scanner, [input]), `at ${at}`).toEqual(expected);
      const whole: string[] = [];
      scanner.searchWhole(input, (pattern, start, bytes, from) => whole.push(`${pattern}@${start}=${bytes[from]}`));
      expect(whole.sort()).toEqual(expected);
    }
  });

  it('finds more hits in a block than its buffer holds', () => {
    const scanner = new Scanner(bytePatterns([text('zzzz'), text('zzzzzzzzz')]), undefined, makeKernels);
    const input = Buffer.alloc(200_000, 'z');
    expect(find(scanner, [input])).toHaveLength(200_000 - 3 + (200_000 - 8));
    expect(find(scanner, [Buffer.from('\xff', 'latin1'), input])).toHaveLength(200_000 - 3 + (200_000 - 8));
    const others = Buffer.alloc(60_000, '\xff', 'latin1');
    for (let at = 0; at < others.length; at += 10) others.write('zzzzzzzzz', at, 'latin1');
    expect(find(scanner, [others])).toHaveLength(7 * 6_000);
  });

  it('finds patterns that differ only beyond the offsets that it can note', () => {
    const others = Array.from({ length: 2 ** 17 }, (_, number) =>
      text(`other-${number.toString(36).padStart(9, '0')}`),
    );
    const alike = ['one', 'two'].map((end) => text('x'.repeat(36_000) + end.repeat(4_000)));
    const scanner = new Scanner(bytePatterns([...others, ...alike]), undefined, makeKernels);
    expect(find(scanner, [text('>'), ...alike.slice(1)])).toEqual([`${2 ** 17 + 1}@1=120`]);
  });

  it('gives the bytes around a hit, as far as the stream has them', () => {
    const input = text(`${'-'.repeat(70_000)}<<0123456789abcdef>>${'-'.repeat(70_000)}`);
    const scanner = new Scanner(bytePatterns([text('0123456789abcdef')]), undefined, makeKernels);
    const seen: string[] = [];
    const stream = scanner.open((_pattern, _start, bytes, from, low, high) => {
      expect(from - low).toBeGreaterThanOrEqual(16);
      expect(high - from - 16).toBeGreaterThanOrEqual(16);
      seen.push(Buffer.from(bytes.subarray(from - 2, from + 18)).toString('latin1'));
    });
    for (let at = 0; at < input.length; at += 997) stream.write(input.subarray(at, at + 997));
    stream.end();
    expect(seen).toEqual(['<<0123456789abcdef>>']);
  });
});
