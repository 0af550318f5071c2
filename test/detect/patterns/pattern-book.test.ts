import { describe, expect, it } from 'vitest';
import { random } from '../../../bench/scan-corpus.ts';
import type { KnownValue } from '../../../src/detect/patterns/known-value.ts';
import { PatternBook, type PatternFacts } from '../../../src/detect/patterns/pattern-book.ts';
import type { PatternSet } from '../../../src/detect/patterns/pattern-set.ts';
import type { Surface } from '../../../src/detect/patterns/surface.ts';

const IMEI: KnownValue = { dataType: 'imei', valueIndex: 0, value: '867532051234567' };
const SECOND: KnownValue = { dataType: 'imei', valueIndex: 1, value: '867532051234575' };
const SERIAL: KnownValue = { dataType: 'serial_number', valueIndex: 0, value: 'R58M45ABCDE' };

const facts = (transform: string, bits = 64): PatternFacts => ({ transform, valueBytes: 8, bits, token: 'word' });
const surface = (text: string, remainders = 0): Surface => ({
  name: 'text',
  alignment: 0,
  bytes: Buffer.from(text, 'latin1'),
  ...(remainders === 0 ? {} : { remainders }),
});

/** Each pattern on a line: its bytes, its remainders, where it counts, and what it means. */
function told(set: PatternSet): string[] {
  return Array.from({ length: set.size }, (_, number) => {
    const { bytes, remainders, standing, meanings } = set.at(number);
    const said = meanings.map(({ dataType, valueIndex, transform }) => `${dataType}${valueIndex}=${transform}`);
    return `${Buffer.from(bytes).toString('latin1')} ${remainders} ${standing} ${said.join()}`;
  });
}

describe('PatternBook', () => {
  it('makes one pattern of equal bytes, with the first transform of each value', () => {
    const book = new PatternBook();
    book.add([IMEI], [surface('abcdef'), surface('ghijkl')], facts('plain'));
    book.add([IMEI], [surface('abcdef')], facts('hex'));
    book.add([SECOND], [surface('abcdef')], facts('hex'));
    book.add([SERIAL, IMEI], [surface('ghijkl')], facts('md5-hex', 40));
    book.add([IMEI, SERIAL], [surface('mnopqr')], facts('md5-hex', 40));
    expect(told(book.patterns())).toEqual([
      'abcdef 0 anywhere imei0=plain,imei1=hex',
      'ghijkl 0 anywhere imei0=plain,serial_number0=md5-hex',
      'mnopqr 0 token imei0=md5-hex,serial_number0=md5-hex',
    ]);
  });

  it('tells equal bytes with other remainders apart, and leaves empty ones out', () => {
    const book = new PatternBook();
    book.add([IMEI], [surface('abcdef', 1), surface('abcdef', 2), surface('abcdef', 1), surface('')], facts('base64'));
    expect(told(book.patterns())).toEqual(['abcdef 1 anywhere imei0=base64', 'abcdef 2 anywhere imei0=base64']);
  });

  it('gives one object for each pattern that is asked for', () => {
    const book = new PatternBook();
    book.add([IMEI], [surface('abcdef'), surface('ghijkl')], facts('plain'));
    const set = book.patterns();
    expect(set.at(1)).toBe(set.at(1));
    expect(set.at(0)).not.toBe(set.at(1));
    expect(set.at(1).surface).toBe(set.at(0).surface);
  });

  it('agrees with a map by bytes on more patterns than it had room for', () => {
    const below = random(7);
    const book = new PatternBook();
    const expected = new Map<string, number>();
    for (let i = 0; i < 40_000; i++) {
      const written = below(30_000)
        .toString(36)
        .padStart(1 + below(9), 'x');
      const remainders = below(3);
      book.add([IMEI], [surface(written, remainders)], facts('plain'));
      const key = `${written} ${remainders}`;
      if (!expected.has(key)) expected.set(key, expected.size);
    }
    expect(expected.size).toBeGreaterThan(16_384);
    expect(told(book.patterns())).toEqual([...expected.keys()].map((key) => `${key} anywhere imei0=plain`));
  });
});
