import { isAscii } from 'node:buffer';
import { type BytePatterns, bytePatterns } from './byte-patterns.ts';

/**
 * So few patterns that each byte of the input can be asked whether one stands there.
 *
 * Of each pattern four bytes are looked for, its window. Windows are put into eight buckets, one bit each. A table for each of their
 * bytes tells by the low half of a byte, and another by its high half, in which buckets a window has such a byte there; what all
 * eight leave over is compared. The first two bytes already leave next to nothing, so the others are only asked about the rest.
 *
 * @see Hyperscan's "Teddy" for the idea: masks of nibbles, looked up sixteen at a time by a shuffle.
 */
export interface FewPlan {
  readonly kind: 'few';
  /** The kernel's pattern numbers → those of the set; patterns of one bucket follow each other. */
  readonly numbers: Int32Array;
  readonly stride: 1;
  /** Bytes of a window. */
  readonly gram: 4;
  /** Whether none of the patterns is ASCII. */
  readonly binary: boolean;
  readonly lengthMax: number;
  /** For each of a window's bytes 16 entries by the low half, then 16 by the high half. */
  readonly halves: Uint8Array;
  /** Where the patterns of each bucket begin; one more at the end. */
  readonly buckets: Int32Array;
  /** For each pattern where its window begins in it. */
  readonly offsets: Int32Array;
  readonly patterns: BytePatterns;
}

/** Of more, too many places would have to be compared. */
export const FEW_MAX = 64;

const WINDOW_BYTES = 4;
const BUCKETS = 8;

/** @param numbers of the patterns that are looked for, {@link FEW_MAX} at most. */
export function planFew({ bytes, starts }: BytePatterns, numbers: readonly number[]): FewPlan {
  const all = numbers.map((number) => ({ number, bytes: bytes.subarray(starts[number], starts[number + 1]) }));
  const lots = merged(windowsOf(all));
  const buckets = Int32Array.from({ length: BUCKETS + 1 }, (_, bucket) =>
    lots.slice(0, bucket).reduce((sum, { windows }) => sum + windows.length, 0),
  );
  const sorted = lots.flatMap(({ windows }) => windows);
  const halves = new Uint8Array(WINDOW_BYTES * 32);
  lots.forEach(({ windows }, bucket) => {
    for (const { pattern, offset } of windows) {
      for (let position = 0; position < WINDOW_BYTES; position++) {
        const byte = pattern.bytes[offset + position] as number;
        for (const entry of [position * 32 + (byte & 15), position * 32 + 16 + (byte >> 4)])
          halves[entry] = (halves[entry] as number) | (1 << bucket);
      }
    }
  });
  return {
    kind: 'few',
    numbers: Int32Array.from(sorted, ({ pattern }) => pattern.number),
    stride: 1,
    gram: WINDOW_BYTES,
    binary: all.every(({ bytes }) => !isAscii(bytes)),
    lengthMax: Math.max(0, ...all.map(({ bytes }) => bytes.length)),
    halves,
    buckets,
    offsets: Int32Array.from(sorted, ({ offset }) => offset),
    patterns: bytePatterns(sorted.map(({ pattern }) => pattern.bytes)),
  };
}

interface Pattern {
  readonly number: number;
  readonly bytes: Uint8Array;
}

interface Window {
  readonly pattern: Pattern;
  readonly offset: number;
}

/** Windows that share a bucket, and for each half of their first two bytes the values it has: one bit each. */
interface Lot {
  readonly windows: readonly Window[];
  readonly halves: readonly number[];
}

/**
 * Chooses the windows so that as few pairs of bytes as possible begin them all: again and again the pair that most of the patterns
 * left have in common (digits of the same number, packed with other ends, share nearly all).
 */
function windowsOf(patterns: readonly Pattern[]): Lot[] {
  const lots: Lot[] = [];
  for (let left = patterns; left.length > 0; ) {
    const byPair = new Map<number, Window[]>();
    for (const pattern of left) {
      const { bytes } = pattern;
      for (let offset = 0; offset <= bytes.length - WINDOW_BYTES; offset++) {
        const pair = (bytes[offset] as number) * 256 + (bytes[offset + 1] as number);
        const windows = byPair.get(pair) ?? [];
        if (windows.at(-1)?.pattern !== pattern) windows.push({ pattern, offset });
        byPair.set(pair, windows);
      }
    }
    const [pair, windows] = [...byPair].reduce((most, other) => (other[1].length > most[1].length ? other : most));
    lots.push({
      windows,
      halves: [pair >> 12, (pair >> 8) & 15, (pair >> 4) & 15, pair & 15].map((half) => 1 << half),
    });
    const placed = new Set(windows.map(({ pattern }) => pattern));
    left = left.filter((pattern) => !placed.has(pattern));
  }
  return lots;
}

/** Puts those together that let the fewest random bytes through, until there is a bucket for each. */
function merged(lots: Lot[]): Lot[] {
  while (lots.length > BUCKETS) {
    let best: { readonly one: number; readonly other: number; readonly cost: number } | null = null;
    for (let one = 0; one < lots.length; one++) {
      for (let other = 0; other < one; other++) {
        const [a, b] = [lots[one] as Lot, lots[other] as Lot];
        const cost = passed(joined(a, b)) - passed(a) - passed(b);
        if (best === null || cost < best.cost) best = { one, other, cost };
      }
    }
    const { one, other } = best as NonNullable<typeof best>;
    const both = joined(lots[one] as Lot, lots[other] as Lot);
    lots = [...lots.filter((_, index) => index !== one && index !== other), both];
  }
  return lots;
}

function joined(a: Lot, b: Lot): Lot {
  return {
    windows: [...a.windows, ...b.windows],
    halves: a.halves.map((values, half) => values | (b.halves[half] as number)),
  };
}

/** Pairs of bytes that a lot's tables let through, of 65,536. */
function passed({ halves }: Lot): number {
  return halves.reduce((product, values) => product * bitsIn(values), 1);
}

function bitsIn(values: number): number {
  let count = 0;
  for (let left = values; left !== 0; left &= left - 1) count++;
  return count;
}
