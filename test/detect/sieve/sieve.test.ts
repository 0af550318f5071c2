import { describe, expect, it } from 'vitest';
import { random } from '../../../bench/scan-corpus.ts';
import { SIFTED_BYTES_MAX, Sieve, siftAgreeing } from '../../../src/detect/sieve/sieve.ts';

const setOf = (bytes: readonly number[]) => {
  const isMember = new Uint8Array(256);
  for (const byte of bytes) isMember[byte] = 1;
  return isMember;
};

const kept = (sieve: Sieve, bytes: Uint8Array, from: number, to: number) => {
  const positions: number[] = [];
  sieve.sift(bytes, from, to, (position) => positions.push(position));
  return positions;
};

describe('Sieve', () => {
  it('keeps what a look at every byte keeps, for any sets and any run', () => {
    const below = random(11);
    for (let round = 0; round < 300; round++) {
      const [isBefore, isOwn] = [0, 1].map(() => setOf(Array.from({ length: below(250) }, () => below(256)))) as [
        Uint8Array,
        Uint8Array,
      ];
      const bytes = Uint8Array.from({ length: 1 + below(700) }, () => below(256));
      const from = below(bytes.length);
      const to = from + below(bytes.length - from + 1);
      const naive = Array.from({ length: to - from }, (_, i) => from + i).filter((at) => {
        const before = at === from ? 0 : (bytes[at - 1] as number);
        return isOwn[bytes[at] as number] === 1 && isBefore[before] === 1;
      });
      expect(kept(new Sieve(isBefore, isOwn), bytes, from, to), `round ${round}`).toEqual(naive);
    }
  });

  it('reads on across its blocks', () => {
    const bytes = Buffer.alloc(2 * SIFTED_BYTES_MAX + 200, 'b');
    const places = [3, SIFTED_BYTES_MAX - 1, SIFTED_BYTES_MAX, 2 * SIFTED_BYTES_MAX, bytes.length - 1];
    for (const place of places) bytes[place] = 0x61;
    const sieve = new Sieve(setOf([0x62]), setOf([0x61]));
    expect(kept(sieve, bytes, 0, bytes.length)).toEqual(places.filter((place) => bytes[place - 1] === 0x62));
  });
});

describe.each([
  ['in the kernel', undefined],
  ['in place', null],
])('siftAgreeing %s', (_, kernel) => {
  const naive = (bytes: Uint8Array, periodMax: number) => {
    const found: string[] = [];
    for (let period = 1; period <= periodMax; period++) {
      for (let at = 0; at + period + 8 <= bytes.length; at++) {
        const agrees = bytes
          .subarray(at, at + 8)
          .every((byte, i) => byte >> 7 === (bytes[at + i + period] as number) >> 7);
        if (agrees) found.push(`${period}@${at}`);
      }
    }
    return found;
  };

  it('keeps what a look at every place and period keeps, of any length', () => {
    const below = random(12);
    for (let length = 0; length < 260; length++) {
      const bytes = Uint8Array.from({ length }, () => (below(5) === 0 ? 0x80 : 0) + below(128));
      const found: string[] = [];
      siftAgreeing(bytes, 16, (at, period) => found.push(`${period}@${at}`), kernel);
      expect(found, `length ${length}`).toEqual(naive(bytes, 16));
    }
  });

  it('leaves nothing of an earlier, longer run behind', () => {
    siftAgreeing(new Uint8Array(1000), 16, () => undefined, kernel);
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 0x80 : 0));
    const found: string[] = [];
    siftAgreeing(bytes, 16, (at, period) => found.push(`${period}@${at}`), kernel);
    expect(found).toEqual(naive(bytes, 16));
  });
});
