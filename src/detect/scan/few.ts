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
  const lots = seated(lotsOf(all)).map((choices) => choices.flatMap(({ windows }) => windows));
  const buckets = Int32Array.from({ length: BUCKETS + 1 }, (_, bucket) => lots.slice(0, bucket).flat().length);
  const sorted = lots.flat();
  const halves = new Uint8Array(WINDOW_BYTES * 32);
  lots.forEach((windows, bucket) => {
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

/** Windows of several patterns that begin with the same two bytes. */
interface Choice {
  readonly windows: readonly Window[];
  /** For each half of the two bytes its value, as one bit of sixteen. */
  readonly halves: readonly number[];
}

/** Patterns that have pairs of bytes in common: all the choices of windows they have. */
type Lot = readonly Choice[];

/**
 * As few lots as possible: again and again the patterns, of those left, that the most common pair of bytes stands in (digits of one
 * number, packed with different ends, share nearly all).
 */
function lotsOf(patterns: readonly Pattern[]): Lot[] {
  const lots: Lot[] = [];
  for (let left = patterns; left.length > 0; ) {
    const choices = choicesOf(left);
    const most = choices.reduce((best, other) => (other.windows.length > best.windows.length ? other : best)).windows;
    lots.push(
      choices.filter(
        ({ windows }) =>
          windows.length === most.length && windows.every(({ pattern }, index) => pattern === most[index]?.pattern),
      ),
    );
    const placed = new Set(most.map(({ pattern }) => pattern));
    left = left.filter((pattern) => !placed.has(pattern));
  }
  return lots;
}

/** For each pair of bytes the windows that begin with it: of each pattern its first. */
function choicesOf(patterns: readonly Pattern[]): Choice[] {
  const byPair = new Map<number, Window[]>();
  for (const pattern of patterns) {
    const { bytes } = pattern;
    for (let offset = 0; offset <= bytes.length - WINDOW_BYTES; offset++) {
      const pair = (bytes[offset] as number) * 256 + (bytes[offset + 1] as number);
      const windows = byPair.get(pair) ?? [];
      if (windows.at(-1)?.pattern !== pattern) windows.push({ pattern, offset });
      byPair.set(pair, windows);
    }
  }
  return [...byPair].map(([pair, windows]) => ({
    windows,
    halves: [pair >> 12, (pair >> 8) & 15, (pair >> 4) & 15, pair & 15].map((half) => 1 << half),
  }));
}

/** How often each lot is taken out and seated again: hardly anything changes after the third time. */
const ROUNDS = 4;

/** Chooses a window and a bucket for each lot so that few random bytes get through. */
function seated(lots: readonly Lot[]): (readonly Choice[])[] {
  let buckets: (readonly Choice[])[] = Array.from({ length: BUCKETS }, () => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const lot of lots) {
      buckets = buckets.map((choices) => choices.filter((choice) => !lot.includes(choice)));
      let best: { readonly bucket: number; readonly choice: Choice; readonly cost: number } | null = null;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const others = buckets[bucket] as readonly Choice[];
        const before = passed(others);
        for (const choice of lot) {
          const cost = passed([...others, choice]) - before;
          if (best === null || cost < best.cost) best = { bucket, choice, cost };
        }
      }
      const { bucket, choice } = best as NonNullable<typeof best>;
      buckets[bucket] = [...(buckets[bucket] as readonly Choice[]), choice];
    }
  }
  return buckets;
}

/** Pairs of bytes that the tables of a bucket let through, of 65,536. */
function passed(choices: readonly Choice[]): number {
  if (choices.length === 0) return 0;
  let product = 1;
  for (let half = 0; half < 4; half++) {
    let values = 0;
    for (const { halves } of choices) values |= halves[half] as number;
    product *= bitsIn(values);
  }
  return product;
}

function bitsIn(values: number): number {
  let count = 0;
  for (let left = values; left !== 0; left &= left - 1) count++;
  return count;
}
